// SPDX-License-Identifier: MIT
#include "harness/engine/healer.h"

#include <filesystem>
#include <ranges>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/log.h"
#include "harness/engine/access.h"
#include "harness/engine/hands.h"
#include "harness/engine/node_lock.h"
#include "harness/engine/node_state.h"
#include "harness/engine/power_on.h"
#include "harness/engine/stores.h"
#include "harness/engine/sweep_by_name.h"
#include "harness/engine/undo_journal.h"
#include "harness/engine/way_in.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

constexpr Duration patience = 180s;

class Healer {
public:
    Healer(HealRequest const& request, ClusterState& state, std::stop_token stop)
        : request_(request),
          state_(state),
          stop_(std::move(stop)),
          fleet_(make_fleet(request.inventory, request.trust_new_hosts)),
          hands_(*fleet_) {}

    HealReport heal() {
        if (request_.look_only) {
            for (std::string const& folder : state_.open_runs())
                left("a run that did not end cleanly: " + folder);
            look_for_residues();
            return std::move(report_);
        }
        for (std::string const& folder : state_.open_runs()) keep_promises(folder);
        if (request_.all) {
            power_on_all();
            sweep();
        }
        wait_for_redundancy();
        if (touched_) drop_stores();
        look_for_residues();
        return std::move(report_);
    }

private:
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
            auto done = undo(promise);
            if (done) done = journal->kept(promise.fault_id);
            if (done) {
                did(fmt::format("undone: {} on {}", promise.kind,
                                fmt::join(promise.targets, ", ")));
            } else {
                all_kept = false;
                left(fmt::format("{} on {}: {}", promise.kind, fmt::join(promise.targets, ", "),
                                 done.error().message));
            }
        }
        if (all_kept) {
            release_node_lock(*fleet_, node_names(request_.inventory),
                              std::filesystem::path(folder).filename());
            state_.close_run(folder);
            did(fmt::format("closed: {}", folder));
        }
    }

    Status undo(Promise const& promise) {
        Instant const deadline = clock_.now() + patience;
        while (true) {
            auto const outcomes = hands_.run(promise.undo, stop_);
            auto done = first_failure(outcomes);
            if (done || clock_.now() >= deadline || stop_.stop_requested()) return done;
            clock_.sleep_for(1s, stop_);
        }
    }

    void power_on_all() {
        if (request_.inventory.power.on.empty()) return;
        for (auto const& [node, on] :
             power_on_silent(request_.inventory, fleet_->connect_all(stop_))) {
            auto const result = hands_.run_one(on, stop_);
            if (result && result->exit_status == 0)
                did("switched on: " + node);
            else
                left(fmt::format("{} does not answer and could not be switched on: {}", node,
                                 result ? result->err : result.error().message));
        }
    }

    void sweep() {
        auto const swept = sweep_by_name(*fleet_, request_.inventory, injected_, clock_, stop_);
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
                look_at_cluster(request_.inventory, request_.secrets, 2s, stop_), 1 << 20);
            good_looks = reasons.empty() ? good_looks + 1 : 0;
            if (good_looks >= 2) return did("the cluster is redundant");
            if (reasons.empty()) continue;
            if (clock_.now() >= next_word) {
                log::info("heal.waits", fmt::format("{}", fmt::join(reasons, "; ")));
                next_word = clock_.now() + 10s;
            }
        } while (clock_.now() < deadline && clock_.sleep_for(500ms, stop_));
        left(fmt::format("the cluster is not redundant: {}", fmt::join(reasons, "; ")));
    }

    void drop_stores() {
        ProbeContext context = probe_context(request_.inventory, request_.secrets);
        auto const way_in =
            open_way_in(request_.inventory, request_.trust_new_hosts, context, stop_);
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
             node_states(*fleet_, node_names(request_.inventory), {}, "after", {}, stop_)) {
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
    std::unique_ptr<Fleet> fleet_;
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
