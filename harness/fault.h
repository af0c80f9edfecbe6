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
    std::string input{};  ///< its stdin; on nodes only
    Duration timeout{std::chrono::seconds(10)};
    /// The node is expected to vanish while this runs: losing the session is no failure.
    bool ends_session{false};
    /// It bounds its own time on the node, so that none is spent on bounding it.
    bool bounds_itself{false};
};

/// How an effect is proved: what `command` prints before the injection and after it.
struct Evidence {
    enum class Relation {
        changed,   ///< stdout differs from before (a pid with its start time, a boot id)
        silent,    ///< the node no longer answers at all
        succeeds,  ///< exit status 0, and another one before the injection
    };
    std::string what;  ///< for people: "the postmaster's pid and start time"
    FaultCommand command;
    Relation relation{Relation::changed};
    Duration within{std::chrono::seconds(5)};  ///< the effect must show by then; polled
};

/// What ends a fault when its controller is gone.
enum class SelfHeal {
    /// The nodes do: each runs its own undo commands when its lease is over. Every command of the
    /// plan names a node, and every node with an inject command has its undo.
    node,
    by_itself,   ///< nothing has to: it ends by itself, and undo only hurries it
    controller,  ///< nobody but the journal and `heal`: a server without power runs no timer
};

/// A fault for resolved targets: data only. Planning touches nothing.
struct FaultPlan {
    std::vector<std::string> targets;  ///< nodes
    std::vector<FaultCommand> inject;
    std::vector<Evidence> evidence;
    /// Undoes it from any state, also when never injected or already undone, knowing nothing
    /// that inject found out (but what inject left in files named after `FaultRequest::id`).
    std::vector<FaultCommand> undo;
    /// What besides the node's lease must be renewed, on nodes: the kernel's own leases.
    std::vector<FaultCommand> renew;
    SelfHeal self_heal{SelfHeal::node};
    /// Nodes that cannot do their part while it is in force: what the quorum guard counts.
    std::vector<std::string> nodes_lost;
    /// Nodes that it takes down and that boot again, told to by its undo or by themselves: it is
    /// undone when they answer.
    std::vector<std::string> boots;
    Duration hold{};  ///< how long it stays in force before the step undoes it; 0: undone at once
    /// Reasons, known beforehand, why the drill shows nothing whatever happens: "the leader is
    /// back before Patroni's ttl". It is played, and comes out inconclusive.
    std::vector<std::string> proves_nothing;
    /// So long after the injection the nodes of `Relation::silent` must not answer; one that does
    /// makes the drill inconclusive. So it is at least for `hold` where only the controller ends
    /// the fault. It is not undone before. 0: it does not matter.
    Duration stays_silent_for{};
    std::string summary;  ///< for people: "power off db1 for 45s"
};

/// What a fault is planned from.
struct FaultRequest {
    /// Names this fault on the nodes: files, units, firewall tables. Letters, digits and '_', at
    /// most 24, unique over all runs.
    std::string id;
    Options const& options;
    std::vector<std::string> const& targets;  ///< node names, at least one
    ClusterView const& view;
    /// After this long without a renewal a node heals itself. Renewed three times as often.
    Duration lease{std::chrono::seconds(20)};
};

/// A kind of failure. One file in `harness/faults/` each, named after it.
///
/// `sweep` and `residue` work by name, on any node, with no knowledge of any run; they are shell
/// text that runs as root under `sh`, in a subshell of one script that holds those of every kind.
struct FaultKind {
    std::string_view name;     ///< "node.crash"; the file is node_crash.cpp
    std::string_view summary;  ///< one line for `interregnum list faults`
    std::vector<OptionSpec> options;
    /// The option that names the targets; resolved to nodes when the step fires.
    std::string_view target_option{"target"};
    /// Who is hit, where `target_option` alone does not say it (shapes of a partition). Node
    /// names; none when nobody has the role now.
    std::vector<std::string> (*targets)(Options const& options, ClusterView const& view){};
    /// Fails with `invalid` when the options do not fit the cluster.
    Result<FaultPlan> (*plan)(FaultRequest const& request);
    /// What a target must be able to do: names of `all_needs()` (faults/support/needs.h).
    std::vector<std::string_view> (*needs)(Options const& options){};
    /// Undoes all that faults of this kind may have left; fine on a clean node. Prints a line for
    /// each thing it undid; returns other than 0 when something could not be undone.
    std::string_view sweep{};
    /// Prints a line for each thing of this kind that is in force or left; nothing when clean.
    std::string_view residue{};
};
using RegisterFault = Register<FaultKind>;

/// The nodes a fault hits now: by `targets`, else the roles in `target_option`. Without doubles,
/// in the order of the roles.
[[nodiscard]] std::vector<std::string> targets_of(FaultKind const& kind, Options const& options,
                                                  ClusterView const& view);

}  // namespace interregnum
