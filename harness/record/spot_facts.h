// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/record/event.h"

/// What is known of spot instances, as facts of a record.
namespace interregnum::record {

/// The fact that nodes were asked whether AWS takes them back; its value names them, with spaces.
inline constexpr std::string_view spot_watched_fact = "spot.watched";
/// What AWS announced to a node: "db2 terminate 2026-11-23T03:12:07Z".
inline constexpr std::string_view spot_notice_fact = "spot.notice";

/// What AWS announced to a node, by the instance metadata there.
struct SpotNotice {
    std::string node;
    /// "terminate", "stop" or "hibernate" of an interruption; "rebalance" of a mere recommendation
    /// to move away, which often comes before one and often has nothing behind it.
    std::string action;
    std::string time;  ///< when AWS is about to act, or gave the recommendation; UTC, by its clock
    Offset at{};       ///< when it was seen

    [[nodiscard]] bool is_interruption() const { return action != "rebalance"; }
};

[[nodiscard]] Fact to_fact(SpotNotice const& notice);
/// The notices among the facts, in their order. What is no notice is left out.
[[nodiscard]] std::vector<SpotNotice> spot_notices(std::vector<Fact> const& facts);
/// Whether the nodes were asked at all.
[[nodiscard]] bool spot_watched(std::vector<Fact> const& facts);

}  // namespace interregnum::record
