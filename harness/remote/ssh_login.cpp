// SPDX-License-Identifier: MIT
#include "harness/remote/ssh_login.h"

#include <optional>
#include <utility>

#include <libssh2.h>

#include "harness/remote/auth.h"
#include "harness/remote/dial.h"
#include "harness/remote/home_path.h"
#include "harness/remote/host_key.h"
#include "harness/remote/key_file.h"

namespace interregnum {
namespace {

Status shake_hands(RawSession const& session, Waiter const& waiter) {
    auto const step = session.repeat(waiter, [&session] {
        return libssh2_session_handshake(session.handle(), session.socket());
    });
    if (step.good()) return {};
    constexpr std::string_view doing = "SSH handshake";
    if (step.wake != Wake::ready)
        return std::unexpected(wake_error(step.wake, Error::Kind::unreachable, doing));
    bool const disagreed = step.code == LIBSSH2_ERROR_KEX_FAILURE ||
                           step.code == LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE ||
                           step.code == LIBSSH2_ERROR_HOSTKEY_INIT;
    return fail(disagreed ? Error::Kind::refused : Error::Kind::unreachable,
                std::string(doing) + ": " + session.last_error());
}

}  // namespace

Result<std::unique_ptr<RawSession>> log_in(SshTarget const& target, Waiter const& waiter,
                                           std::vector<std::string>& notes) {
    std::optional<KeyFile> key;
    if (!target.key.empty()) {
        auto loaded = load_key_file(home_path(target.key));
        if (!loaded) return std::unexpected(loaded.error());
        key = *std::move(loaded);
    }
    auto const hosts = load_host_keys(target);
    if (!hosts) return std::unexpected(hosts.error());

    auto socket = dial(target.address, target.port, waiter);
    if (!socket) return std::unexpected(socket.error());
    auto session = RawSession::create(*std::move(socket));
    if (!session) return session;
    prefer_known_types(**session, target, *hosts);
    if (Status const done = shake_hands(**session, waiter); !done)
        return std::unexpected(done.error());
    if (Status const known = verify_host_key(**session, target, *hosts, notes); !known)
        return std::unexpected(known.error());
    if (Status const in = authenticate(**session, target, key, waiter); !in)
        return std::unexpected(in.error());
    return session;
}

}  // namespace interregnum
