// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/mistakes.h"
#include "harness/base/result.h"
#include "harness/gate.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// One drill of a suite.
struct SuiteDrill {
    Scenario scenario;                 ///< with the suite's own settings and limits
    std::vector<std::string> sets;     ///< "workload.orders.rate=100/s", as `run --set` takes it
    std::vector<std::string> expects;  ///< "write.downtime <= 30s", as `run --expect` takes it
    int repeats{1};
    /// What its plays are worth where there is no time for all, 0 to 100; of equal ones the first
    /// in the suite comes first.
    int value{50};
    std::vector<Threshold> thresholds;
};

/// A program of this machine, run by a gate: `before` the first drill or `after` everything.
using Hook = std::vector<std::string>;

/// A list of drills with what is demanded of all of them together, read from a file.
struct Suite {
    enum class Preflight {
        stop,  ///< findings that say stop are a no-go
        warn,  ///< those that warn, too
        off,   ///< nobody looks
    };
    std::string name;  ///< the file's stem
    std::string title;
    Preflight preflight{Preflight::stop};
    /// How many more plays than its repeats a drill gets, for those that proved nothing.
    int retries{1};
    /// A drill that can only be a no-go any more is not repeated further.
    bool stop_when_clear{true};
    std::vector<SuiteDrill> drills;
    std::vector<ManualItem> manual;  ///< not ticked yet
    std::vector<Hook> before;
    std::vector<Hook> after;  ///< run whatever happened
};

/// Parses and checks a suite with all its scenarios. Mistakes are added, those in a scenario with
/// that file's name. A scenario is the name of one that ships, or a file: a relative path counts
/// from the suite's folder. `node_names` as in parse_scenario.
[[nodiscard]] Suite parse_suite(std::string const& file, std::string_view text, Mistakes& mistakes,
                                std::vector<std::string> const* node_names = nullptr);

/// Reads a file (at most 1 MiB) and parses it.
[[nodiscard]] Result<Suite> load_suite(std::string const& file, Mistakes& mistakes,
                                       std::vector<std::string> const* node_names = nullptr);

/// The JSON Schema (draft 2020-12) of suite files, made from the registries.
[[nodiscard]] std::string suite_schema();

/// The file of a suite given as a path or as the name of one that ships (scenarios/suites). A
/// wrong name is an error with the nearest one.
[[nodiscard]] Result<std::string> find_suite(std::string const& name_or_path);

/// Names of the suites that ship, sorted.
[[nodiscard]] std::vector<std::string> shipped_suites();

}  // namespace interregnum
