// SPDX-License-Identifier: MIT
// Files and clusters that must be refused: a clear message, the right exit code, nothing touched.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/lab/lab.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

using Json = nlohmann::json;

class Refusals : public testing::Test {
protected:
    void SetUp() override {
        auto const lab = running_lab();
        ASSERT_TRUE(lab) << "no lab is up";
        inventory_ = Json::parse(read_file(*lab), nullptr, true, /*ignore_comments=*/true);
    }

    std::string write(std::string const& name, std::string const& text) {
        std::string path = runs_.path() + "/" + name;
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path) << text;
        return path;
    }

    LocalResult run(std::string const& scenario, std::string const& inventory = "lab") {
        return call({"run", scenario, "--inventory", inventory, "--out", runs_.path() + "/out"});
    }

    void expect_refused(LocalResult const& result, int status,
                        std::vector<std::string> const& words) {
        EXPECT_EQ(result.exit_status, status) << result.out << result.err;
        for (std::string const& word : words)
            EXPECT_TRUE(result.err.contains(word) || result.out.contains(word))
                << "\"" << word << "\" in:\n"
                << result.err << result.out;
        EXPECT_FALSE(std::filesystem::exists(runs_.path() + "/out")) << "a run was begun";
    }

    RunsFolder runs_;
    Json inventory_;
};

TEST_F(Refusals, ScenariosWithMistakesNameAllOfThem) {
    std::string const file = write("bad.json", R"({
  "title": "Bad",
  "steps": [
    { "fault": "node.crahs", "target": "leader" },
    { "fault": "node.crash", "target": "leadr", "for": "45" },
    { "fault": "node.crash", "targte": "leader" }
  ],
  "expect": { "write.downtme": "<= 60s", "read.downtime": "<= 60 quarks" }
})");
    expect_refused(
        run(file), 64,
        {"bad.json:4:", "node.crash", "leadr", "\"leader\"", "bad.json:5:", "duration", "targte",
         "\"target\"", "write.downtme", "write.downtime", "quarks", "nothing was touched"});
}

TEST_F(Refusals, AScenarioThatIsNotThere) {
    expect_refused(run("kill-leadr"), 64, {"kill-leadr", "kill-leader"});
}

TEST_F(Refusals, AnInventoryWithMistakes) {
    inventory_["shs"] = 1;
    inventory_["postgres"]["password"] = "hunter2";
    auto const result = run("kill-leader", write("inventory.json", inventory_.dump(2)));
    expect_refused(result, 64, {"inventory.json:", "shs", "\"ssh\"", "env:", "file:"});
    EXPECT_FALSE(result.err.contains("hunter2")) << "a password was echoed";
}

TEST_F(Refusals, AnUnreachableNode) {
    inventory_["db"]["db3"] = "10.99.0.99";
    expect_refused(run("kill-leader", write("inventory.json", inventory_.dump())), 3,
                   {"db3", "10.99.0.99"});
}

TEST_F(Refusals, AWrongHostKey) {
    std::string keys = read_file(inventory_["ssh"]["host_keys"]);
    // db1 and db2 change places: both answer with a key that is not theirs.
    std::string swapped;
    std::istringstream lines(keys);
    for (std::string line; std::getline(lines, line);) {
        if (auto const at = line.find("10.99.0.11"); at != std::string::npos)
            line.replace(at, 10, "10.99.0.12");
        else if (auto const other = line.find("10.99.0.12"); other != std::string::npos)
            line.replace(other, 10, "10.99.0.11");
        swapped += line + "\n";
    }
    inventory_["ssh"]["host_keys"] = write("known_hosts", swapped);
    std::string const file = write("inventory.json", inventory_.dump());
    expect_refused(run("kill-leader", file), 3, {"db1", "host key"});
    auto const trusting = call({"run", "kill-leader", "--inventory", file, "--trust-new-hosts",
                                "--out", runs_.path() + "/out"});
    expect_refused(trusting, 3, {"db1", "host key"});
}

TEST_F(Refusals, AnUnknownHostKey) {
    inventory_["ssh"]["host_keys"] = write("known_hosts", "");
    expect_refused(run("kill-leader", write("inventory.json", inventory_.dump())), 3,
                   {"--trust-new-hosts", "SHA256:"});
}

TEST_F(Refusals, AHostWithoutTheMarkerOfThisCluster) {
    inventory_["cluster"] = "another";
    expect_refused(run("kill-leader", write("inventory.json", inventory_.dump())), 3,
                   {"/etc/interregnum-allowed", "\"lab\"", "\"another\""});
}

TEST_F(Refusals, ARoleThatNobodyHas) {
    inventory_.erase("redis");
    inventory_.erase("cache");
    std::string const file = write("nobody.json", R"({
  "title": "Nobody", "workload": { "tickets": false, "cache": false },
  "steps": [ { "fault": "node.crash", "target": "redis_master" } ] })");
    auto const result = run(file, write("inventory.json", inventory_.dump()));
    EXPECT_EQ(result.exit_status, 2) << result.out << result.err;
    EXPECT_TRUE(result.out.contains("nobody is \"redis_master\"")) << result.out;
}

TEST_F(Refusals, UnderCiTheClusterMustBeNamed) {
    auto const result = run_local({.argv = {binary(), "status"}, .environment = {"CI=true"}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->exit_status, 64);
    EXPECT_TRUE(result->err.contains("--inventory")) << result->err;
}

TEST_F(Refusals, ASecondRunAtTheSameCluster) {
    Background first({binary(), "run", "crash-postgres", "--inventory", "lab", "--out",
                      runs_.path() + "/first", "--set", "steady_before=20s"},
                     runs_.path() + "/output");
    ASSERT_TRUE(wait_for_text(runs_.path() + "/output", "drill.steady", std::chrono::seconds(60)));
    expect_refused(run("kill-leader"), 3, {"another run", "pid"});
    // As from another machine: with an inventory, and so a memory of runs, of its own.
    std::string const elsewhere = write("elsewhere/inventory.json", inventory_.dump());
    expect_refused(run("kill-leader", elsewhere), 3, {"another controller", "pid"});
    first.signal(SIGTERM);
    EXPECT_EQ(first.wait(std::chrono::seconds(60)), 130);
}

}  // namespace
}  // namespace interregnum::test
