// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/object_reader.h"
#include "harness/scenario/scenario.h"

/// The parts that reading a scenario is made of. Private to harness/scenario.
namespace interregnum::reading {

/// Keys that a fault's step has beside the fault's own options.
inline constexpr std::string_view fault_key = "fault";
inline constexpr std::string_view random_wait_key = "random_wait";
inline constexpr std::string_view lease_key = "lease";
inline constexpr std::string_view within_key = "within";
inline constexpr std::string_view with_next_key = "with_next";

/// What a bare `{ "await": ... }` step can wait for.
[[nodiscard]] std::vector<std::string> const& condition_names();
/// The keys of which each step has exactly one.
[[nodiscard]] std::vector<std::string> const& step_keys();
/// Measures that must be 0 unless a scenario states otherwise.
[[nodiscard]] std::vector<std::string> const& zero_by_default();
/// Names of the registered customers, sorted.
[[nodiscard]] std::vector<std::string> customer_names();

/// Changes the tree as `--set` asks: each pair is a path ("workload.orders.rate",
/// "steps[0].for") and a value (true, false, a number, else a text). Objects on the way are
/// made; list items must be there.
void apply_overrides(Value& root, std::vector<std::pair<std::string, std::string>> const& overrides,
                     FileMistakes& mistakes);

/// The steps. `node_names` as in parse_scenario.
[[nodiscard]] std::vector<Step> read_steps(ObjectReader& top,
                                           std::vector<std::string> const* node_names);

/// One plain step: none that stands for others.
[[nodiscard]] std::optional<Step> read_step(Value const& value, std::string const& path,
                                            std::vector<std::string> const* node_names,
                                            FileMistakes& mistakes);

/// A fault by its name, or nullptr with a mistake added; nullptr alone when there is no name.
[[nodiscard]] FaultKind const* read_fault_kind(ObjectReader& reader);

/// Adds a mistake for each step that wants the next one to be a fault, which it is not.
void check_with_next(std::vector<Step> const& steps, Value const& list, std::string const& path,
                     FileMistakes& mistakes);

/// Adds a mistake for each step that waits for good writes, where no customer makes any. (What a
/// template stands for is seen when it is played.)
void check_awaits(ObjectReader& top, Scenario const& scenario);

/// Adds a mistake for each name in a role option that can be neither a role nor a node.
void check_roles(Value const& value, std::string const& path,
                 std::vector<std::string> const* node_names, FileMistakes& mistakes);

/// `allow_quorum_loss`, `longest_fault` and `abort_if`. A fault of `steps` that is held longer
/// than allowed is a mistake.
[[nodiscard]] Limits read_limits(ObjectReader& top, std::vector<Step> const& steps);
/// The measures that `abort_if` can name: those that are known while a run goes on.
[[nodiscard]] std::vector<std::string> const& abort_measures();

/// True for text that a line of a report can show as it is: no control characters.
[[nodiscard]] bool is_one_line(std::string_view text);
/// `title`: one line that every report can show as it is.
void read_title(ObjectReader& top, std::string& into);

/// The measure that a key names; adds a mistake, with the nearest one, when there is none.
[[nodiscard]] MeasureKind const* measure_of(ObjectReader& reader, Member const& member);
/// The value of that key as a limit on the measure; adds a mistake when it is none. A bare amount
/// is the exact count, and for what is measured with an error the most that is allowed.
[[nodiscard]] std::optional<record::Expectation> limit_of(ObjectReader& reader,
                                                          Member const& member,
                                                          MeasureKind const& measure);

/// The customers: the file's, and those that run by default.
[[nodiscard]] std::vector<WorkloadItem> read_workload(ObjectReader& top);

/// The limits in `expect` of an object; none when it is not there.
[[nodiscard]] std::vector<record::Expectation> read_expect(ObjectReader& of);

/// The names that `under` may have, in the order of precedence.
[[nodiscard]] std::vector<std::string> const& setting_names();
/// `why` and `by_design`.
void read_reasons(ObjectReader& top, Scenario& scenario);
/// `under`, but for what `expects` (`--expect`) speaks of.
[[nodiscard]] std::vector<Under> read_under(ObjectReader& top,
                                            std::vector<std::string> const& expects);

/// The file's expectations, those of `--expect`, and the default ones.
[[nodiscard]] std::vector<record::Expectation> read_expectations(
    ObjectReader& top, std::vector<std::string> const& expects);

}  // namespace interregnum::reading
