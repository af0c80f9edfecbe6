// SPDX-License-Identifier: MIT
#include "tests/cluster/support/endurance.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "harness/lab/lab.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

using std::chrono::seconds;

/// What a long steady run took of the controller.
struct Endurance {
    std::uint64_t early_bytes{};  ///< resident memory, the most in the second fifth of the span
    std::uint64_t late_bytes{};   ///< the most in the last fifth
    std::uint64_t peak_bytes{};   ///< of the whole run, reading back and reports included
    std::uint64_t attempts{};     ///< of orders
    std::uint64_t acknowledged{};
    std::uint64_t record_bytes{};
};

std::uint64_t resident(int pid) {
    std::ifstream file(fmt::format("/proc/{}/statm", pid));
    std::uint64_t size = 0;
    std::uint64_t pages = 0;
    file >> size >> pages;
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Endurance endure(Duration span) {
    RunsFolder const files;
    RunsFolder const runs;
    std::string const file = files.path() + "/steady.json";
    auto const whole = std::chrono::duration_cast<seconds>(span).count();
    std::ofstream(file) << fmt::format(
        R"({{"title": "A long steady time",
            "workload": {{"orders": {{"rate": "250/s", "connections": "kept"}}, "tickets": false,
                          "reads": false, "cache": false}},
            "steps": [{{"steady": "{}s"}}]}})",
        whole);
    Background run({binary(), "run", file, "--inventory", "lab", "--out", runs.path()},
                   files.path() + "/said");
    SteadyClock const clock;
    Endurance found;
    EXPECT_TRUE(wait_for_text(files.path() + "/said", "step.began", seconds(60)));
    Instant const began = clock.now();
    std::optional<int> ended;
    // Reading back and reporting take their time too, and grow with what was bought.
    while (!(ended = run.wait(seconds(1))) && clock.now() - began < 2 * span + seconds(120)) {
        std::uint64_t const now = resident(run.pid());
        Duration const at = clock.now() - began;
        found.peak_bytes = std::max(found.peak_bytes, now);
        if (at > span / 5 && at < 2 * span / 5)
            found.early_bytes = std::max(found.early_bytes, now);
        if (at > 4 * span / 5 && at < span) found.late_bytes = std::max(found.late_bytes, now);
    }
    EXPECT_TRUE(ended) << "the run did not end";
    std::string const said = read_file(files.path() + "/said");
    std::string const folder = runs.only_run();
    std::error_code missing;
    found.record_bytes = std::filesystem::file_size(folder + "/record.jsonl", missing);
    EXPECT_FALSE(missing) << said;
    if (missing) return found;
    auto const summary = nlohmann::json::parse(read_file(folder + "/summary.json"));
    for (auto const& ledger : summary.at("ledgers")) {
        if (ledger.at("kind") != "orders") continue;
        found.attempts = ledger.at("attempts");
        found.acknowledged = ledger.at("acknowledged");
    }
    constexpr double mebi = 1024.0 * 1024.0;
    std::printf(
        "%lld s: %llu orders, %llu acknowledged; memory %.1f MiB early, %.1f MiB late, %.1f MiB at "
        "most with the report; record %.1f MiB\n",
        static_cast<long long>(whole), static_cast<unsigned long long>(found.attempts),
        static_cast<unsigned long long>(found.acknowledged),
        static_cast<double>(found.early_bytes) / mebi, static_cast<double>(found.late_bytes) / mebi,
        static_cast<double>(found.peak_bytes) / mebi,
        static_cast<double>(found.record_bytes) / mebi);
    return found;
}

}  // namespace

void expect_no_growth(Duration span) {
    if (!running_lab()) GTEST_SKIP() << "no lab is up on this machine";
    expect_healthy();
    Endurance const found = endure(span);
    auto const due = static_cast<std::uint64_t>(500 * (span / seconds(1)));
    EXPECT_GT(found.attempts, due * 9 / 10);
    EXPECT_GT(found.acknowledged, found.attempts * 99 / 100);
    EXPECT_GT(found.early_bytes, 0U);
    // What a heap does by itself: its pages are touched one after the other.
    constexpr std::uint64_t breath = 2U << 20U;
    EXPECT_LT(found.late_bytes, found.early_bytes + breath);
}

}  // namespace interregnum::test
