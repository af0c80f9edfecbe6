// SPDX-License-Identifier: MIT
#include "harness/engine/healer.h"

#include <filesystem>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/log.h"
#include "harness/engine/access.h"
#include "harness/engine/hands.h"
#include "harness/engine/node_lock.h"
#include "harness/engine/node_state.h"
#include "harness/engine/stores.h"
#include "harness/engine/sweep.h"
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
        if (request_.all || touched_) drop_stores();
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

    void keep_promises(std::string const& folder) {
        touched_ = true;
        std::string const path = folder + "/undo.journal";
        auto promises = open_promises(path);
        if (!promises) return left(promises.error().message);
        auto journal = UndoJournal::open(path);
        if (!journal) return left(journal.error().message);
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

    /// A server that does not answer may be one that a drill switched off.
    void power_on_all() {
        PowerAccess const& power = request_.inventory.power;
        if (power.on.empty()) return;
        for (auto const& [node, status] : fleet_->connect_all(stop_)) {
            if (status || status.error().kind == Error::Kind::refused) continue;
            std::vector<std::string> argv = power.on;
            for (std::string& word : argv) {
                if (word == "{node}") word = node;
                if (word == "{address}") word = request_.inventory.node(node)->address;
            }
            FaultCommand const on{.node = "", .argv = std::move(argv), .timeout = 120s};
            auto const result = hands_.run_one(on, stop_);
            if (result && result->exit_status == 0)
                did("switched on: " + node);
            else
                left(fmt::format("{} does not answer and could not be switched on: {}", node,
                                 result ? result->err : result.error().message));
        }
    }

    void sweep() {
        auto const results = run_everywhere(sweep_script(), 120s);
        for (std::size_t index = 0; index < results.size(); ++index) {
            std::string const& node = request_.inventory.nodes[index].name;
            auto const& result = results[index];
            if (!result) {
                left(fmt::format("{} could not be swept: {}", node, result.error().message));
                continue;
            }
            if (!result->out.empty()) did(fmt::format("on {}: {}", node, result->out));
            if (result->exit_status != 0) left(fmt::format("on {}: {}", node, result->err));
        }
    }

    std::vector<Result<RemoteResult>> run_everywhere(std::string_view script, Duration timeout) {
        std::vector<Fleet::Task> commands;
        commands.reserve(request_.inventory.nodes.size());
        for (InventoryNode const& node : request_.inventory.nodes)
            commands.push_back({node.name, RemoteCommand{.argv = {"sh", "-c", std::string(script)},
                                                         .timeout = timeout}});
        // A node that was just switched on needs a moment until its sshd answers.
        Instant const deadline = clock_.now() + 60s;
        while (true) {
            auto results = fleet_->run_all(commands, stop_);
            bool all = true;
            for (auto const& result : results) all = all && result.has_value();
            if (all || clock_.now() >= deadline || stop_.stop_requested()) return results;
            clock_.sleep_for(1s, stop_);
        }
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
    bool touched_{};
};

}  // namespace

HealReport heal_cluster(HealRequest const& request, ClusterState& state, std::stop_token stop) {
    return Healer(request, state, std::move(stop)).heal();
}

}  // namespace interregnum
