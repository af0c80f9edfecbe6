// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/cluster/support/drill.h"

namespace interregnum::test {

/// The longest outage an independent client saw, in nanoseconds: between the first missing
/// attempt's start and the first good one's start after it.
struct IndependentOutage {
    std::int64_t length_ns{};
    std::int64_t attempts{};
};

/// `independent_client` running in the lab's network against one entry point, 50 attempts a
/// second with new connections; an attempt that took longer than a second counts as missing.
class IndependentClient {
public:
    /// Starts it for so many seconds; writes go through `host`:5000.
    IndependentClient(std::string const& host, int seconds);
    /// Waits for its end and reads what it saw.
    [[nodiscard]] IndependentOutage finish();

private:
    RunsFolder folder_;
    std::unique_ptr<Background> client_;
};

}  // namespace interregnum::test
