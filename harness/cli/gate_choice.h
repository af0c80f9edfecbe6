// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/gate.h"
#include "harness/scenario/suite.h"

/// Which plays a gate makes, where and in which order. All pure.
namespace interregnum {

/// What a play of a scenario is expected to take before one was ever played: its steady times and
/// the times its faults are held, a usual time for each wait (never longer than its limit), and
/// what goes before and after (looking, making the shop, reading everything back). Steps for each
/// node or at random count as on three database and two application nodes.
[[nodiscard]] Duration expected_play(Scenario const& scenario);

/// The same once there are plays: the longest of them, so that a budget is kept rather than used
/// to its end; else `before_any`.
[[nodiscard]] Duration expected_play(GateDrill const& drill, Duration before_any);

/// A drill of a gate that is under way, as far as the choice needs it.
struct Candidate {
    int value{};  ///< SuiteDrill::value
    int played{};
    int proved{};         ///< of `played`
    Duration expected{};  ///< what the next play takes
    bool over{};          ///< no further play of it is wanted
};

/// The drill to play next, none when there is none. Without a budget the first that is not over.
/// With `left` of one, round by round: the first play of each drill comes before the second of
/// any. In a round those first that have proved less, then those of more value, then in the
/// suite's order; what does not fit into the time left is passed over.
[[nodiscard]] std::optional<std::size_t> next_play(std::vector<Candidate> const& drills,
                                                   std::optional<Duration> left);

/// The seed of a drill's next play: the first of first_seed, first_seed + 1... that has no result.
[[nodiscard]] std::uint64_t next_seed(GateDrill const& drill, std::uint64_t first_seed);

/// A play that may not be forgotten: everything but one that was cut off before it came to
/// anything. One that lost orders and was interrupted then has lost them, and one that was
/// interrupted and could not undo its fault has left it on a node.
[[nodiscard]] bool is_result(RunSummary const& run);

/// Which share of a suite's drills; 1 of 1 is all of them.
struct Shard {
    int index{1};  ///< 1 to count
    int count{1};
    friend bool operator==(Shard const&, Shard const&) = default;
};

/// "2/3", "env/3" (the index of a Kubernetes Indexed Job in $JOB_COMPLETION_INDEX, counted from 0,
/// or GitLab's $CI_NODE_INDEX, counted from 1) or "env" ($CI_NODE_INDEX and $CI_NODE_TOTAL of
/// GitLab). `environment` gives a variable's value, nothing when it is not set. Errors (`invalid`):
/// no such form, an index that is none of the shards, a variable that is not set or no number.
[[nodiscard]] Result<Shard> parse_shard(
    std::string const& text,
    std::function<std::optional<std::string>(std::string const&)> const& environment);

/// For each drill of the suite the shard (1 to `count`) that plays it. The same for everybody who
/// has the same suite. Longest drill first, each to the shard that has least to do so far, so that
/// all end at about the same time. With no more shards than drills, none is idle.
[[nodiscard]] std::vector<int> split(Suite const& suite, int count);

}  // namespace interregnum
