// SPDX-License-Identifier: MIT
// Gates that are stopped at random moments, half by kill -9 and half by Ctrl-C, and gone on with:
// each drill has one result of each planned seed in the end, and nothing is left on any node.
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/clock.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr std::uint64_t first_seed = 41;
// A gate of these two takes about that long on a machine that has nothing else to do.
constexpr int whole_gate_ms = 50'000;
// What is proved here is that no play is lost or made twice, whatever a play itself proves: so few
// customers that a busy machine matters little.
constexpr char const* short_drill = R"({{ "title": "A short drill",
    "steady_before": "2s", "steady_after": "1s",
    "workload": {{ "orders": {{ "rate": "5/s", "connections": "kept" }}, "tickets": false,
                  "reads": false, "cache": false }},
    "steps": [{{ {}, "random_wait": "1s" }}, {{ "await": "redundant", "within": "3m" }}] }})";

class StoppedGate : public testing::TestWithParam<int> {
protected:
    void SetUp() override {
        expect_healthy();
        write("cut-off.json",
              fmt::format(short_drill, R"("fault": "network.partition", "isolate": "any:replica",
                                          "for": "5s")"));
        write("crash.json", fmt::format(short_drill, R"("fault": "process.kill", "target": "leader",
                                          "process": "postgres")"));
        write("two.json", R"({ "title": "Two short drills", "retries": 0,
            "drills": [{ "scenario": "./cut-off.json" }, { "scenario": "./crash.json" }] })");
    }

    void write(std::string const& name, std::string_view text) {
        std::ofstream(files_.path() + '/' + name) << text;
    }

    /// The folder of the gate; "" when it was stopped before it had a plan: then nothing was
    /// touched.
    std::string folder() {
        for (auto const& entry : fs::directory_iterator(runs_.path()))
            if (fs::exists(entry.path() / "gate-plan.json")) return entry.path().string();
        return {};
    }

    /// Stops a gate after some time. Returns its exit code, 128 + 9 of a killed one.
    int stop_gate(int signal, Duration after) {
        std::string const output = files_.path() + "/said";
        Background gate({binary(), "gate", files_.path() + "/two.json", "--inventory", "lab",
                         "--out", runs_.path(), "--seed", std::to_string(first_seed), "--results",
                         files_.path() + "/nights.db"},
                        output);
        std::optional<int> code = gate.wait(after);
        if (!code) {
            gate.signal(signal);
            code = gate.wait(4min);
        }
        EXPECT_TRUE(code) << "it did not end: " << read_file(output);
        return code.value_or(-1);
    }

    RunsFolder files_;
    RunsFolder runs_;
};

TEST_P(StoppedGate, HasOneResultOfEachPlannedSeedWhenItWasGoneOnWith) {
    std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
    int const signal = GetParam() % 2 == 0 ? SIGKILL : SIGINT;
    std::chrono::milliseconds const after(
        std::uniform_int_distribution<int>(0, whole_gate_ms)(random));
    int const stopped = stop_gate(signal, after);
    std::string const gate = folder();
    fmt::print("moment {}: {} after {:.1f} s, exit code {}; {}\n", GetParam(),
               signal == SIGKILL ? "kill -9" : "Ctrl-C",
               std::chrono::duration<double>(after).count(), stopped,
               gate.empty() ? "nothing had begun" : fs::path(gate).filename().string());
    std::fflush(stdout);
    if (!gate.empty()) {
        LocalResult const resumed = call({"gate", "--resume", gate}, 8min);
        EXPECT_TRUE(resumed.exit_status == 0 || resumed.exit_status == 2)
            << resumed.exit_status << resumed.out << resumed.err;
        Json const page = Json::parse(read_file(gate + "/gate.json"));
        EXPECT_EQ(page["interrupted"], false);
        EXPECT_EQ(page["drills"].size(), 2U);
        for (Json const& played : page["drills"]) {
            fmt::print("  {}: {}, {} result, {} cut off\n", played["scenario"].get<std::string>(),
                       played["verdict"].get<std::string>(), played["runs"].size(),
                       played["cut_off"].size());
            ASSERT_EQ(played["runs"].size(), 1U) << played;
            EXPECT_EQ(played["runs"][0]["seed"], first_seed) << played;
        }
        LocalResult const again = call({"gate", "--resume", gate});
        EXPECT_EQ(again.exit_status, resumed.exit_status) << again.err;
        EXPECT_TRUE(again.out.contains("has come to its end")) << again.out;
    }
    LocalResult const left = call({"heal", "--look", "--inventory", "lab"});
    fmt::print("  {}", left.out);
    EXPECT_EQ(left.exit_status, 0) << left.out << left.err;
}

INSTANTIATE_TEST_SUITE_P(Moments, StoppedGate, testing::Range(1, 21));

}  // namespace
}  // namespace interregnum::test
