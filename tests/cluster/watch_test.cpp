// SPDX-License-Identifier: MIT
// `watch` on the lab, as somebody who works on the cluster by hand uses it.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/clock.h"
#include "harness/record/reader.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

class Watch : public testing::Test {
protected:
    void SetUp() override { expect_healthy(); }
    void TearDown() override { std::filesystem::remove(output_); }

    [[nodiscard]] Background begin(std::vector<std::string> const& more = {}) const {
        std::vector<std::string> argv{binary(), "watch", "--inventory", "lab", "--seed", "5"};
        argv.insert(argv.end(), {"--out", runs_.path()});
        argv.insert(argv.end(), more.begin(), more.end());
        return Background(std::move(argv), output_);
    }
    [[nodiscard]] std::string output() const { return read_file(output_); }
    [[nodiscard]] bool says(std::string const& text) const {
        return wait_for_text(output_, text, 90s);
    }
    [[nodiscard]] Json summary() const {
        return Json::parse(read_file(runs_.only_run() + "/summary.json"));
    }

    RunsFolder runs_;
    std::string output_ = runs_.path() + ".output";
};

TEST_F(Watch, ShowsASwitchoverByHandAndReportsAtCtrlC) {
    Background watch = begin();
    ASSERT_TRUE(says("watch.now")) << output();
    LocalResult const moved = call({"lab", "exec", "db1", "patronictl", "-c",
                                    "/etc/patroni/config.yml", "switchover", "--force", "shop"});
    ASSERT_EQ(moved.exit_status, 0) << moved.out << moved.err;
    EXPECT_TRUE(says("timeline ") && says(" -> db")) << output();
    EXPECT_TRUE(says("write served again through")) << output();
    watch.signal(SIGINT);
    EXPECT_EQ(watch.wait(4min).value_or(-1), 0) << output();
    EXPECT_TRUE(output().contains("\nPASS: ")) << output();

    std::string const folder = runs_.only_run();
    EXPECT_TRUE(folder.ends_with("-watch")) << folder;
    EXPECT_TRUE(std::filesystem::exists(folder + "/report.html"));
    auto const record = record::read_record(folder + "/record.jsonl");
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_TRUE(record->run.watched);
    EXPECT_TRUE(record->faults.empty());
    ASSERT_TRUE(record->ended);
    EXPECT_EQ(record->ended->reason, record::EndReason::completed);
    Json const measures = summary().at("measures");
    EXPECT_EQ(measures.at("leader.changes").at("best"), 1);
    EXPECT_EQ(measures.at("lost").at("best"), 0);
    EXPECT_GT(measures.at("write.downtime").at("best"), 0);
}

TEST_F(Watch, EndsByItselfAndIsHeldToWhatWasExpected) {
    LocalResult const result =
        call({"watch", "--inventory", "lab", "--out", runs_.path(), "--for", "5s", "--set",
              "workload.tickets=false", "--expect", "leader.changes == 3", "--json"});
    EXPECT_EQ(result.exit_status, 1) << result.out << result.err;
    EXPECT_EQ(Json::parse(result.out).at("verdict"), "fail");
}

TEST_F(Watch, ASecondCtrlCStopsAtOnce) {
    Background watch = begin();
    ASSERT_TRUE(says("watch.now")) << output();
    watch.signal(SIGINT);
    ASSERT_TRUE(says("signal.received")) << output();
    SteadyClock clock;
    clock.sleep_for(500ms, {});  // sooner it would be the same press, passed on
    watch.signal(SIGINT);
    EXPECT_EQ(watch.wait(4min).value_or(-1), 130) << output();
    EXPECT_EQ(summary().at("run").at("ended"), "interrupted");
}

}  // namespace
}  // namespace interregnum::test
