// SPDX-License-Identifier: MIT
#include "harness/remote/channel.h"

#include <algorithm>
#include <array>

#include <libssh2.h>

namespace interregnum {

// Non-blocking: one attempt to tell the other end. What could not be freed now is freed with the
// session.
void Channel::Free::operator()(_LIBSSH2_CHANNEL* channel) const { libssh2_channel_free(channel); }

Result<std::unique_ptr<ShellLink>> Channel::open(RawSession const& session, std::string const& line,
                                                 Waiter const& waiter) {
    constexpr std::string_view doing = "opening a shell";
    LIBSSH2_CHANNEL* handle = nullptr;
    auto const opened = session.repeat(waiter, [&] {
        handle = libssh2_channel_open_session(session.handle());
        return handle != nullptr ? 0 : libssh2_session_last_errno(session.handle());
    });
    if (opened.wake != Wake::ready)
        return std::unexpected(wake_error(opened.wake, Error::Kind::unreachable, doing));
    if (handle == nullptr)
        return fail(Error::Kind::unreachable,
                    std::string(doing) + ": " + session.last_error() +
                        " (the host may allow too few sessions: MaxSessions of sshd)");
    std::unique_ptr<ShellLink> channel(new Channel(session, handle));
    auto const started =
        session.repeat(waiter, [&] { return libssh2_channel_exec(handle, line.c_str()); });
    if (started.good()) return channel;
    if (started.wake != Wake::ready)
        return std::unexpected(wake_error(started.wake, Error::Kind::unreachable, doing));
    return fail(Error::Kind::unreachable, std::string(doing) + ": " + session.last_error());
}

// While a write is not finished no other call may send: libssh2 keeps the packet half sent and
// answers BAD_USE to whoever wants to send another, as a read does that widens the window. So
// text is written to its end first. That cannot deadlock: the shell reads a command to its end
// before it writes anything, and libssh2 itself queues what arrives meanwhile.
Channel::Event Channel::write(std::string_view text, Waiter const& waiter) {
    while (!text.empty()) {
        if (libssh2_channel_eof(handle_.get()) != 0) return Event::ended;
        ssize_t const taken = libssh2_channel_write(handle_.get(), text.data(), text.size());
        if (taken > 0) {
            text.remove_prefix(std::min(static_cast<std::size_t>(taken), text.size()));
        } else if (taken == LIBSSH2_ERROR_EAGAIN || taken == 0) {
            Wake const wake = session_->wait(waiter);
            if (wake != Wake::ready) return wake == Wake::stopped ? Event::stopped : Event::timeout;
        } else {
            bool const closed =
                taken == LIBSSH2_ERROR_CHANNEL_CLOSED || taken == LIBSSH2_ERROR_CHANNEL_EOF_SENT;
            return closed ? Event::ended : Event::broken;
        }
    }
    return Event::data;
}

Channel::Event Channel::read_stream(int id, MarkedStream& into) const {
    std::array<char, 32768> buffer{};
    ssize_t const got = libssh2_channel_read_ex(handle_.get(), id, buffer.data(), buffer.size());
    if (got > 0) {
        into.feed({buffer.data(), static_cast<std::size_t>(got)});
        return Event::data;
    }
    if (got == 0 || got == LIBSSH2_ERROR_EAGAIN) return Event::nothing;
    return got == LIBSSH2_ERROR_CHANNEL_CLOSED ? Event::ended : Event::broken;
}

Channel::Event Channel::drain(ShellOutput& into) {
    Event const out = read_stream(0, into.out);
    Event const err = read_stream(SSH_EXTENDED_DATA_STDERR, into.err);
    if (out == Event::data || err == Event::data) return Event::data;
    if (out == Event::broken || err == Event::broken) return Event::broken;
    // Reading stderr may have received data of stdout: it is in libssh2's queue then, and the
    // socket will not announce it again.
    if (libssh2_poll_channel_read(handle_.get(), SSH_EXTENDED_DATA_STDERR) == 1) return Event::data;
    if (libssh2_channel_eof(handle_.get()) != 0) return Event::ended;
    return out == Event::ended ? out : err;
}

Channel::Event Channel::read(ShellOutput& into, Waiter const& waiter) {
    while (true) {
        Event const event = drain(into);
        if (event != Event::nothing) return event;
        Wake const wake = session_->wait(waiter);
        if (wake != Wake::ready) return wake == Wake::stopped ? Event::stopped : Event::timeout;
    }
}

}  // namespace interregnum
