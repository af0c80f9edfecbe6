// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/remote/raw_session.h"
#include "harness/remote/shell_text.h"

namespace interregnum {

/// One program running at the other end of a session. The session must outlive it.
class Channel {
public:
    /// Starts a line of shell in the user's login shell; `line` is ours, never of a file.
    /// Errors: `unreachable`, `stopped`.
    [[nodiscard]] static Result<Channel> open(RawSession const& session, std::string const& line,
                                              Waiter const& waiter);

    enum class Event {
        data,     ///< something was read and fed
        nothing,  ///< nothing there now (`drain`)
        ended,    ///< the program ended or the host closed the channel
        broken,   ///< the session is unusable; `RawSession::last_error` says why
        timeout,
        stopped,
    };

    /// Writes all of it. `data` when it was all taken.
    [[nodiscard]] Event write(std::string_view text, Waiter const& waiter) const;
    /// Feeds what has arrived, without waiting.
    [[nodiscard]] Event drain(ShellOutput& into) const;
    /// Feeds what arrives next.
    [[nodiscard]] Event read(ShellOutput& into, Waiter const& waiter) const;

private:
    struct Free {
        void operator()(_LIBSSH2_CHANNEL* channel) const;
    };
    Channel(RawSession const& session, _LIBSSH2_CHANNEL* handle)
        : session_(&session), handle_(handle) {}
    [[nodiscard]] Event read_stream(int id, MarkedStream& into) const;
    RawSession const* session_;
    std::unique_ptr<_LIBSSH2_CHANNEL, Free> handle_;
};

}  // namespace interregnum
