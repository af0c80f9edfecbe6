// SPDX-License-Identifier: MIT
#include "harness/engine/healer.h"

#include <algorithm>
#include <filesystem>
#include <ranges>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/clock.h"
#include "harness/base/log.h"
#include "harness/engine/access.h"
#include "harness/engine/gone_nodes.h"
#include "harness/engine/hands.h"
#include "harness/engine/leave_out_the_gone.h"
#include "harness/engine/node_lock.h"
#include "harness/engine/node_state.h"
#include "harness/engine/power_of_the_gone.h"
#include "harness/engine/power_on.h"
#include "harness/engine/spot_watch.h"
#include "harness/engine/stores.h"
#include "harness/engine/sweep_by_name.h"
#include "harness/engine/undo_journal.h"
#include "harness/engine/way_in.h"
#include "harness/record/reader.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

constexpr Duration patience = 180s;
/// A node that may be gone is asked for as long as one that boots is waited for.
constexpr Duration silence_patience = 60s;
/// Ending a machine takes AWS a moment, in which it may still answer.
constexpr Duration longest_end = 120s;

class Healer {
public:
    Healer(HealRequest const& request, ClusterState& state, std::stop_token stop)
        : request_(request),
          state_(state),
          stop_(std::move(stop)),
          inventory_(request.inventory),
          fleet_(make_fleet(request.inventory, request.trust_new_hosts)),
          hands_(*fleet_) {}

    HealReport heal() {
        look_for_the_gone();
        heal_the_others();
        tell_of_the_gone();
        return std::move(report_);
    }

private:
    void heal_the_others() {
        if (request_.look_only) {
            for (std::string const& folder : state_.open_runs())
                left("a run that did not end cleanly: " + folder);
            return look_for_residues();
        }
        for (std::string const& folder : state_.open_runs()) keep_promises(folder);
        if (request_.all) {
            power_on_all();
            sweep();
        }
        wait_for_redundancy();
        if (touched_) drop_stores();
        look_for_residues();
    }

    void did(std::string text) {
        log::info("heal.did", text);
        report_.done.push_back(std::move(text));
    }
    void left(std::string text) {
        log::error("heal.left", text);
        report_.left.push_back(std::move(text));
    }

    void not_touched(std::string text) {
        log::warn("heal.not_touched", text);
        report_.untouched.push_back(std::move(text));
    }

    /// From here on `inventory_` is without the nodes that are gone.
    void look_for_the_gone() {
        std::string const last = state_.last_run();
        if (!inventory_.spot.watched || last.empty()) return;
        // What customers did may be gigabytes, and while it is read nothing is undone.
        auto const record = record::read_record_without_attempts(last + "/record.jsonl");
        if (!record) return log::warn("heal.last_run", record.error().message);
        auto const announced = announced_terminations(*record, inventory_, wall_now());
        if (announced.empty()) return;
        for (auto const& [node, time] : announced)
            log::info("heal.asks", fmt::format("{}: AWS announced, to the run in {}, to terminate "
                                               "it at {}; is it still there?",
                                               node, last, time));
        auto found = find_gone(*fleet_, inventory_, announced, silence_patience, clock_, stop_);
        for (std::string const& node : found.still_there)
            log::info("heal.there", node + " answers: it is healed as any other");
        // One that answers long after its end: so that run was of other machines.
        if (std::ranges::any_of(found.still_there, [&](std::string const& node) {
                return has_come(announced.at(node), wall_now() - longest_end);
            })) {
            if (!request_.look_only) state_.forget_last_run();
            return;
        }
        gone_ = std::move(found.gone);
        inventory_ = without_gone(std::move(inventory_), gone_);
    }

    /// Only what is silent in the end, too, is gone.
    void tell_of_the_gone() {
        if (gone_.empty()) return;
        auto const still = find_gone(*fleet_, request_.inventory, gone_, {}, clock_, stop_);
        for (auto const& [node, time] : gone_)
            if (still.gone.contains(node))
                did(fmt::format("{}: reclaimed by AWS at {}, nothing left to heal", node, time));
            else
                left(
                    fmt::format("{}: taken for gone, since AWS announced to terminate it at {}, "
                                "and it may not be: heal --all again",
                                node, time));
    }

    [[nodiscard]] std::string without_whom() const {
        std::string text;
        for (auto const& [node, time] : gone_) text += (text.empty() ? " without " : ", ") + node;
        return text;
    }

    [[nodiscard]] std::string why_gone(std::string const& node) const {
        auto const gone = gone_.find(node);
        return gone == gone_.end() ? "" : "reclaimed by AWS at " + gone->second;
    }

    void keep_promises(std::string const& folder) {
        touched_ = true;
        std::string const path = folder + "/undo.journal";
        auto promises = open_promises(path);
        if (!promises) return left(promises.error().message);
        auto journal = UndoJournal::open(path);
        if (!journal) return left(journal.error().message);
        for (Promise const& promise : *promises) {
            injected_.insert(promise.targets.begin(), promise.targets.end());
            for (FaultCommand const& command : promise.undo) injected_.insert(command.node);
        }
        bool all_kept = true;
        // Newest first: what was done last is undone first.
        for (Promise const& promise : std::views::reverse(*promises)) {
            log::info("heal.undoes",
                      fmt::format("{} on {}: {}", promise.kind, fmt::join(promise.targets, ", "),
                                  promise.summary));
            std::string gone;
            auto done = undo(promise, gone);
            if (done) done = journal->kept(promise.fault_id);
            if (done) {
                did(fmt::format("undone: {} on {}{}", promise.kind,
                                fmt::join(promise.targets, ", "),
                                gone.empty() ? "" : " (" + gone + ")"));
            } else {
                all_kept = false;
                left(fmt::format("{} on {}: {}", promise.kind, fmt::join(promise.targets, ", "),
                                 done.error().message));
            }
        }
        if (all_kept) {
            release_node_lock(*fleet_, node_names(inventory_),
                              std::filesystem::path(folder).filename());
            state_.close_run(folder);
            did(fmt::format("closed: {}", folder));
        }
    }

    /// `gone`: which of its nodes is gone, and why; "" when none is.
    Status undo(Promise const& promise, std::string& gone) {
        Instant const deadline = clock_.now() + patience;
        WhyGone const why = [this](std::string const& node) { return why_gone(node); };
        auto const split = split_off_power_of_the_gone(promise.undo, request_.inventory, why);
        while (true) {
            auto outcomes = hands_.run(split.commands, stop_, Hands::Here::each);
            gone = leave_out_the_gone(outcomes, promise.targets, why);
            auto done = first_failure(outcomes);
            // Once, whatever comes of it: one that is not gone after all would stay off.
            for (FaultCommand const& command : split.of_the_gone) {
                if (!done) break;
                auto const on = hands_.run_one(command, stop_);
                if (gone.empty() && !(on && on->exit_status == 0)) gone = split.gone;
            }
            if (done || clock_.now() >= deadline || stop_.stop_requested()) return done;
            clock_.sleep_for(1s, stop_);
        }
    }

    void power_on_all() {
        if (inventory_.power.on.empty()) return;
        for (auto const& [node, on] : power_on_silent(inventory_, fleet_->connect_all(stop_))) {
            auto const result = hands_.run_one(on, stop_);
            if (result && result->exit_status == 0)
                did("switched on: " + node);
            else
                left(fmt::format("{} does not answer and could not be switched on: {}", node,
                                 result ? result->err : result.error().message));
        }
    }

    void sweep() {
        auto const swept = sweep_by_name(*fleet_, inventory_, injected_, clock_, stop_);
        for (std::string const& text : swept.done) did(text);
        for (std::string const& text : swept.left) left(text);
        for (std::string const& text : swept.untouched) not_touched(text);
        if (swept.any_consents)
            touched_ = true;
        else if (!touched_)
            not_touched("the test shop was not looked for: no node says that it allows drills");
    }

    void wait_for_redundancy() {
        Instant const deadline = clock_.now() + patience;
        std::vector<std::string> reasons;
        Instant next_word = clock_.now() + 2s;
        // Twice in a row: one look can catch a lucky moment between two bad ones.
        int good_looks = 0;
        do {
            reasons = not_redundant_because(
                look_at_cluster(inventory_, request_.secrets, 2s, stop_), 1 << 20);
            good_looks = reasons.empty() ? good_looks + 1 : 0;
            if (good_looks >= 2) return did("the cluster is redundant" + without_whom());
            if (reasons.empty()) continue;
            if (clock_.now() >= next_word) {
                log::info("heal.waits", fmt::format("{}", fmt::join(reasons, "; ")));
                next_word = clock_.now() + 10s;
            }
        } while (clock_.now() < deadline && clock_.sleep_for(500ms, stop_));
        left(fmt::format("the cluster is not redundant: {}", fmt::join(reasons, "; ")));
    }

    void drop_stores() {
        ProbeContext context = probe_context(inventory_, request_.secrets);
        auto const way_in = open_way_in(inventory_, request_.trust_new_hosts, context, stop_);
        if (!way_in) log::warn("heal.way_in", way_in.error().message);
        context.run_id = "heal";
        context.clock = &clock_;
        context.origin = clock_.now();
        Status const dropped = drop_patiently(Stores::all(), context, clock_, 30s, stop_);
        if (dropped) return did("the test shop's tables and keys are gone");
        left("our tables or keys: " + dropped.error().message);
    }

    void look_for_residues() {
        for (record::NodeState const& state :
             node_states(*fleet_, node_names(inventory_), {}, "after", {}, stop_)) {
            if (!state.complete) {
                left(state.node + " could not be asked what is left on it");
                continue;
            }
            for (auto const& [name, value] : state.facts)
                if (name.starts_with("ours.") && !value.empty())
                    left(fmt::format("on {}: {} = {}", state.node, name, value));
        }
    }

    HealRequest const& request_;
    ClusterState& state_;
    std::stop_token stop_;
    SteadyClock clock_;
    Inventory inventory_;  ///< without the nodes that are gone
    Terminations gone_;
    std::unique_ptr<Fleet> fleet_;  ///< of all of them
    Hands hands_;
    HealReport report_;
    std::set<std::string> injected_;  ///< nodes on which journals promise to undo something
    bool touched_{};                  ///< the shop may be there
};

}  // namespace

HealReport heal_cluster(HealRequest const& request, ClusterState& state, std::stop_token stop) {
    return Healer(request, state, std::move(stop)).heal();
}

}  // namespace interregnum
