// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/remote/raw_session.h"
#include "harness/remote/shell_link.h"

namespace interregnum {

/// One program running at the other end of a session. The session must outlive it.
class Channel final : public ShellLink {
public:
    /// Starts a line of shell in the user's login shell; `line` is ours, never of a file.
    /// Errors: `unreachable`, `stopped`.
    [[nodiscard]] static Result<std::unique_ptr<ShellLink>> open(RawSession const& session,
                                                                 std::string const& line,
                                                                 Waiter const& waiter);

    [[nodiscard]] Event write(std::string_view text, Waiter const& waiter) override;
    [[nodiscard]] Event drain(ShellOutput& into) override;
    [[nodiscard]] Event read(ShellOutput& into, Waiter const& waiter) override;
    [[nodiscard]] std::string last_error() const override { return session_->last_error(); }
    [[nodiscard]] Status login(Waiter const& /*waiter*/) override { return {}; }

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
