// SPDX-License-Identifier: MIT
#include "harness/engine/status_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/log.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;
constexpr Duration every = 5s;

}  // namespace

StatusLine::StatusLine(LiveTally& tally, Clock& clock, Instant origin)
    : thread_([&tally, &clock, origin](std::stop_token const& stop) {
          while (clock.sleep_for(every, stop)) {
              auto const totals = tally.take_totals();
              auto const at = clock.now() - origin;
              auto const down = tally.not_writable_since(at - 2s);
              log::info("drill.status",
                        fmt::format("{:5.1f} s: last 5 s: {} ok, {} failed, {} unknown; writes {}",
                                    std::chrono::duration<double>(at).count(), totals.ok,
                                    totals.failed, totals.unknown,
                                    down.empty()
                                        ? "work everywhere"
                                        : fmt::format("DOWN through {}", fmt::join(down, ", "))));
          }
      }) {}

}  // namespace interregnum
