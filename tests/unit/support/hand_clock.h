// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <stop_token>

#include "harness/base/clock.h"

namespace interregnum::test {

/// A clock on which sleeping takes no time: it is moved on by it.
class HandClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return now_; }
    bool sleep_until(Instant when, std::stop_token stop) override {
        now_ = std::max(now_, when);
        return !stop.stop_requested();
    }

private:
    Instant now_{};
};

}  // namespace interregnum::test
