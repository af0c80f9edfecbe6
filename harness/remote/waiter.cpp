// SPDX-License-Identifier: MIT
#include "harness/remote/waiter.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>

namespace interregnum {
namespace {

// Only where no eventfd could be had (out of descriptors): stops are then seen this often.
constexpr Duration slice = std::chrono::milliseconds(50);

timespec to_timespec(Duration span) {
    auto const whole = std::chrono::duration_cast<std::chrono::seconds>(span);
    return {.tv_sec = whole.count(), .tv_nsec = (span - whole).count()};
}

}  // namespace

void Waiter::Ring::operator()() const noexcept {
    std::uint64_t const one = 1;
    [[maybe_unused]] auto const written = ::write(fd, &one, sizeof one);
}

Waiter::Waiter(Instant deadline, std::stop_token stop)
    : deadline_(deadline), stop_(std::move(stop)) {
    if (!stop_.stop_possible()) return;
    bell_ = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (bell_.valid()) callback_.emplace(stop_, Ring{bell_.value()});
}

Wake Waiter::state() const {
    if (stop_.stop_requested()) return Wake::stopped;
    return SteadyClock().now() >= deadline_ ? Wake::timeout : Wake::ready;
}

Wake Waiter::wait(int fd, short events) const { return wait(fd, events, deadline_); }

Wake Waiter::wait(int fd, short events, Instant until) const {
    return wait(std::span(&fd, 1), events, until);
}

Wake Waiter::wait(std::span<int const> fds, short events, Instant until) const {
    std::array<pollfd, 5> polled{};
    std::size_t const count = std::min(fds.size(), polled.size() - 1);
    for (std::size_t i = 0; i < count; ++i) polled[i] = {.fd = fds[i], .events = events};
    polled[count] = {.fd = bell_.value(), .events = POLLIN};
    until = std::min(until, deadline_);
    while (true) {
        if (stop_.stop_requested()) return Wake::stopped;
        Duration left = std::max(until - SteadyClock().now(), Duration::zero());
        bool const last = left == Duration::zero();
        if (stop_.stop_possible() && !bell_.valid()) left = std::min(left, slice);
        timespec const timeout = to_timespec(left);
        int const ready = ::ppoll(polled.data(), count + 1, &timeout, nullptr);
        if (stop_.stop_requested()) return Wake::stopped;
        for (std::size_t i = 0; ready > 0 && i < count; ++i)
            if (polled[i].revents != 0) return Wake::ready;
        // A poll that fails for another reason than a signal would fail again at once.
        if (last || (ready < 0 && errno != EINTR)) return Wake::timeout;
    }
}

Error wake_error(Wake wake, Error::Kind on_timeout, std::string_view doing) {
    if (wake == Wake::stopped)
        return {.kind = Error::Kind::stopped, .message = std::string(doing) + ": stopped"};
    return {.kind = on_timeout, .message = std::string(doing) + ": no answer in time"};
}

}  // namespace interregnum
