// SPDX-License-Identifier: MIT
#include "harness/engine/run_stop.h"

#include <utility>

#include "harness/base/log.h"

namespace interregnum {

RunStop::RunStop(std::stop_token asked)
    : asked_(std::move(asked), [this] { source_.request_stop(); }) {}

void RunStop::lock_lost(std::string why) {
    log::warn("run.lock_lost", why);
    {
        std::scoped_lock const lock(mutex_);
        lost_ = std::move(why);
    }
    source_.request_stop();
}

std::string RunStop::lost() const {
    std::scoped_lock const lock(mutex_);
    return lost_;
}

}  // namespace interregnum
