// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/remote/shell_text.h"
#include "harness/remote/waiter.h"

namespace interregnum {

/// The three streams of one program on a node, whatever carries them there.
class ShellLink {
public:
    virtual ~ShellLink() = default;

    enum class Event {
        data,     ///< something was read and fed
        nothing,  ///< nothing there now (`drain`)
        ended,    ///< the program ended or the host closed its streams
        broken,   ///< the path to the node is unusable; `last_error` says why
        timeout,
        stopped,
    };

    /// Writes all of it. `data` when it was all taken.
    [[nodiscard]] virtual Event write(std::string_view text, Waiter const& waiter) = 0;
    /// Feeds what has arrived, without waiting.
    [[nodiscard]] virtual Event drain(ShellOutput& into) = 0;
    /// Feeds what arrives next.
    [[nodiscard]] virtual Event read(ShellOutput& into, Waiter const& waiter) = 0;
    [[nodiscard]] virtual std::string last_error() const = 0;
    /// After `ended`: the login itself failed, with the reason. Good where the program had begun,
    /// or where that cannot be told.
    [[nodiscard]] virtual Status login(Waiter const& waiter) = 0;
};

/// Starts programs on one node. What the links of a node share is its own matter.
class ShellOpener {
public:
    virtual ~ShellOpener() = default;
    /// Starts a line of shell in the user's login shell, after a login where there is none yet;
    /// `line` is ours, never of a file. Errors: `unreachable`, `refused`, `stopped`.
    [[nodiscard]] virtual Result<std::unique_ptr<ShellLink>> open(std::string const& line,
                                                                  Waiter const& waiter) = 0;
    /// Ends what the links share. No link is left by then.
    virtual void close() = 0;
    /// See Transport.
    [[nodiscard]] virtual std::vector<std::string> notes() const = 0;
};

}  // namespace interregnum
