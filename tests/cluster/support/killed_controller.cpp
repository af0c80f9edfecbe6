// SPDX-License-Identifier: MIT
#include "tests/cluster/support/killed_controller.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "harness/engine/node_state.h"
#include "harness/engine/sweep.h"
#include "harness/lab/lab.h"
#include "harness/lab/layout.h"
#include "tests/cluster/support/fault_trial.h"

namespace interregnum::test {

namespace {

using namespace std::chrono_literals;

constexpr Duration lease = 4s;
constexpr Duration allowance = 5s;
// What an orderly stop may take (held_unit.cpp); nobody can start a service that is still stopping.
constexpr Duration stop_at_most = 100s;

// The effect of the `command` step, which no name of ours tells (trial_steps.cpp).
constexpr std::string_view own_command =
    "[ ! -e /run/a_trial ] || echo 'ours.command=/run/a_trial'\n";

/// What of ours is in force or left, by node, as the host sees it.
std::vector<std::string> seen_on_nodes() {
    std::vector<std::string> found;
    for (LabNode const& node : lab_nodes()) {
        std::string const name(node.name);
        LocalResult const seen =
            on_lab_node(name, {"sh", "-c", residue_script() + std::string(own_command)}, 30s);
        if (seen.exit_status != 0) found.push_back(name + ": cannot be asked: " + seen.err);
        for (auto const& [fact, value] : parse_facts(seen.out))
            if (!value.empty()) found.push_back(fmt::format("{}: {} = {}", name, fact, value));
    }
    return found;
}

/// The whole of our folder too: what `heal --all` must have removed.
std::vector<std::string> residues() {
    std::vector<std::string> found = seen_on_nodes();
    for (LabNode const& node : lab_nodes()) {
        std::string const name(node.name);
        LocalResult const listed = on_lab_node(
            name, {"sh", "-c",
                   "ls -A /run/interregnum 2>/dev/null; cat /run/interregnum.owner 2>/dev/null; "
                   "nft list tables 2>/dev/null | grep -w "
                   "interregnum[_a-z0-9]*; systemctl list-units --all --plain --no-legend "
                   "'interregnum-*'; true"});
        if (!listed.out.empty()) found.push_back(name + ": " + listed.out);
    }
    return found;
}

/// `service.stop` of trial_steps.cpp, and the database still writes what it has to before it ends.
bool one_is_still_stopping() {
    return std::ranges::any_of(lab_nodes(), [](LabNode const& node) {
        LocalResult const state =
            on_lab_node(std::string(node.name),
                        {"systemctl", "show", "-p", "ActiveState", "--value", "patroni"}, 30s);
        return state.out == "deactivating\n";
    });
}

/// Drops what the controller's namespace sends to port 22 of the nodes, for as long as it lives.
class CutPath {
public:
    CutPath() {
        nft("add table inet test_cut; add chain inet test_cut out { type filter hook output "
            "priority 0; }; add rule inet test_cut out tcp dport 22 drop");
    }
    CutPath(CutPath const&) = delete;
    CutPath& operator=(CutPath const&) = delete;
    ~CutPath() { nft("delete table inet test_cut"); }

private:
    static void nft(std::string const& text) {
        auto const done = run_local({.argv = {"nft", text}});
        EXPECT_TRUE(done && done->exit_status == 0) << (done ? done->err : done.error().message);
    }
};

}  // namespace

LossOutcome lose_controller(TrialStep const& step, Loss loss, std::uint64_t seed) {
    SteadyClock clock;
    std::mt19937_64 random(seed);
    RunsFolder folder;
    std::string const output = folder.path() + "/holder.output";
    Background holder({FAULT_HOLDER, std::string(step.step)}, output);
    LossOutcome outcome{.kind = std::string(step.kind)};
    if (!wait_for_text(output, "planned", 30s)) {
        ADD_FAILURE() << step.kind << ": " << read_file(output);
        return outcome;
    }
    std::uniform_int_distribution<std::int64_t> moment(0, 2500);
    clock.sleep_for(std::chrono::milliseconds(moment(random)), {});

    std::optional<CutPath> cut;
    if (loss == Loss::killed) {
        holder.signal(SIGKILL);
        static_cast<void>(holder.wait(10s));
    } else {
        cut.emplace();
    }
    Instant const lost = clock.now();
    outcome.in_force = !seen_on_nodes().empty();
    Duration stopped{};
    while (true) {
        Duration const looked = clock.now() - lost;
        if (step.kind == "service.stop" && looked < stop_at_most && one_is_still_stopping())
            stopped = clock.now() - lost;
        outcome.still_there = seen_on_nodes();
        if (!outcome.still_there.empty()) outcome.in_force_until = looked;
        outcome.healed_after = clock.now() - lost;
        // By the look's begin: one that began in time may end, and be judged, a second too late.
        if (outcome.still_there.empty() || looked > std::max(lease, stopped) + allowance) break;
        clock.sleep_for(100ms, {});
    }
    if (loss == Loss::cut_off) {
        holder.signal(SIGKILL);
        static_cast<void>(holder.wait(10s));
        cut.reset();
    }
    LocalResult const healed = call({"heal", "--all", "--inventory", "lab"}, 4min);
    EXPECT_EQ(healed.exit_status, 0) << step.kind << ": " << healed.out << healed.err;
    outcome.residues = residues();
    return outcome;
}

std::vector<TrialStep> self_healing_steps() {
    std::vector<TrialStep> found;
    for (TrialStep const& step : trial_steps())
        if (step.where == TrialStep::Where::lab && step.healer == TrialStep::Healer::node)
            found.push_back(step);
    return found;
}

}  // namespace interregnum::test
