// SPDX-License-Identifier: MIT
#include "harness/engine/run_stop.h"

#include <utility>

#include "harness/base/log.h"

namespace interregnum {

RunStop::RunStop(std::stop_token asked)
    : asked_(std::move(asked), [this] { source_.request_stop(); }) {}

void RunStop::lock_taken(NodeLock& lock) { lock_ = &lock; }

Status RunStop::holds(std::stop_token const& stop, Duration patience) const {
    return lock_->holds(stop, patience);
}

bool RunStop::still_ours(Duration patience) const {
    Status const held = lock_->holds({}, patience);
    return held || held.error().kind != Error::Kind::refused;
}

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
