// SPDX-License-Identifier: MIT
#include "reports/statistics/read_summary.h"

#include <fstream>
#include <random>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace interregnum {
namespace {

std::string golden() {
    std::ifstream const file(std::string(TEST_DATA_DIR) + "/golden/kill-leader.summary.json");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(ReadSummary, ReadsWhatTheFormatWrites) {
    auto const run = read_summary(golden());
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_EQ(run->scenario, "kill-leader");
    EXPECT_EQ(run->cluster, "lab");
    EXPECT_EQ(run->seed, 7U);
    EXPECT_EQ(run->verdict, Verdict::pass);
    EXPECT_EQ(run->etcd_with_leader, false);
    EXPECT_EQ(run->started.size(), 24U);
    auto const json = nlohmann::json::parse(golden());
    EXPECT_EQ(run->measures.size(), json.at("measures").size());
    auto const& write = run->measures.at("write.downtime");
    EXPECT_EQ(write.unit, Unit::duration);
    EXPECT_TRUE(write.value.known);
    EXPECT_EQ(write.value.best, json.at("measures").at("write.downtime").at("best"));
    EXPECT_FALSE(run->limited.empty());
}

TEST(ReadSummary, ReadsOlderOnes) {
    auto json = nlohmann::json::parse(golden());
    json.erase("splits");
    json.erase("expectations");
    auto const run = read_summary(json.dump());
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_FALSE(run->etcd_with_leader);
    EXPECT_TRUE(run->limited.empty());
}

TEST(ReadSummary, TellsWhetherItsNumbersAreGoodAllTheSame) {
    auto json = nlohmann::json::parse(golden());
    json["verdict"] = "inconclusive";
    EXPECT_FALSE(read_summary(json.dump())->undecided);
    json["undecided"] = true;
    EXPECT_TRUE(read_summary(json.dump())->undecided);
    json.erase("undecided");
    EXPECT_FALSE(read_summary(json.dump())->undecided) << "older versions did not say";
}

TEST(ReadSummary, TellsHowTheRunEnded) {
    auto const ended = [](char const* how) {
        auto json = nlohmann::json::parse(golden());
        json["run"]["ended"] = how;
        json["not_undone"] = std::string_view(how) == "killed";
        return read_summary(json.dump()).value();
    };
    EXPECT_FALSE(ended("completed").interrupted);
    EXPECT_FALSE(ended("aborted").interrupted) << "by its own rules, and that is its result";
    EXPECT_FALSE(ended("interrupted").not_undone);
    EXPECT_TRUE(ended("interrupted").interrupted);
    EXPECT_TRUE(ended("killed").interrupted);
    EXPECT_TRUE(ended("killed").not_undone);
    EXPECT_GT(ended("completed").length, std::chrono::seconds(10));
}

TEST(ReadSummary, SaysWhatIsWrong) {
    auto const wrong = [](std::string const& pointer, nlohmann::json const& value) {
        auto json = nlohmann::json::parse(golden());
        json[nlohmann::json::json_pointer(pointer)] = value;
        auto const run = read_summary(json.dump());
        return run ? std::string("read") : run.error().message;
    };
    EXPECT_EQ(wrong("/schema", 2), "schema is not 1, the only one that this version knows");
    EXPECT_EQ(wrong("/verdict", "fine"), "verdict is \"fine\", which is none");
    EXPECT_EQ(wrong("/run/seed", -1), "run.seed is -1");
    EXPECT_EQ(wrong("/run/id", ""), "run names no run or no scenario");
    EXPECT_EQ(wrong("/run/started", "yesterday"),
              "run.started is not like 2026-11-22T03:10:44.123Z");
    EXPECT_EQ(wrong("/measures", nlohmann::json::array()), "measures is a list");
    EXPECT_EQ(wrong("/measures/lost/unit", "apples"), "measures.lost has the unit \"apples\"");
    EXPECT_EQ(wrong("/measures/lost/best", 1.5), "measures.lost.best is 1.5");
    EXPECT_EQ(wrong("/measures/lost/best", 1000),
              "measures.lost has bounds that do not hold its best value");
    EXPECT_EQ(wrong("/measures/lost", 3), "measures.lost is 3");
    EXPECT_NE(read_summary("{\n \"schema\": }").error().message.find("line 2, column"),
              std::string::npos);
    EXPECT_NE(read_summary("[]").error().message.find("expected an object"), std::string::npos);
    EXPECT_FALSE(read_summary(""));
    EXPECT_FALSE(read_summary(std::string(40, '[')));
    EXPECT_FALSE(read_summary(std::string((std::size_t{16} << 20U) + 1, ' ')));
}

TEST(ReadSummary, KeepsControlCharactersOut) {
    auto json = nlohmann::json::parse(golden());
    json["run"]["scenario"] = "a\x1b[31mb\n";
    auto const run = read_summary(json.dump());
    ASSERT_TRUE(run);
    EXPECT_EQ(run->scenario, "a?[31mb?");
}

TEST(ReadSummary, ReadsTheLargestSeed) {
    auto json = nlohmann::json::parse(golden());
    json["run"]["seed"] = 18'446'744'073'709'551'615ULL;
    EXPECT_EQ(read_summary(json.dump())->seed, 18'446'744'073'709'551'615ULL);
}

TEST(ReadSummary, LivesThroughWhateverIsInTheFile) {
    std::string const whole = golden();
    std::mt19937_64 random(1);
    int refused = 0;
    for (int round = 0; round < 300; ++round) {
        std::string broken = whole;
        for (int change = 0; change < 3; ++change)
            broken[random() % broken.size()] = static_cast<char>(random() % 256);
        if (round % 3 == 0) broken.resize(random() % broken.size());
        auto const run = read_summary(broken);
        if (run) continue;
        ++refused;
        ASSERT_FALSE(run.error().message.empty());
    }
    EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace interregnum
