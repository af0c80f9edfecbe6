// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "harness/base/result.h"
#include "harness/remote/unique_fd.h"
#include "harness/remote/waiter.h"

// libssh2's own tags, so that its header stays inside the .cpp files that call it.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
struct _LIBSSH2_SESSION;
// NOLINTNEXTLINE(bugprone-reserved-identifier)
struct _LIBSSH2_CHANNEL;

namespace interregnum {

/// libssh2's session and the socket under it, non-blocking. Ends both without waiting for the
/// peer. It is not yet logged in; see ssh_login.h.
class RawSession {
public:
    [[nodiscard]] static Result<std::unique_ptr<RawSession>> create(UniqueFd socket);
    RawSession(RawSession const&) = delete;
    RawSession& operator=(RawSession const&) = delete;
    ~RawSession();

    [[nodiscard]] _LIBSSH2_SESSION* handle() const { return handle_; }
    [[nodiscard]] int socket() const { return socket_.value(); }
    /// libssh2's words for its last error.
    [[nodiscard]] std::string last_error() const;

    /// Waits until the socket is ready for what libssh2 wants to do next.
    [[nodiscard]] Wake wait(Waiter const& waiter) const;

    struct Step {
        int code;   ///< what libssh2 said last
        Wake wake;  ///< `ready`, or why it was not asked again
        [[nodiscard]] bool good() const { return wake == Wake::ready && code == 0; }
    };
    /// Repeats a call of libssh2 until it says something else than "would block".
    template <class Call>
    [[nodiscard]] Step repeat(Waiter const& waiter, Call call) const {
        while (true) {
            int const code = call();
            if (code != would_block) return {.code = code, .wake = Wake::ready};
            if (Wake const wake = wait(waiter); wake != Wake::ready)
                return {.code = code, .wake = wake};
        }
    }
    /// LIBSSH2_ERROR_EAGAIN.
    static constexpr int would_block = -37;

private:
    RawSession(UniqueFd socket, _LIBSSH2_SESSION* handle)
        : socket_(std::move(socket)), handle_(handle) {}
    UniqueFd socket_;
    _LIBSSH2_SESSION* handle_;
};

}  // namespace interregnum
