// SPDX-License-Identifier: MIT
#include "tests/cluster/support/fault_trial.h"

#include <atomic>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/engine/access.h"
#include "harness/engine/node_state.h"
#include "harness/lab/lab.h"
#include "harness/record/names.h"
#include "harness/record/node_difference.h"

namespace interregnum::test {

namespace {

using namespace std::chrono_literals;

/// A fault's mark must be new on the nodes, also over several runs of one test program.
std::string next_mark() {
    static std::atomic<int> made{0};
    return fmt::format("t{}_f{}", ::getpid(), ++made);
}

std::vector<std::string> differences(std::vector<record::NodeState> const& before,
                                     std::vector<record::NodeState> const& after) {
    std::vector<std::string> found;
    for (std::size_t index = 0; index < after.size(); ++index) {
        record::NodeState const& now = after[index];
        if (!now.complete) {
            found.push_back(now.node + " could not be asked");
            continue;
        }
        for (auto const& [name, value] : now.facts)
            if (name.starts_with("ours.") && !value.empty())
                found.push_back(fmt::format("{}: {} = {}", now.node, name, value));
        for (std::string const& difference : record::node_differences(before[index], now))
            found.push_back(now.node + ": " + difference);
    }
    return found;
}

}  // namespace

/// What the engine told the record.
class FaultTrial::Story final : public record::Sink {
public:
    void write(record::Event event) override {
        std::scoped_lock const lock(mutex_);
        if (auto const* fault = std::get_if<record::FaultEvent>(&event))
            text_ += fmt::format("{} {}: {}\n", fault->kind, record::to_string(fault->stage),
                                 fault->detail);
        if (auto const* note = std::get_if<record::Note>(&event)) text_ += note->text + "\n";
    }
    [[nodiscard]] std::string text() const {
        std::scoped_lock const lock(mutex_);
        return text_;
    }

private:
    mutable std::mutex mutex_;
    std::string text_;
};

std::variant<std::unique_ptr<FaultBench>, std::string> FaultBench::lab() {
    std::optional<std::string> const file = running_lab();
    if (!file) return "no lab is up on this machine (start one with `interregnum lab up`)";
    Mistakes mistakes;
    Result<Inventory> inventory = load_inventory(*file, mistakes);
    if (!inventory) return inventory.error().message;
    if (!mistakes.empty()) return mistakes.text();
    Result<ClusterSecrets> secrets = read_secrets(*inventory);
    if (!secrets) return secrets.error().message;
    // Once a process: the thread is there already when a second test asks.
    static Status const entered = enter_lab_network();
    if (!entered) return entered.error().message;
    inventory->power.off = {binary(), "lab", "power-off", "{node}"};
    inventory->power.on = {binary(), "lab", "power-on", "{node}"};
    return std::make_unique<FaultBench>(std::move(*inventory), std::move(*secrets));
}

FaultBench::FaultBench(Inventory inventory, ClusterSecrets secrets)
    : inventory_(std::move(inventory)),
      secrets_(std::move(secrets)),
      fleet_(make_fleet(inventory_, false)),
      hands_(*fleet_) {}

ClusterView FaultBench::look() const {
    ClusterView view = look_at_cluster(inventory_, secrets_, 2s, {});
    for (NodeView const& host : bystanders_) view.nodes.push_back(host);
    return view;
}

std::vector<std::string> FaultBench::known_names() const {
    std::vector<std::string> names = node_names(inventory_);
    for (NodeView const& host : bystanders_) names.push_back(host.name);
    return names;
}

std::vector<std::string> FaultBench::wait_until_redundant(Duration timeout) {
    Instant const deadline = clock_.now() + timeout;
    int good_looks = 0;
    while (true) {
        auto reasons = not_redundant_because(look(), 1 << 20);
        good_looks = reasons.empty() ? good_looks + 1 : 0;
        if (good_looks >= 2 || clock_.now() >= deadline) return reasons;
        clock_.sleep_for(250ms, {});
    }
}

FaultTrial::FaultTrial(FaultBench& bench, std::string const& step)
    : bench_(bench), story_(std::make_unique<Story>()), mark_(next_mark()) {
    Mistakes mistakes;
    auto const nodes = node_names(bench.inventory());
    auto const known = bench.known_names();
    scenario_ =
        parse_scenario("trial.json", fmt::format(R"({{"title": "A trial", "steps": [{}]}})", step),
                       {}, {}, mistakes, &known);
    if (!mistakes.empty()) {
        ADD_FAILURE() << mistakes.text();
        return;
    }
    auto const& fault = std::get<FaultStep>(scenario_.steps.at(0).what);
    ClusterView const view = bench.look();
    targets_ = targets_of(*fault.kind, fault.options, view);
    if (targets_.empty()) {
        ADD_FAILURE() << step << ": nobody has that role: " << fmt::format("{}", view.problems);
        return;
    }
    auto plan = fault.kind->plan({.id = mark_,
                                  .options = fault.options,
                                  .targets = targets_,
                                  .view = view,
                                  .lease = fault.lease});
    if (!plan) {
        ADD_FAILURE() << step << ": " << plan.error().message;
        return;
    }
    plan_ = std::move(*plan);
    auto journal = UndoJournal::open(folder_.path() + "/undo.journal");
    if (journal)
        journal_.emplace(std::move(*journal));
    else
        ADD_FAILURE() << journal.error().message;
    members_ = member_names(view);
    before_ = node_states(bench.fleet(), nodes, members_, "before", {}, {});
}

FaultTrial::~FaultTrial() {
    if (fault_) {
        EXPECT_TRUE(undo()) << why();
    }
    char const* const table = std::getenv("INTERREGNUM_FAULT_TABLE");
    auto const* test = testing::UnitTest::GetInstance()->current_test_info();
    if (table == nullptr || test == nullptr || scenario_.steps.empty()) return;
    auto const yes = [](bool value) { return value ? "yes" : "no"; };
    std::ofstream(table, std::ios::app) << fmt::format(
        "{}\t{}\t{}\t{}\t{}.{}\n", std::get<FaultStep>(scenario_.steps.front().what).kind->name,
        yes(proved_ && !testing::Test::HasFailure()), yes(undone_ || (abandoned_ && clean_)),
        yes(clean_), test->test_suite_name(), test->name());
}

bool FaultTrial::inject() {
    if (!journal_) return false;
    auto const& step = std::get<FaultStep>(scenario_.steps.at(0).what);
    auto fault = ActiveFault::inject({.id = "f1",
                                      .mark = mark_,
                                      .kind = std::string(step.kind->name),
                                      .role = "trial",
                                      .lease = step.lease},
                                     plan_,
                                     {.hands = bench_.hands(),
                                      .journal = *journal_,
                                      .sink = *story_,
                                      .clock = bench_.clock(),
                                      .origin = bench_.clock().now()},
                                     {});
    if (!fault) {
        ADD_FAILURE() << fault.error().message;
        return false;
    }
    fault_.emplace(std::move(*fault));
    proved_ = fault_->injected() && fault_->prove({});
    return proved_;
}

bool FaultTrial::undo() {
    if (!fault_) return true;
    undone_ = fault_->undo(60s).has_value();
    fault_.reset();
    return undone_;
}

void FaultTrial::abandon() {
    fault_.reset();
    abandoned_ = true;
}

std::vector<std::string> FaultTrial::unclean(Duration timeout) {
    Instant const deadline = bench_.clock().now() + timeout;
    while (true) {
        auto const after =
            node_states(bench_.fleet(), node_names(bench_.inventory()), members_, "after", {}, {});
        auto found = differences(before_, after);
        clean_ = found.empty();
        if (found.empty() || bench_.clock().now() >= deadline) return found;
        bench_.clock().sleep_for(250ms, {});
    }
}

std::string FaultTrial::target() const {
    EXPECT_EQ(targets_.size(), 1U);
    return targets_.empty() ? "" : targets_.front();
}

std::string FaultTrial::why() const { return story_->text(); }

LocalResult on_lab_node(std::string const& node, std::vector<std::string> argv, Duration timeout) {
    auto result = lab_exec(node, {.argv = std::move(argv), .timeout = timeout});
    if (!result) {
        ADD_FAILURE() << node << ": " << result.error().message;
        return {.exit_status = -1, .out = "", .err = result.error().message};
    }
    return std::move(*result);
}

}  // namespace interregnum::test
