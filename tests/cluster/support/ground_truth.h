// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/result.h"
#include "tests/cluster/support/known_outage.h"

/// Outages of exactly known length, and what the program says of them.
///
/// Truth follows the definition (design, decision 9): a path is down at an instant if an attempt
/// started then would not be acknowledged. An attempt that is under way when the outage begins is
/// hit by it, so the path was down from that attempt's start: the true length is at least the time
/// between the two switches, and at most that and one usual attempt's duration.
namespace interregnum::test {

/// One outage, and what was measured.
struct Measured {
    Duration switched{};   ///< from off to on, by our own clock; known to `unsure`
    Duration unsure{};     ///< how long both switches took
    Duration under_way{};  ///< the longest good attempt in the second before it
    Duration at_least{};   ///< as reported for new connections
    Duration at_most{};
    Duration kept{};          ///< the middle of what was reported for kept connections
    int outages{};            ///< reported near it, on new connections; 1 is right
    Duration longest_wait{};  ///< the slowest attempt on new connections that was still good

    /// The longest time that this process, which wanted to wake each 2 ms, was not let run
    /// meanwhile.
    Duration stalled{};

    std::string told{};  ///< those outages, each with the error of its first missing attempt
    Duration psql{};     ///< as EverydayTools has it, where it ran
    Duration pgbench{};

    /// The time between the switches lies in the reported interval.
    [[nodiscard]] bool holds_switches() const;
    /// Some true length does (see above).
    [[nodiscard]] bool holds_truth() const;
    [[nodiscard]] Duration width() const { return at_most - at_least; }
};

struct GroundTruthPlan {
    OutageKind kind{OutageKind::silent};
    Duration length{};
    int repeats{1};
    std::uint64_t seed{1};
    bool beside{};  ///< with EverydayTools through the same way in
};

/// Buys through one way in, 100 orders a second on new connections and 25 on kept ones, breaks it
/// as often and as long as planned, and measures. Takes repeats x (length + 4 s).
[[nodiscard]] Result<std::vector<Measured>> measure_known(GroundTruthPlan const& plan);

/// A time for which the machine did not let us run that spoils a measurement to 30 ms.
inline constexpr Duration disturbing = std::chrono::milliseconds(10);

/// As `measure_known`, and once more if a stall disturbed it: such a measurement is about the
/// machine, as a drill's is whose controller stalled. The one that is thrown away is printed; what
/// comes back may be disturbed, too (`worst_stall`).
[[nodiscard]] Result<std::vector<Measured>> measure_undisturbed(GroundTruthPlan const& plan);

/// Of all of them.
[[nodiscard]] Duration worst_stall(std::vector<Measured> const& all);

/// A line of the table, for one kind and length.
[[nodiscard]] std::string table_line(GroundTruthPlan const& plan, std::vector<Measured> const& all);
[[nodiscard]] std::string table_head();

/// Of a test: "silentdrop1500ms".
[[nodiscard]] std::string plan_name(testing::TestParamInfo<GroundTruthPlan> const& plan);

}  // namespace interregnum::test
