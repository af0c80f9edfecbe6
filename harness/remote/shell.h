// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>

#include "harness/base/result.h"
#include "harness/remote/channel.h"
#include "harness/remote/raw_session.h"
#include "harness/remote/shell_text.h"
#include "harness/remote/transport.h"

namespace interregnum {

/// How much longer than its timeout a command's end is waited for: the kill happens on the node
/// at the timeout, and its news must travel back.
inline constexpr Duration shell_grace = std::chrono::milliseconds(500);

/// One open shell on a node (see shell_text.h), in a session that must outlive it.
class Shell {
public:
    /// Errors: `unreachable`, `refused` (sudo says no, or the node lacks what we need),
    /// `stopped`.
    [[nodiscard]] static Result<Shell> open(RawSession const& session, bool sudo,
                                            Waiter const& waiter);

    /// False when the shell or the session is known to be gone. Does not wait.
    [[nodiscard]] bool alive() const;

    /// Runs one command. After an error the shell is unusable unless `usable` says otherwise.
    [[nodiscard]] Result<RemoteResult> run(RemoteCommand const& command, std::stop_token stop);

    /// The last command came to its end, so that another may follow.
    [[nodiscard]] bool usable() const { return usable_; }
    [[nodiscard]] ShellIdentity const& identity() const { return identity_; }

private:
    Shell(RawSession const& session, Channel channel)
        : session_(&session), channel_(std::move(channel)) {}
    [[nodiscard]] Status hello(bool sudo, Waiter const& waiter);
    RawSession const* session_;
    Channel channel_;
    ShellIdentity identity_;
    bool usable_{true};
};

}  // namespace interregnum
