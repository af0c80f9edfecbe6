// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <list>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/cluster/view.h"
#include "harness/engine/active_fault.h"
#include "harness/engine/draws.h"
#include "harness/engine/live_tally.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// What the conductor needs of the world.
struct Stage {
    FaultTools tools;
    LiveTally& tally;
    /// Asks the cluster who is what, now.
    std::function<ClusterView(std::stop_token)> look;
    std::uint64_t seed{};
    Limits limits;
    std::string run_mark;  ///< names this run on the nodes: letters and digits, at most 12
    /// Ends a `steady` step before its time; the steps after it are played.
    std::stop_token enough{};
};

/// Plays the steps of a scenario. Roles are resolved when a step fires; every fault is undone
/// when its time is over, at a `heal` step, or by `heal_all`, which the caller must call
/// whatever happened. Nothing here judges: what went otherwise than planned becomes a Note.
class Conductor {
public:
    explicit Conductor(Stage stage);

    /// Plays all steps, or stops at the first that cannot go on. False when it stopped early.
    bool play(std::vector<Step> const& steps, std::stop_token stop);
    /// Undoes what is still in force. False when something could not be undone.
    bool heal_all();
    /// Waits for the servers that faults took down and that were told to boot. To be called last,
    /// after `heal_all`. False, which is told, when one is not back.
    bool await_boots();
    /// Waits for a condition; false when the time is over (a step says so in the record).
    bool await(Condition condition, Duration within, std::stop_token stop, std::string& why_not);

private:
    struct InForce {
        ActiveFault fault;
        int step{};       ///< its number, from 1
        Instant until{};  ///< it is held
    };
    bool play_fault(FaultStep const& step, int index, std::stop_token const& stop,
                    std::string& outcome);
    bool be_steady(Duration span, std::stop_token const& stop, std::string& outcome);
    bool play_one(Step const& step, int index, std::stop_token const& stop, std::string& outcome);
    /// Undoes all that is in force, each when its time is over; at once when they are not to be
    /// `held`. False when that was cut short, or one could not be undone.
    bool hold_and_undo(bool held, std::stop_token const& stop);
    bool undo(InForce& one);
    bool tell_undone(ActiveFault const& fault, Status const& done);
    /// Why a fault was not even promised; `index` is its step's.
    void tell_not_injected(int index, Error const& why, std::stop_token const& stop);
    [[nodiscard]] record::Offset now() const;
    void note(record::Note::Effect effect, std::string text);
    [[nodiscard]] std::vector<std::string> lost_now() const;
    std::string lacking(Condition condition, record::Offset since, std::stop_token const& stop);

    Stage stage_;
    Draws draws_;
    std::list<InForce> active_;
    std::list<ActiveFault> booting_;  ///< undone, but for servers that are not back yet
    int faults_made_{};
};

/// Who a step's fault is aimed at, as the scenario has it: "leader", "redis_master,db3".
[[nodiscard]] std::string role_text(FaultStep const& step);

/// How long undoing one fault may take in all, retries and a booting server included.
inline constexpr Duration undo_patience = std::chrono::minutes(3);

}  // namespace interregnum
