// SPDX-License-Identifier: MIT
#include "harness/remote/auth.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <libssh2.h>

#include "harness/remote/agent.h"

namespace interregnum {
namespace {

// libssh2 1.10 signs with RSA keys as "ssh-rsa", that is with SHA-1, only; it knows
// nothing of certificates and hardware keys.
constexpr std::string_view rsa_advice =
    " (an RSA key: this program's SSH library can sign with it only in the old ssh-rsa way, with "
    "SHA-1, which OpenSSH 8.8 and later refuse; set \"transport\": \"openssh\" in the inventory's "
    "ssh, or use an ed25519 key: ssh-keygen -t ed25519)";
constexpr std::string_view certificate_advice =
    " (there is a certificate beside it, which this program's SSH library does not use; set "
    "\"transport\": \"openssh\" in the inventory's ssh)";

std::string_view advice_for(std::string_view type) {
    return type == "ssh-rsa" ? rsa_advice : std::string_view();
}

std::string_view advice_for(KeyFile const& key) {
    std::error_code ignored;
    if (std::filesystem::exists(key.path + "-cert.pub", ignored)) return certificate_advice;
    return advice_for(key.type);
}

std::unexpected<Error> refuse(std::string message) {
    return fail(Error::Kind::refused, std::move(message));
}

bool is_connection_loss(int code) {
    return code == LIBSSH2_ERROR_SOCKET_DISCONNECT || code == LIBSSH2_ERROR_SOCKET_RECV ||
           code == LIBSSH2_ERROR_SOCKET_SEND;
}

/// Asks what the host would accept. Some accept a login with no proof at all.
Result<bool> logged_in_at_once(RawSession const& session, SshTarget const& target,
                               Waiter const& waiter) {
    char const* methods = nullptr;
    auto const step = session.repeat(waiter, [&] {
        methods = libssh2_userauth_list(session.handle(), target.user.c_str(),
                                        static_cast<unsigned>(target.user.size()));
        return methods != nullptr ? 0 : libssh2_session_last_errno(session.handle());
    });
    if (step.wake != Wake::ready)
        return std::unexpected(wake_error(step.wake, Error::Kind::unreachable, "logging in"));
    if (methods == nullptr && libssh2_userauth_authenticated(session.handle()) != 0) return true;
    if (methods == nullptr)
        return fail(Error::Kind::unreachable, "logging in: " + session.last_error());
    if (std::string_view(methods).find("publickey") == std::string_view::npos)
        return refuse(fmt::format("the host does not accept public keys for {} (only: {})",
                                  target.user, methods));
    return false;
}

Status login_with_file(RawSession const& session, SshTarget const& target, KeyFile const& key,
                       Waiter const& waiter) {
    std::string const& text = key.text.reveal();
    auto const step = session.repeat(waiter, [&] {
        return libssh2_userauth_publickey_frommemory(session.handle(), target.user.c_str(),
                                                     target.user.size(), nullptr, 0, text.data(),
                                                     text.size(), nullptr);
    });
    if (step.good()) return {};
    if (step.wake != Wake::ready)
        return std::unexpected(wake_error(step.wake, Error::Kind::unreachable, "logging in"));
    if (is_connection_loss(step.code))
        return fail(Error::Kind::unreachable, "logging in: " + session.last_error());
    if (step.code == LIBSSH2_ERROR_FILE || step.code == LIBSSH2_ERROR_METHOD_NOT_SUPPORTED)
        return refuse(fmt::format("key file {}: the SSH library cannot use it ({}){}", key.path,
                                  session.last_error(), advice_for(key)));
    return refuse(fmt::format("the key {} is not accepted for the user {}{}", key.path, target.user,
                              advice_for(key)));
}

/// What the signing callback needs; libssh2 hands it through as void**.
struct Signer {
    Agent* agent;
    Agent::Identity const* key;
    Waiter const* waiter;
    std::optional<Error> error;
};

int sign(LIBSSH2_SESSION* /*session*/, unsigned char** signature, std::size_t* size,
         unsigned char const* data, std::size_t data_size, void** context) {
    auto* const signer = static_cast<Signer*>(*context);
    auto const made = signer->agent->sign(
        *signer->key, {reinterpret_cast<char const*>(data), data_size}, *signer->waiter);
    if (!made) {
        signer->error = made.error();
        return -1;
    }
    // libssh2 frees it with the session's allocator, which is malloc's.
    auto* const copy =
        static_cast<unsigned char*>(std::malloc(std::max<std::size_t>(made->size(), 1)));
    if (copy == nullptr) return -1;
    std::ranges::copy(*made, copy);
    *signature = copy;
    *size = made->size();
    return 0;
}

/// True when the key was accepted, false when another may be tried.
Result<bool> login_with_identity(RawSession const& session, SshTarget const& target, Agent& agent,
                                 Agent::Identity const& key, Waiter const& waiter) {
    Signer signer{.agent = &agent, .key = &key, .waiter = &waiter, .error = {}};
    void* context = &signer;
    auto const step = session.repeat(waiter, [&] {
        return libssh2_userauth_publickey(session.handle(), target.user.c_str(),
                                          reinterpret_cast<unsigned char const*>(key.blob.data()),
                                          key.blob.size(), sign, &context);
    });
    if (step.good()) return true;
    if (step.wake != Wake::ready)
        return std::unexpected(wake_error(step.wake, Error::Kind::unreachable, "logging in"));
    if (signer.error) return std::unexpected(*signer.error);
    if (is_connection_loss(step.code))
        return fail(Error::Kind::refused,
                    "the host closed the connection while keys of the ssh agent were tried: " +
                        session.last_error());
    return false;
}

Status login_with_agent(RawSession const& session, SshTarget const& target,
                        std::optional<KeyFile> const& only, Waiter const& waiter) {
    char const* const socket = std::getenv("SSH_AUTH_SOCK");
    std::string const wanted = only ? fmt::format("key file {} is encrypted and ", only->path) : "";
    std::string const remedy =
        only ? fmt::format("; start one and `ssh-add {}`, or use a key without a passphrase{}",
                           only->path, advice_for(*only))
             : "; name a key file in ssh.key, or start an agent and ssh-add a key";
    if (socket == nullptr || *socket == '\0')
        return refuse(wanted + "there is no ssh agent (SSH_AUTH_SOCK is not set)" + remedy);
    auto agent = Agent::connect(socket);
    if (!agent) return fail_in(wanted + "cannot be asked for", agent.error());
    auto keys = agent->identities(waiter);
    if (!keys) return std::unexpected(keys.error());
    if (only) std::erase_if(*keys, [&](auto const& key) { return key.blob != only->public_blob; });
    if (keys->empty())
        return refuse(wanted +
                      (only ? "the ssh agent does not hold it" : "the ssh agent holds no key") +
                      remedy);
    // RSA last: it is likely to be refused, and a host hears only a few keys (MaxAuthTries 6).
    std::vector<Agent::Identity const*> order;
    for (bool const rsa : {false, true})
        for (Agent::Identity const& key : *keys)
            if ((key.type == "ssh-rsa") == rsa) order.push_back(&key);
    constexpr std::size_t most = 5;
    std::string tried;
    for (std::size_t i = 0; i < std::min(order.size(), most); ++i) {
        Agent::Identity const& key = *order[i];
        auto const accepted = login_with_identity(session, target, *agent, key, waiter);
        if (!accepted) return std::unexpected(accepted.error());
        if (*accepted) return {};
        tried += fmt::format("{}{} {}", tried.empty() ? "" : ", ", key.type, key.comment);
    }
    return refuse(fmt::format("no key of the ssh agent is accepted for the user {} (tried: {}){}",
                              target.user, tried, advice_for(order.front()->type)));
}

}  // namespace

Status authenticate(RawSession const& session, SshTarget const& target,
                    std::optional<KeyFile> const& key, Waiter const& waiter) {
    if (key && key->type.starts_with("sk-"))
        return refuse(
            fmt::format("key file {} belongs to a hardware key, which the SSH library "
                        "cannot use; set \"transport\": \"openssh\" in the inventory's ssh, or "
                        "use an ed25519 key",
                        key->path));
    auto const done = logged_in_at_once(session, target, waiter);
    if (!done) return std::unexpected(done.error());
    if (*done) return {};
    if (key && !key->encrypted) return login_with_file(session, target, *key, waiter);
    return login_with_agent(session, target, key, waiter);
}

}  // namespace interregnum
