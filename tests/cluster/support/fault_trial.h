// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/base/process.h"
#include "harness/cluster/look.h"
#include "harness/engine/active_fault.h"
#include "harness/engine/hands.h"
#include "harness/scenario/scenario.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {

/// A cluster on which single faults are tried: the engine's own parts, with no customers.
class FaultBench {
public:
    /// On the lab that is up here, whose network the calling thread enters. Else a text: why not,
    /// for the test to be skipped with.
    [[nodiscard]] static std::variant<std::unique_ptr<FaultBench>, std::string> lab();
    FaultBench(Inventory inventory, ClusterSecrets secrets);

    [[nodiscard]] ClusterView look() const;
    /// A host that faults may name, but that is no node of ours: nobody logs in there.
    void add_bystander(NodeView host) { bystanders_.push_back(std::move(host)); }
    /// The names of the nodes and of bystanders.
    [[nodiscard]] std::vector<std::string> known_names() const;
    /// Polls until the cluster is redundant; the reasons why not when the time is over.
    [[nodiscard]] std::vector<std::string> wait_until_redundant(Duration timeout);
    [[nodiscard]] Inventory const& inventory() const { return inventory_; }
    [[nodiscard]] Fleet& fleet() { return *fleet_; }
    [[nodiscard]] Hands& hands() { return hands_; }
    [[nodiscard]] Clock& clock() { return clock_; }

private:
    Inventory inventory_;
    ClusterSecrets secrets_;
    SteadyClock clock_;
    std::vector<NodeView> bystanders_;
    std::unique_ptr<Fleet> fleet_;
    Hands hands_;
};

/// One fault from plan to clean certificate, as the conductor would do it, but in single steps
/// between which a test looks by means of its own. Undoes at its end what a test left in force.
/// Then it adds a line to the file that INTERREGNUM_FAULT_TABLE names, if that is set: kind,
/// proved, undone (by the engine, or by the node after `abandon`), clean, and the test, whose name
/// tells the means by which it looked and whose failure makes the line no good. `tests/run` makes a
/// table of all of them.
class FaultTrial {
public:
    /// `step` as in a scenario file: R"({"fault": "process.pause", "target": "leader"})".
    /// Takes the nodes' states before. A step that is wrong, or a role that nobody has, fails
    /// the test.
    FaultTrial(FaultBench& bench, std::string const& step);
    FaultTrial(FaultTrial const&) = delete;
    FaultTrial& operator=(FaultTrial const&) = delete;
    ~FaultTrial();

    /// Injects and proves; false when either fails, with `why()`.
    [[nodiscard]] bool inject();
    [[nodiscard]] bool undo();
    /// What is other than before, or ours, one sentence each; polled until nothing is, or
    /// `timeout`. To be asked after `undo`.
    [[nodiscard]] std::vector<std::string> unclean(Duration timeout = std::chrono::seconds(20));

    [[nodiscard]] std::vector<std::string> const& targets() const { return targets_; }
    /// The only target; fails the test when there are several.
    [[nodiscard]] std::string target() const;
    [[nodiscard]] FaultPlan const& plan() const { return plan_; }
    /// The fault's name on the nodes.
    [[nodiscard]] std::string const& mark() const { return mark_; }
    /// Everything the engine told the record, one a line: stages and notes.
    [[nodiscard]] std::string why() const;
    /// Lets go of the fault as a killed controller would: no renewal, no undo.
    void abandon();

private:
    class Story;
    FaultBench& bench_;
    std::unique_ptr<Story> story_;
    RunsFolder folder_;
    std::optional<UndoJournal> journal_;
    std::vector<std::string> members_;
    std::vector<record::NodeState> before_;
    Scenario scenario_;
    std::vector<std::string> targets_;
    std::string mark_;
    FaultPlan plan_;
    std::optional<ActiveFault> fault_;
    bool proved_{};
    bool undone_{};
    bool abandoned_{};
    bool clean_{};
};

/// Runs a command as root inside a lab node, from the host: not over SSH, not by the fault's own
/// way. A failure to run it at all fails the test.
[[nodiscard]] LocalResult on_lab_node(std::string const& node, std::vector<std::string> argv,
                                      Duration timeout = std::chrono::seconds(10));

}  // namespace interregnum::test
