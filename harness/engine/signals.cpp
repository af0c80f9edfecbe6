// SPDX-License-Identifier: MIT
#include "harness/engine/signals.h"

#include <ctime>

#include <signal.h>

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

}  // namespace

StopOnSignal::StopOnSignal() {
    sigset_t const set = handled();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    waiter_ = std::jthread([this](std::stop_token const& ended) { wait(ended); });
}

StopOnSignal::~StopOnSignal() = default;

void StopOnSignal::wait(std::stop_token const& ended) {
    sigset_t const set = handled();
    timespec const slice{.tv_sec = 0, .tv_nsec = 100'000'000};
    while (!ended.stop_requested()) {
        if (::sigtimedwait(&set, nullptr, &slice) < 0) continue;
        if (interrupted_.exchange(true)) {
            log::warn("signal.ignored", "already stopping: faults are being undone, please wait");
            continue;
        }
        log::warn("signal.received", "stopping: every fault in force is undone first");
        source_.request_stop();
    }
}

}  // namespace interregnum
