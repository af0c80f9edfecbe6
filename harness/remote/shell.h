// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "harness/base/result.h"
#include "harness/remote/shell_link.h"
#include "harness/remote/shell_text.h"
#include "harness/remote/transport.h"

namespace interregnum {

/// How much longer than its timeout a command's end is waited for: the kill happens on the node
/// at the timeout, and its news must travel back.
inline constexpr Duration shell_grace = std::chrono::milliseconds(500);

/// One open shell on a node (see shell_text.h), through a link whose opener must
/// outlive it.
class Shell {
public:
    /// Errors: `unreachable`, `refused` (sudo says no, or the node lacks what we need),
    /// `stopped`.
    [[nodiscard]] static Result<Shell> open(ShellOpener& opener, bool sudo, Waiter const& waiter);

    /// False when the shell or its link is known to be gone. Does not wait.
    [[nodiscard]] bool alive() const;

    /// Poises a shell file (shell_text.h). False: the shell is unusable unless `usable` says
    /// otherwise.
    [[nodiscard]] bool poise(RemoteCommand const& command, Waiter const& waiter);
    [[nodiscard]] bool poised_for(RemoteCommand const& command) const {
        return poised_ && poised_->argv == command.argv;
    }

    /// Sends a command; `run` then only waits for its end. What goes wrong here, `run` tells.
    void send(RemoteCommand const& command, Waiter const& waiter);
    [[nodiscard]] bool sent() const { return sent_.has_value(); }

    /// Runs one command. After an error the shell is unusable unless `usable` says otherwise.
    [[nodiscard]] Result<RemoteResult> run(RemoteCommand const& command, std::stop_token stop);

    /// The last command came to its end, so that another may follow.
    [[nodiscard]] bool usable() const { return usable_; }
    [[nodiscard]] ShellIdentity const& identity() const { return identity_; }

private:
    struct Sent {
        ShellOutput output;
        ShellLink::Event event;  ///< of the writing
        Instant at;
    };
    struct Poised {
        std::vector<std::string> argv;
        ShellMarks marks;
        ShellOutput output;
    };
    explicit Shell(std::unique_ptr<ShellLink> link) : link_(std::move(link)) {}
    /// Lets a poised file go unrun. After an error the shell is unusable.
    [[nodiscard]] Status stand_down(Waiter const& waiter);
    [[nodiscard]] Status hello(bool sudo, Waiter const& waiter);
    std::unique_ptr<ShellLink> link_;
    ShellIdentity identity_;
    std::optional<Poised> poised_;
    std::optional<Sent> sent_;
    bool usable_{true};
};

}  // namespace interregnum
