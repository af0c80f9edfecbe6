// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <thread>
#include <vector>

#include "harness/base/clock.h"
#include "harness/engine/live_view.h"

namespace interregnum {

/// How customers fare and who leads, on one line: "12.0 s: write 100/100 2.1/8.4 ms | redis 0/10
/// DOWN 3.2 s (app1:6379) | leader db1, timeline 3 | redis master db2". Of each path: how many
/// attempts were served of those that ended, median and 99th percentile of their latency. Pure.
[[nodiscard]] std::string watch_line(record::Offset now, LiveLook const& look);

/// What is different in `is`, in words: "leader db1 -> db2", "write DOWN through app1:5000". Empty
/// when nothing is. Pure.
[[nodiscard]] std::vector<std::string> watch_changes(record::Offset now, Standing const& was,
                                                     Standing const& is);

/// Tells whoever watches: what changes at once, and how customers fare `every` so often. For as
/// long as it lives.
class WatchLines {
public:
    WatchLines(LiveView& view, Duration every, Clock& clock, Instant origin);

private:
    std::jthread thread_;
};

}  // namespace interregnum
