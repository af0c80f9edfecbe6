// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/object_reader.h"
#include "harness/scenario/reading.h"

/// Steps that stand for others. Each is read when its file is, to find what is wrong with it, and
/// once more when the nodes and the seed are known, to make plain steps of it (expand.h).
namespace interregnum::reading {

inline constexpr std::string_view for_each_key = "for_each";
inline constexpr std::string_view chaos_key = "chaos";
inline constexpr std::string_view each = "each";

/// What `for_each` can go over: every node, or those of a group.
[[nodiscard]] std::vector<std::string> const& for_each_names();

/// `{ "for_each": "db", "steps": [ { "fault": "node.crash", "target": "each" } ] }`
[[nodiscard]] std::optional<Step> read_for_each(Value const& value, std::string const& path,
                                                std::vector<std::string> const* node_names,
                                                FileMistakes& mistakes);
/// `{ "chaos": { "for": "30m", "faults": [...] } }`
[[nodiscard]] std::optional<Step> read_chaos_step(Value const& value, std::string const& path,
                                                  std::vector<std::string> const* node_names,
                                                  FileMistakes& mistakes);

/// Puts a name wherever a target of a fault's step is this word, alone or in a list. How often.
int replace_target(Value& step, std::string_view word, std::string const& name);

/// From the one to the other, both included; the same when there is nothing to draw.
struct Range {
    Duration least{};
    Duration most{};
};

/// One fault that a chaos may choose.
struct ChaosFault {
    Value step;     ///< as written, without its weight
    int weight{1};  ///< so much likelier than one of weight 1
    /// Options to be drawn, by their names.
    std::vector<std::pair<std::string, Range>> ranges;
    /// "any", "any:all_db" or "any:all_app": a node is drawn; "" when the roles tell who it is.
    std::string any;
};

/// A chaos as the file has it.
struct Chaos {
    Duration span{};
    Range pause{std::chrono::seconds(30), std::chrono::seconds(30)};
    std::string await{"redundant"};
    Duration within{std::chrono::minutes(5)};
    int at_once{1};
    std::vector<ChaosFault> faults;
};

/// What a round takes on top of the longest of its faults and of the pause after it: the random
/// wait before it, its proof, and until the cluster is as it has to be. For planning only; some
/// half a minute is what the lab needs, most of it for Patroni's loops.
inline constexpr Duration round_overhead = std::chrono::seconds(30);

/// For how long a fault is asked to be held; 0 when it holds nothing.
[[nodiscard]] Duration planned_hold(FaultStep const& fault);

/// The chaos of a step, with all mistakes in it. `faults_made`: each as a step, with its longest
/// times.
[[nodiscard]] Chaos read_chaos(Value const& step, std::string const& path,
                               std::vector<std::string> const* node_names, FileMistakes& mistakes,
                               std::vector<FaultStep>& faults_made);

}  // namespace interregnum::reading
