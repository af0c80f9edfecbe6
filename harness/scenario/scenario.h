// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/mistakes.h"
#include "harness/base/option.h"
#include "harness/base/result.h"
#include "harness/fault.h"
#include "harness/measure.h"
#include "harness/probe.h"
#include "harness/scenario/breach.h"
#include "harness/scenario/under.h"

namespace interregnum {

struct Value;

/// What an `await` step waits for.
enum class Condition {
    writable,   ///< one good write through every entry point
    stable,     ///< no missing attempt for 10 s
    redundant,  ///< all that `not_redundant_because` (harness/cluster/view.h) wants
    caught_up,  ///< replicas have replayed what the leader had when the step began
};

/// As scenarios have it: "redundant".
[[nodiscard]] std::string_view to_string(Condition condition);

/// `{ "fault": "node.crash", "target": "leader", "for": "45s" }`
struct FaultStep {
    FaultKind const* kind{};
    Options options;
    /// A seeded random wait of 0 to this before firing, so that repeats do not sample one phase
    /// of Patroni's cycle. Absent: Patroni's loop_wait as found on the cluster.
    std::optional<Duration> random_wait;  ///< key "random_wait"
    /// A node that hears nothing from the controller for this long heals itself. Key "lease".
    Duration lease{std::chrono::seconds(20)};
    /// The next step, which is a fault, begins while this one is in force: it is undone when its
    /// time is over, but not before the next one is proved. Key "with_next".
    bool with_next{};
};
/// `{ "await": "redundant", "within": "5m" }`
struct AwaitStep {
    Condition condition{Condition::writable};
    Duration within{std::chrono::minutes(5)};
};
/// `{ "steady": "20s" }`: nothing but customers for that long.
struct SteadyStep {
    Duration span{};
};
/// `{ "heal": "all" }`: undo every fault that is in force.
struct HealStep {};

/// `{ "for_each": "db", "steps": [...] }` or `{ "chaos": {...} }`: stands for plain steps, which
/// only the cluster's nodes and the seed can tell (expand.h). None is ever played.
struct TemplateStep {
    std::shared_ptr<Value const> written;  ///< checked, with its parameters put in
    std::string path;                      ///< of that in the file: "steps[0]"
    std::vector<FaultStep> faults;         ///< what it is made of, each with its longest times
};

struct Step {
    std::variant<SteadyStep, FaultStep, AwaitStep, HealStep, TemplateStep> what;
    std::string text;  ///< for people: "node.crash target=leader for=45s"
};

/// One customer of the workload.
struct WorkloadItem {
    ProbeKind const* probe{};
    Options options;
};

/// What a scenario may do, and when it is called off.
struct Limits {
    bool allow_quorum_loss{};                          ///< faults may take etcd's majority
    Duration longest_fault{std::chrono::minutes(15)};  ///< no fault is held longer
    /// The run is aborted, which is a fail, when customers of a service have not been served for
    /// longer than this through some entry point.
    std::vector<std::pair<record::Service, Duration>> abort_if;
    /// Or when one of these is noticed.
    std::vector<Breach> abort_at;
};

/// One drill, read from a file. Short because defaults are good: every customer that runs by
/// default (ProbeKind::by_default) does unless switched off; `lost`, `duplicated`, `oversold`,
/// `ghost` and `split_brain` must be 0 unless stated otherwise.
struct Scenario {
    std::string name;  ///< the file's stem
    std::string file;
    std::string title;
    std::vector<std::string> extends;  ///< files that it is made from, the nearest first
    std::vector<std::string> tags;     ///< words by which lists and suites choose
    std::vector<WorkloadItem> workload;
    Duration steady_before{std::chrono::seconds(10)};
    Duration steady_after{std::chrono::seconds(10)};
    std::vector<Step> steps;
    /// Under whatever settings of the cluster; `in_force` says what a run is held to.
    std::vector<record::Expectation> expectations;
    std::vector<Under> under;  ///< in the order in which they are laid over it
    std::string by_design;     ///< why nobody may serve then: the outage is no bug. "": not so
    std::string why;           ///< why this is what is expected, in a sentence or two
    Limits limits;
};

/// A file that another one extends.
struct BaseFile {
    std::string file;
    std::string text;
};

/// Finds and reads what the file `from` names in its `extends`.
using BaseLoader =
    std::function<Result<BaseFile>(std::string const& name, std::string const& from)>;

/// The loader of real files: the name of a scenario that ships, or a path, relative to the folder
/// of `from`; at most 1 MiB.
[[nodiscard]] Result<BaseFile> load_base(std::string const& name, std::string const& from);

/// Parses and checks a scenario. `overrides` are `--set` pairs ("workload.orders.rate", "10/s");
/// `expects` are `--expect` texts ("write.downtime <= 30s"), which replace the file's of the
/// same measure. All mistakes are added. Pure: looks at the registries only.
/// With `node_names`, a target must be a role or one of these; without (no inventory at hand) it
/// may be whatever can be a node's name and does not look like a misspelt role. Other files come
/// from `base_of` only; without it, `extends` is a mistake.
[[nodiscard]] Scenario parse_scenario(
    std::string const& file, std::string_view text,
    std::vector<std::pair<std::string, std::string>> const& overrides,
    std::vector<std::string> const& expects, Mistakes& mistakes,
    std::vector<std::string> const* node_names = nullptr, BaseLoader const& base_of = {});

/// Reads a file (at most 1 MiB) with all that it extends, and parses it.
[[nodiscard]] Result<Scenario> load_scenario(
    std::string const& file, std::vector<std::pair<std::string, std::string>> const& overrides,
    std::vector<std::string> const& expects, Mistakes& mistakes,
    std::vector<std::string> const* node_names = nullptr);

/// The JSON Schema (draft 2020-12) of scenario files, made from the registries.
[[nodiscard]] std::string scenario_schema();

/// The file of a scenario given as a path or as the name of one that ships: looks for
/// `NAME`, then `scenarios/NAME.json` beside the program's source or install tree. A wrong name
/// is an error with the nearest one.
[[nodiscard]] Result<std::string> find_scenario(std::string const& name_or_path);

/// The same for what stands in a file of that folder: a path ("./mine.json") counts from there.
[[nodiscard]] Result<std::string> find_scenario_from(std::string const& folder,
                                                     std::string const& name_or_path);

/// Names of the scenarios that ship, sorted.
[[nodiscard]] std::vector<std::string> shipped_scenarios();

/// Names of the scenarios that ship with that tag, sorted. When there are none it is an error,
/// with the nearest tag.
[[nodiscard]] Result<std::vector<std::string>> shipped_with_tag(std::string const& tag);

}  // namespace interregnum
