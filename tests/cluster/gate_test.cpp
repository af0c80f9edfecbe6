// SPDX-License-Identifier: MIT
// Gates on the lab, as a team runs them: go, no-go by the preflight, no-go by a drill.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

using Json = nlohmann::json;

class Gates : public testing::Test {
protected:
    void SetUp() override { expect_healthy(); }

    /// A suite of one quick drill with a limit on its median.
    std::string suite(std::string const& limit) {
        std::string path = runs_.path() + "/quick.json";
        std::ofstream(path) << R"({
            "title": "The lead is handed over",
            "drills": [{ "scenario": "switchover",
                         "set": { "steady_before": "5s", "steady_after": "5s" },
                         "thresholds": { "write.downtime": { "median": ")"
                            << limit << R"(" } } }],
            "manual": { "restore-tested": "A backup was restored", "pager": "The pager rang" },
            "after": [["touch", ")"
                            << runs_.path() << R"(/after"]]
        })";
        return path;
    }

    LocalResult gate(std::string const& suite, std::vector<std::string> more) {
        std::vector<std::string> argv{"gate",  suite,        "--inventory", "lab",
                                      "--out", runs_.path(), "--seed",      "3"};
        argv.insert(argv.end(), more.begin(), more.end());
        return call(std::move(argv));
    }

    /// What the gate's own folder says.
    Json written() {
        for (auto const& entry : std::filesystem::directory_iterator(runs_.path()))
            if (entry.path().string().contains("-gate-")) folder_ = entry.path().string();
        for (char const* name : {"gate.html", "gate.md", "junit.xml"})
            EXPECT_TRUE(std::filesystem::exists(folder_ + "/" + name)) << name;
        return Json::parse(read_file(folder_ + "/gate.json"));
    }

    /// A gate that has ended is told; one whose controller died between its last drill and its page
    /// gets its page without another play.
    void go_on_from_its_folder_alone(Json const& before) {
        std::string const file = runs_.path() + "/quick.json";
        LocalResult const ended = call({"gate", "--resume", folder_});
        EXPECT_EQ(ended.exit_status, 0) << ended.err;
        EXPECT_TRUE(ended.out.contains("has come to its end")) << ended.out;
        std::filesystem::remove(folder_ + "/gate.json");

        LocalResult const both = call({"gate", file, "--resume", folder_});
        EXPECT_EQ(both.exit_status, 64) << both.out;
        std::ofstream(file, std::ios::app) << "// another suite";
        LocalResult const changed = call({"gate", "--resume", folder_});
        EXPECT_EQ(changed.exit_status, 64) << changed.out;
        EXPECT_TRUE(changed.err.contains("was changed since the gate began")) << changed.err;

        static_cast<void>(suite("<= 60s"));
        std::string const prometheus = runs_.path() + "/gate.prom";
        LocalResult const resumed = call({"gate", "--resume", folder_, "--prometheus", prometheus});
        EXPECT_EQ(resumed.exit_status, 0) << resumed.out << resumed.err;
        Json const after = written();
        EXPECT_EQ(after["drills"][0]["runs"], before["drills"][0]["runs"]) << "nothing was played";
        EXPECT_EQ(after["manual"], before["manual"]);
        EXPECT_EQ(after["began"], before["began"]);
        EXPECT_EQ(after["resumed"].size(), before["resumed"].size() + 1);
        EXPECT_TRUE(read_file(prometheus).contains("decision=\"go\"} 1\n"));
    }

    RunsFolder runs_;
    std::string folder_;
};

TEST_F(Gates, AreAGoWhenAllHoldsAndPeopleHaveTicked) {
    LocalResult const open = gate(suite("<= 60s"), {"--done", "restore-tested=Ada Lovelace"});
    EXPECT_EQ(open.exit_status, 2) << open.out << open.err;
    Json const before = written();
    EXPECT_EQ(before["decision"], "undecided") << open.out;
    EXPECT_TRUE(open.out.contains("pager=NAME")) << open.out;
    LocalResult const another = call({"gate", "--resume", folder_, "--done", "restore-tested=Eve"});
    EXPECT_EQ(another.exit_status, 64) << another.out << another.err;

    LocalResult const result = call({"gate", "--resume", folder_, "--done", "pager=Grace Hopper"});
    EXPECT_EQ(result.exit_status, 0) << result.out << result.err;
    Json const told = written();
    EXPECT_EQ(told["decision"], "go") << result.out;
    ASSERT_EQ(told["drills"][0]["runs"].size(), 1U);
    EXPECT_EQ(told["drills"][0]["runs"], before["drills"][0]["runs"]) << "nothing was played";
    EXPECT_EQ(told["manual"][1]["by"], "Grace Hopper");
    std::string const run = told["drills"][0]["runs"][0]["folder"];
    EXPECT_TRUE(std::filesystem::exists(folder_ + "/" + run + "/report.html"));
    EXPECT_EQ(told["manual"][0]["by"], "Ada Lovelace");
    EXPECT_TRUE(std::filesystem::exists(runs_.path() + "/after"));
    EXPECT_TRUE(result.out.ends_with("GO: 1 drill in 1 play on lab, and every limit held.\n"))
        << result.out;
    go_on_from_its_folder_alone(told);
}

TEST_F(Gates, AreANoGoWhenAThresholdIsMissed) {
    LocalResult const result = gate(suite("<= 1ms"), {"--skip-preflight"});
    EXPECT_EQ(result.exit_status, 1) << result.out << result.err;
    Json const told = written();
    EXPECT_EQ(told["decision"], "no_go");
    EXPECT_TRUE(told["because"].get<std::string>().contains("median of write.downtime is"))
        << told["because"];
    EXPECT_EQ(told["preflight"]["not_looked"], "--skip-preflight");
    EXPECT_TRUE(read_file(folder_ + "/junit.xml").contains("failures=\"1\""));
}

TEST_F(Gates, OfABadFileTouchNothing) {
    LocalResult const wrong = gate(suite("60"), {});
    EXPECT_EQ(wrong.exit_status, 64) << wrong.out;
    EXPECT_TRUE(wrong.err.contains("thresholds")) << wrong.err;
    LocalResult const nobody = gate(suite("<= 60s"), {"--done", "restored=Ada"});
    EXPECT_EQ(nobody.exit_status, 64) << nobody.out;
    EXPECT_TRUE(nobody.err.contains("restore-tested")) << nobody.err;
    EXPECT_FALSE(std::filesystem::exists(runs_.path() + "/after"));
}

}  // namespace
}  // namespace interregnum::test
