// SPDX-License-Identifier: MIT
#include "probes/session/socket.h"

#include <array>
#include <cerrno>
#include <memory>

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

namespace interregnum {

Waited wait_socket(int socket, WaitFor what, Instant deadline) {
    short events = POLLIN | POLLOUT;
    if (what == WaitFor::reading) events = POLLIN;
    if (what == WaitFor::writing) events = POLLOUT;
    SteadyClock const clock;
    pollfd polled{.fd = socket, .events = events, .revents = 0};
    while (true) {
        Duration const left = deadline - clock.now();
        if (left <= Duration::zero()) return Waited::deadline;
        auto const whole = std::chrono::duration_cast<std::chrono::seconds>(left);
        timespec const timeout{.tv_sec = whole.count(), .tv_nsec = (left - whole).count()};
        int const ready = ppoll(&polled, 1, &timeout, nullptr);
        // An error other than a signal (a bad descriptor) shows in the caller's next call.
        if (ready > 0 || (ready < 0 && errno != EINTR)) return Waited::ready;
    }
}

bool readable_now(int socket) {
    pollfd polled{.fd = socket, .events = POLLIN, .revents = 0};
    return poll(&polled, 1, 0) > 0;
}

bool peer_is_gone(int socket) {
    std::array<char, 1> byte{};
    ssize_t const got = recv(socket, byte.data(), byte.size(), MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void shut_down(int socket) {
    if (socket >= 0) static_cast<void>(shutdown(socket, SHUT_RDWR));
}

Result<std::string> numeric_address(std::string const& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    int const code = getaddrinfo(host.c_str(), nullptr, &hints, &list);
    if (code != 0)
        return fail(Error::Kind::unreachable, fmt::format("{}: no address found for this host ({})",
                                                          host, gai_strerror(code)));
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> const owner(list, &freeaddrinfo);
    std::array<char, NI_MAXHOST> text{};
    int const named = getnameinfo(list->ai_addr, list->ai_addrlen, text.data(),
                                  static_cast<socklen_t>(text.size()), nullptr, 0, NI_NUMERICHOST);
    if (named != 0)
        return fail(Error::Kind::unreachable, fmt::format("{}: its address cannot be written ({})",
                                                          host, gai_strerror(named)));
    return std::string(text.data());
}

}  // namespace interregnum
