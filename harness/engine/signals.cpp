// SPDX-License-Identifier: MIT
#include "harness/engine/signals.h"

#include <chrono>
#include <ctime>
#include <utility>

#include <signal.h>

#include "harness/base/clock.h"
#include "harness/base/log.h"

namespace interregnum {

namespace {

sigset_t handled() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGHUP);
    return set;
}

/// Some pass a signal on that their child got already (`timeout` signals it, and then the group):
/// two this close together are one press of a key.
constexpr Duration same_press = std::chrono::milliseconds(300);

}  // namespace

StopOnSignal::StopOnSignal() {
    sigset_t const set = handled();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    waiter_ = std::jthread([this](std::stop_token const& ended) { wait(ended); });
}

StopOnSignal::~StopOnSignal() = default;

void StopOnSignal::first_ends(std::optional<std::stop_source> less) {
    std::scoped_lock const lock(mutex_);
    less_ = std::move(less);
}

std::optional<std::stop_source> StopOnSignal::take_less() {
    std::scoped_lock const lock(mutex_);
    return std::exchange(less_, std::nullopt);
}

void StopOnSignal::wait(std::stop_token const& ended) {
    sigset_t const set = handled();
    timespec const slice{.tv_sec = 0, .tv_nsec = 100'000'000};
    SteadyClock const clock;
    std::optional<Instant> ended_less;
    while (!ended.stop_requested()) {
        if (::sigtimedwait(&set, nullptr, &slice) < 0) continue;
        if (auto less = take_less()) {
            log::info("signal.received", "it ends here, and reports; once more: at once");
            less->request_stop();
            ended_less = clock.now();
            continue;
        }
        if (ended_less && clock.now() - *ended_less < same_press) continue;
        if (interrupted_.exchange(true)) {
            log::warn("signal.ignored", "already stopping: faults are being undone, please wait");
            continue;
        }
        log::warn("signal.received", "stopping: every fault in force is undone first");
        source_.request_stop();
    }
}

}  // namespace interregnum
