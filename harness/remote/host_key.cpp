// SPDX-License-Identifier: MIT
#include "harness/remote/host_key.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <libssh2.h>

#include "harness/remote/base64.h"
#include "harness/remote/home_path.h"
#include "harness/remote/wire.h"

namespace interregnum {
namespace {

/// As `ssh-keygen -l` prints it.
std::string fingerprint(RawSession const& session) {
    char const* const hash = libssh2_hostkey_hash(session.handle(), LIBSSH2_HOSTKEY_HASH_SHA256);
    if (hash == nullptr) return "SHA256:?";
    std::string text = base64_encode(std::string_view(hash, 32));
    while (text.ends_with('=')) text.pop_back();
    return "SHA256:" + text;
}

std::string scan_command(SshTarget const& target) {
    if (target.port == 22) return fmt::format("ssh-keyscan {}", target.address);
    return fmt::format("ssh-keyscan -p {} {}", target.port, target.address);
}

}  // namespace

Result<KnownHosts> load_host_keys(SshTarget const& target) {
    if (!target.host_keys.empty()) return KnownHosts::load(home_path(target.host_keys), true);
    return KnownHosts::load(home_path("~/.ssh/known_hosts"), false);
}

void prefer_known_types(RawSession const& session, SshTarget const& target,
                        KnownHosts const& hosts) {
    std::vector<std::string> wanted = hosts.types(target.address, target.port);
    for (std::string_view const type : {"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                        "ecdsa-sha2-nistp521", "ssh-rsa"})
        if (std::ranges::find(wanted, type) == wanted.end()) wanted.emplace_back(type);
    // A list that this build of libssh2 rejects leaves its own order, which is only less apt.
    libssh2_session_method_pref(session.handle(), LIBSSH2_METHOD_HOSTKEY,
                                fmt::format("{}", fmt::join(wanted, ",")).c_str());
}

Status verify_host_key(RawSession const& session, SshTarget const& target, KnownHosts const& hosts,
                       std::vector<std::string>& notes) {
    std::size_t size = 0;
    int ignored = 0;
    char const* const bytes = libssh2_session_hostkey(session.handle(), &size, &ignored);
    if (bytes == nullptr) return fail(Error::Kind::refused, "the host sent no host key");
    std::string_view const key(bytes, size);
    std::string const type = WireReader(key).string().value_or("?");
    std::string const what = fmt::format("{} host key {}", type, fingerprint(session));
    switch (hosts.check(target.address, target.port, key)) {
        case KnownHosts::Match::known:
            return {};
        case KnownHosts::Match::unknown:
            break;
        case KnownHosts::Match::changed:
            return fail(Error::Kind::refused,
                        fmt::format("its {} is not the one in {}: the host was built anew, or "
                                    "somebody answers in its place. If it was built anew, remove "
                                    "the old line (ssh-keygen -R) and add the new key; "
                                    "--trust-new-hosts does not accept a changed key",
                                    what, hosts.file()));
        case KnownHosts::Match::other:
            return fail(Error::Kind::refused,
                        fmt::format("it showed its {}, but {} has only keys of type {} for it. Add "
                                    "a key of type ssh-ed25519 after checking it: {}",
                                    what, hosts.file(),
                                    fmt::join(hosts.types(target.address, target.port), ", "),
                                    scan_command(target)));
        case KnownHosts::Match::revoked:
            return fail(Error::Kind::refused,
                        fmt::format("its {} is marked @revoked in {}", what, hosts.file()));
    }
    if (target.trust_new_host) {
        std::string note = fmt::format("host key of {} accepted unseen (--trust-new-hosts): {} {}",
                                       target.node, type, fingerprint(session));
        if (std::ranges::find(notes, note) == notes.end()) notes.push_back(std::move(note));
        return {};
    }
    return fail(Error::Kind::refused,
                fmt::format("its {} is not in {}. Compare it with the host's own, then add it "
                            "({} >> {}), or name a file of expected keys in ssh.host_keys, or "
                            "accept new hosts for this run with --trust-new-hosts",
                            what, hosts.file(), scan_command(target), hosts.file()));
}

}  // namespace interregnum
