// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/option.h"
#include "harness/base/registry.h"
#include "harness/base/result.h"
#include "harness/cluster/view.h"

namespace interregnum {

/// One command of a fault. `node` empty: it runs on the controller (a cloud CLI, the lab).
struct FaultCommand {
    std::string node;
    std::vector<std::string> argv;
    Duration timeout{std::chrono::seconds(10)};
    /// The node is expected to vanish while this runs: losing the session is no failure.
    bool ends_session{false};
};

/// How an effect is proved: what `command` prints before the injection and after it.
struct Evidence {
    enum class Relation {
        changed,   ///< stdout differs from before (a pid with its start time, a boot id)
        silent,    ///< the node no longer answers at all
        succeeds,  ///< exit status 0 (asked after the injection only)
    };
    std::string what;  ///< for people: "the postmaster's pid and start time"
    FaultCommand command;
    Relation relation{Relation::changed};
    Duration within{std::chrono::seconds(5)};  ///< the effect must show by then; polled
};

/// A fault for resolved targets: data only. Planning touches nothing.
struct FaultPlan {
    std::vector<std::string> targets;  ///< nodes
    std::vector<FaultCommand> inject;
    std::vector<Evidence> evidence;
    /// Undoes it from any state, also when never injected or already undone, knowing nothing
    /// that inject found out.
    std::vector<FaultCommand> undo;
    Duration hold{};  ///< how long it stays in force before the step undoes it; 0: undone at once
    std::string summary;  ///< for people: "power off db1 for 45s"
};

/// A kind of failure. One file in `harness/faults/` each, named after it.
struct FaultKind {
    std::string_view name;     ///< "node.crash"; the file is node_crash.cpp
    std::string_view summary;  ///< one line for `interregnum list faults`
    std::vector<OptionSpec> options;
    /// The option that names the targets; resolved to nodes when the step fires.
    std::string_view target_option{"target"};
    /// `targets` are node names, at least one. Fails when the options do not fit the cluster.
    Result<FaultPlan> (*plan)(Options const& options, std::vector<std::string> const& targets,
                              ClusterView const& view);
};
using RegisterFault = Register<FaultKind>;

}  // namespace interregnum
