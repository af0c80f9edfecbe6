// SPDX-License-Identifier: MIT
#include "harness/remote/raw_session.h"

#include <utility>

#include <libssh2.h>
#include <poll.h>
#include <sys/socket.h>

namespace interregnum {

static_assert(RawSession::would_block == LIBSSH2_ERROR_EAGAIN);

Result<std::unique_ptr<RawSession>> RawSession::create(UniqueFd socket) {
    // libssh2_init is not thread-safe; a function-local static is.
    static int const initialised = libssh2_init(0);
    LIBSSH2_SESSION* const handle = initialised == 0 ? libssh2_session_init() : nullptr;
    if (handle == nullptr)
        return fail(Error::Kind::unreachable, "libssh2 could not be initialised");
    libssh2_session_set_blocking(handle, 0);
    return std::unique_ptr<RawSession>(new RawSession(std::move(socket), handle));
}

RawSession::~RawSession() {
    // One attempt at a goodbye; then the socket is shut, so that nothing below can block or ask
    // to be called again for the sake of a peer that may be gone.
    libssh2_session_disconnect(handle_, "done");
    ::shutdown(socket_.value(), SHUT_RDWR);
    for (int i = 0; i < 100; ++i)
        if (libssh2_session_free(handle_) != LIBSSH2_ERROR_EAGAIN) break;
}

std::string RawSession::last_error() const {
    char* text = nullptr;
    int size = 0;
    libssh2_session_last_error(handle_, &text, &size, 0);
    return text == nullptr ? "" : std::string(text, static_cast<std::size_t>(size));
}

Wake RawSession::wait(Waiter const& waiter) const {
    int const directions = libssh2_session_block_directions(handle_);
    short events = 0;
    if ((directions & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0) events |= POLLOUT;
    if ((directions & LIBSSH2_SESSION_BLOCK_INBOUND) != 0 || events == 0) events |= POLLIN;
    return waiter.wait(socket_.value(), events);
}

}  // namespace interregnum
