// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/cluster/inventory.h"
#include "harness/engine/arming.h"
#include "harness/engine/boots.h"
#include "harness/engine/hands.h"
#include "harness/engine/lease_keeper.h"
#include "harness/engine/leave_out_the_gone.h"
#include "harness/engine/power_of_the_gone.h"
#include "harness/engine/silence_watch.h"
#include "harness/engine/undo_journal.h"
#include "harness/fault.h"
#include "harness/record/event.h"

namespace interregnum {

/// What an active fault works with; outlives it.
struct FaultTools {
    Hands& hands;
    UndoJournal& journal;
    record::Sink& sink;
    Clock& clock;
    Instant origin;  ///< Offset 0 of the record
    WhyGone why_gone{};
    /// All nodes, also those that are gone by now: tells which commands switch one of these on.
    Inventory const* inventory{};
    /// Whether the nodes are still this run's (NodeLock::holds): asked before each step that brings
    /// an injection nearer. Not set: they are.
    std::function<Status(std::stop_token const&)> still_ours{};
};

/// The nodes that must hold what ends the fault without us: those with an undo of their own.
[[nodiscard]] std::vector<std::string> nodes_to_arm(FaultPlan const& plan);

/// A fault from the moment its undo is promised until the promise is kept.
///
/// The order is fixed: take the evidence's first look, promise (synced), arm the nodes, inject,
/// prove. From the arming on each node heals itself when its lease is not renewed. Undo is tried
/// several times, since a node that just came back needs a moment; when it fails for good the
/// promise stays open in the journal and the record says so. Of a server that was told to boot the
/// promise is kept when it answers again.
class ActiveFault {
public:
    /// What a fault is called, and for how long its nodes wait for us.
    struct Name {
        std::string id;    ///< in the record: "f1"
        std::string mark;  ///< on the nodes: FaultRequest::id
        std::string kind;
        std::string role;  ///< as asked for
        Duration lease{};
        /// By how much longer than its plan says it may be in force while the lease is renewed.
        Duration slack{};
    };
    /// Promises, arms and injects. An error means that nothing was touched: nothing could be
    /// promised, or the nodes may not be ours any more (what `still_ours` said). A failed injection
    /// is an active fault whose `injected()` is false and which must be undone.
    [[nodiscard]] static Result<ActiveFault> inject(Name name, FaultPlan plan, FaultTools tools,
                                                    std::stop_token stop);
    ActiveFault(ActiveFault&& other) noexcept = default;
    ActiveFault& operator=(ActiveFault&&) = delete;
    ActiveFault(ActiveFault const&) = delete;
    ActiveFault& operator=(ActiveFault const&) = delete;
    /// Does nothing: undoing needs a deadline and a report, so the conductor does it on every
    /// path; what it misses is in the journal.
    ~ActiveFault() = default;

    /// Looks until every piece of evidence is there or its time is up; writes verified or
    /// unverified. True when proved.
    bool prove(std::stop_token stop);

    /// Which node did not keep silent for as long as the plan asks, from the proof until now. Empty
    /// when all did, or when the plan does not ask. Ends looking at that: to be called once.
    std::string answered_too_soon();
    /// To be asked when its time is over, of one that ends by itself: why it is not in force any
    /// more; empty when it is, and of all others (nodes tell when they renew a lease).
    std::string ended_too_soon(std::stop_token const& stop);
    /// Undoes it, with at most `patience` in all. Not stoppable by the run's stop token on
    /// purpose: interrupting a run must not skip it.
    Status undo(Duration patience);

    /// After `undo`: it took servers down of which it is not known that they are back.
    [[nodiscard]] bool awaits_boots() const { return awaits_boots_; }
    /// Looks once whether they are; keeps the promise when they all are.
    Status look_for_boots();
    /// The same until they are, or until they have had `boot_patience` since the undo. Not
    /// stoppable either.
    Status await_boots();

    [[nodiscard]] bool injected() const { return injected_; }
    [[nodiscard]] FaultPlan const& plan() const { return plan_; }
    [[nodiscard]] std::string const& id() const { return name_.id; }

private:
    ActiveFault(Name name, FaultPlan plan, FaultTools tools);
    void watch_silence();
    [[nodiscard]] std::vector<FaultCommand> undo_commands() const;
    [[nodiscard]] UndoOfTheOthers undo_of_the_others() const;
    /// One that is not gone after all would stay off. False: one could not be switched on.
    bool switch_on_the_gone(std::vector<FaultCommand> const& commands, Duration patience);
    Status arm(std::stop_token const& stop);
    [[nodiscard]] std::vector<FaultCommand> firing() const;
    [[nodiscard]] Status still_ours(std::stop_token const& stop) const;
    void keep_lease();
    void tell(record::FaultStage stage, std::string detail);
    void look_before(std::stop_token const& stop);
    /// Empty when the evidence is there, else what was seen instead.
    std::string missing(std::size_t index, std::stop_token const& stop);

    Name name_;
    FaultPlan plan_;
    FaultTools tools_;
    std::vector<Arming> armings_;  ///< one a node, in the order of `armed_nodes_`
    std::vector<std::string> armed_nodes_;
    std::vector<std::string> before_;  ///< first look of each piece of evidence
    Boots boots_;
    std::optional<LeaseKeeper> keeper_;
    std::optional<SilenceWatch> silence_;
    Instant injected_at_{};
    Instant undone_at_{};
    bool fired_{};  ///< the first inject command may have left
    bool injected_{};
    bool awaits_boots_{};
};

}  // namespace interregnum
