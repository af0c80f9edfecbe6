// SPDX-License-Identifier: MIT
// `--on-fail keep`: what a drill that failed leaves for a look, and what becomes of it.
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/lab/lab.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

class KeptShop : public testing::Test {
protected:
    void SetUp() override {
        expect_healthy();
        std::ofstream(runs_.path() + "/quiet.json")
            << R"({ "title": "Nothing happens", "steady_before": "3s", "steady_after": "1s",
                    "workload": { "orders": {} },
                    "steps": [ { "await": "writable", "within": "20s" } ] })";
    }
    void TearDown() override {
        EXPECT_EQ(call({"heal", "--all", "--inventory", "lab"}).exit_status, 0);
    }

    [[nodiscard]] LocalResult run(std::vector<std::string> const& more) const {
        std::vector<std::string> arguments{"run",         runs_.path() + "/quiet.json",
                                           "--inventory", "lab",
                                           "--out",       runs_.path() + "/out"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return call(std::move(arguments));
    }
    /// How many orders of a shop are in the database that customers use; "" where there is none.
    [[nodiscard]] static std::string orders() {
        std::string found;
        for (char const* node : {"db1", "db2", "db3"}) {
            LocalResult const asked =
                call({"lab", "exec", node, "psql", "-XAt", "-h", "127.0.0.1", "-U", "postgres",
                      "-d", "drill", "-c", "SELECT count(*) FROM interregnum.orders"});
            if (asked.exit_status == 0) found = asked.out;
        }
        return found;
    }

    RunsFolder runs_;
};

TEST_F(KeptShop, OfADrillThatFailedIsThereUntilSomebodyHeals) {
    LocalResult const failed =
        run({"--on-fail", "keep", "--repeat", "3", "--expect", "write.downtime >= 1h"});
    EXPECT_EQ(failed.exit_status, 1) << failed.out << failed.err;
    EXPECT_TRUE(failed.err.contains("kept for a look")) << failed.err;
    EXPECT_EQ(failed.out.find("FAIL: "), failed.out.rfind("FAIL: ")) << "one play: " << failed.out;
    EXPECT_TRUE(failed.out.contains("nodes      clean")) << failed.out;
    std::string const kept = orders();
    EXPECT_GT(kept.size(), 1U) << "orders: " << kept;
    EXPECT_NE(kept, "0\n");

    LocalResult const healed = call({"heal", "--all", "--inventory", "lab"});
    EXPECT_EQ(healed.exit_status, 0) << healed.out << healed.err;
    EXPECT_EQ(orders(), "");
}

TEST_F(KeptShop, IsMadeAnewByTheNextDrillAndDroppedByOneThatPasses) {
    EXPECT_EQ(run({"--on-fail", "keep", "--expect", "write.downtime >= 1h"}).exit_status, 1);
    EXPECT_NE(orders(), "");
    LocalResult const passed = run({"--on-fail", "keep"});
    EXPECT_EQ(passed.exit_status, 0) << passed.out << passed.err;
    EXPECT_EQ(orders(), "");
}

// A load balancer that lets nobody through is no reason to leave our tables behind.
TEST_F(KeptShop, IsDroppedWhereNoEntryPointLeadsToIt) {
    EXPECT_EQ(run({"--on-fail", "keep", "--expect", "write.downtime >= 1h"}).exit_status, 1);
    EXPECT_NE(orders(), "");
    auto const lab = running_lab();
    ASSERT_TRUE(lab) << "no lab is up";
    auto inventory =
        nlohmann::json::parse(read_file(*lab), nullptr, true, /*ignore_comments=*/true);
    inventory["write"] = {"app1:5999", "app2:5999"};  // nobody listens there
    std::string const closed = runs_.path() + "/closed.json";
    std::ofstream(closed) << inventory.dump(2);
    LocalResult const healed = call({"heal", "--all", "--inventory", closed});
    EXPECT_EQ(healed.exit_status, 0) << healed.out << healed.err;
    EXPECT_EQ(orders(), "");
}

}  // namespace
}  // namespace interregnum::test
