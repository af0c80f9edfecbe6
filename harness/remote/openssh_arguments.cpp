// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cctype>
#include <chrono>

#include <fmt/format.h>

#include "harness/remote/home_path.h"
#include "harness/remote/openssh.h"

namespace interregnum {
namespace {

/// A name that means the same to ssh, to its configuration and to the commands in there, such as
/// a ProxyCommand, into which ssh puts it unquoted.
bool is_plain(std::string_view name, std::string_view more) {
    return !name.empty() && name.front() != '-' && std::ranges::all_of(name, [&](char letter) {
        return std::isalnum(static_cast<unsigned char>(letter)) != 0 || more.contains(letter);
    });
}

/// A path as the value of an option: ssh splits values at spaces, and expands "%h" and "${HOME}".
Result<std::string> path_value(std::string_view what, std::string const& given) {
    std::string const path = home_path(given);
    bool const odd = std::ranges::any_of(path, [](char letter) {
        return letter == '"' || letter == '\\' || letter == '$' ||
               static_cast<unsigned char>(letter) < 0x20;
    });
    if (odd || !path.starts_with('/'))
        return fail(Error::Kind::invalid,
                    fmt::format("{} {}: expected an absolute path without quotes, '\\', '$' and "
                                "control characters, which ssh would read as something else",
                                what, given));
    std::string value = "\"";
    for (char const letter : path) value += letter == '%' ? "%%" : std::string(1, letter);
    return value + "\"";
}

bool has(std::string_view text, std::string_view part) { return text.contains(part); }

/// Everything up to the port: who is dialled, how, and that nothing is asked or left behind.
Result<std::vector<std::string>> login_arguments(SshTarget const& target, bool forwards) {
    if (!is_plain(target.address, ".:_-%"))
        return fail(Error::Kind::invalid,
                    fmt::format("the address {} is none that ssh can be given", target.address));
    if (!target.user.empty() && !is_plain(target.user, "._@+-"))
        return fail(Error::Kind::invalid,
                    fmt::format("the user {} is none that ssh can be given: letters, digits and "
                                "\"._@+-\"",
                                target.user));
    auto const seconds = std::chrono::ceil<std::chrono::seconds>(target.connect_timeout).count();
    std::vector<std::string> words{"ssh", "-T"};
    auto const option = [&words](std::string value) {
        words.emplace_back("-o");
        words.push_back(std::move(value));
    };
    // The first value wins, so none of these can be changed by a configuration file.
    option("BatchMode=yes");
    option(fmt::format("ConnectTimeout={}", seconds));
    option("ServerAliveInterval=3");
    option("ServerAliveCountMax=3");
    option(target.trust_new_host ? "StrictHostKeyChecking=accept-new"
                                 : "StrictHostKeyChecking=yes");
    option("UpdateHostKeys=no");
    // What it says is the reason in our messages. Not with forwards, where each connection that
    // the other side refuses would be worth a line.
    option(forwards ? "LogLevel=ERROR" : "LogLevel=INFO");
    option("RemoteCommand=none");
    option("PermitLocalCommand=no");
    option(forwards ? "ExitOnForwardFailure=yes" : "ClearAllForwardings=yes");
    option("ForwardAgent=no");
    option("ForwardX11=no");
    option("ControlMaster=no");  // one that the user has opened is used, but none is left behind
    option("ForkAfterAuthentication=no");
    option("StdinNull=no");
    option(forwards ? "SessionType=none" : "SessionType=default");
    if (!target.host_keys.empty()) {
        auto const file = path_value("ssh.host_keys", target.host_keys);
        if (!file) return std::unexpected(file.error());
        option("UserKnownHostsFile=" + *file);
        option("GlobalKnownHostsFile=/dev/null");
    }
    if (!target.key.empty()) {
        auto const file = path_value("ssh.key", target.key);
        if (!file) return std::unexpected(file.error());
        option("IdentityFile=" + *file);
        option("IdentitiesOnly=yes");
    }
    if (!target.user.empty()) {
        words.emplace_back("-l");
        words.push_back(target.user);
    }
    words.emplace_back("-p");
    words.push_back(std::to_string(target.port));
    return words;
}

}  // namespace

Result<std::vector<std::string>> openssh_arguments(SshTarget const& target,
                                                   std::string const& line) {
    auto words = login_arguments(target, false);
    if (!words) return words;
    words->emplace_back("--");
    words->push_back(target.address);
    words->push_back(line);
    return words;
}

Result<std::vector<std::string>> openssh_forward_arguments(SshTarget const& target,
                                                           std::vector<PortForward> const& ports) {
    auto words = login_arguments(target, true);
    if (!words) return words;
    // A master of the user's would be told to forward, and go on doing so after us.
    words->insert(words->end(), {"-o", "ControlPath=none"});
    for (PortForward const& port : ports) {
        if (!is_plain(port.host, ".:_-%"))
            return fail(Error::Kind::invalid,
                        fmt::format("the address {} is none that ssh can be given", port.host));
        words->emplace_back("-L");
        words->push_back(
            fmt::format("127.0.0.1:{}:[{}]:{}", port.local_port, port.host, port.port));
    }
    words->emplace_back("--");
    words->push_back(target.address);
    return words;
}

Error openssh_error(SshTarget const& target, std::string_view said) {
    std::string words(said);
    while (!words.empty() && std::isspace(static_cast<unsigned char>(words.back())) != 0)
        words.pop_back();
    std::erase(words, '\r');
    std::ranges::replace(words, '\n', ' ');
    constexpr std::size_t most = 600;
    if (words.size() > most) words.erase(0, words.size() - most);
    if (words.empty()) words = "it said nothing";
    if (has(said, "REMOTE HOST IDENTIFICATION HAS CHANGED"))
        return {Error::Kind::refused,
                fmt::format("its host key is not the one that is known: the host was built anew, "
                            "or somebody answers in its place. If it was built anew, remove the "
                            "old line (ssh-keygen -R) and add the new key; --trust-new-hosts does "
                            "not accept a changed key (ssh: {})",
                            words)};
    if (has(said, "Host key verification failed"))
        return {
            Error::Kind::refused,
            fmt::format("its host key, or that of a jump host, is not known. Compare it with "
                        "the host's own, then add it (ssh-keyscan -p {} {} >> {}), or name a "
                        "file of expected keys in ssh.host_keys, or accept new hosts for this "
                        "run with --trust-new-hosts (ssh: {})",
                        target.port, target.address,
                        target.host_keys.empty() ? "~/.ssh/known_hosts" : target.host_keys, words)};
    if (has(said, "Permission denied") || has(said, "Too many authentication failures"))
        return {Error::Kind::refused,
                fmt::format("no key is accepted{}{}; to see what is tried: ssh -v -p {} {}{}{} "
                            "(ssh: {})",
                            target.user.empty() ? "" : " for the user " + target.user,
                            target.key.empty() ? "" : " (key " + target.key + ")", target.port,
                            target.user, target.user.empty() ? "" : "@", target.address, words)};
    for (std::string_view const ours : {"Bad configuration option", "Bad owner or permissions",
                                        "bad configuration options", "Unsupported option"})
        if (has(said, ours))
            return {Error::Kind::refused, fmt::format("ssh itself refused to start: {}", words)};
    bool const too_few = has(said, "open failed") || has(said, "Session open refused");
    return {
        Error::Kind::unreachable,
        fmt::format("ssh could not log in: {}{}", words,
                    too_few ? " (the host may allow too few sessions: MaxSessions of sshd)" : "")};
}

}  // namespace interregnum
