// SPDX-License-Identifier: MIT
#include "harness/base/clock.h"

#include <condition_variable>
#include <mutex>

#include <time.h>

namespace interregnum {

namespace {

Duration read(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Instant SteadyClock::now() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
}

Duration SteadyClock::suspended() const {
    Duration const awake = read(CLOCK_MONOTONIC);
    return read(CLOCK_BOOTTIME) - awake;
}

bool SteadyClock::sleep_until(Instant when, std::stop_token stop) {
    // A condition nobody notifies but the stop token: the only way here to sleep and be stoppable.
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_until(lock, stop, when, [] { return false; });
    return !stop.stop_requested();
}

Duration wall_now() {
    return std::chrono::duration_cast<Duration>(
        std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace interregnum
