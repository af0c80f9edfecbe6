// SPDX-License-Identifier: MIT
#include "harness/engine/sweep_by_name.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/engine/access.h"
#include "harness/engine/sweep.h"
#include "tests/unit/support/hand_clock.h"
#include "tests/unit/support/scripted_transport.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

test::ScriptedTransport::Argv asks() { return {"cat", std::string(consent_file)}; }
test::ScriptedTransport::Argv sweeps() { return {"sh", "-c", sweep_script()}; }

/// Four nodes of a cluster "nightly", of which only the first allows drills of that name.
class SweepByName : public testing::Test {
protected:
    void SetUp() override {
        inventory_.cluster = "nightly";
        for (char const* name : {"db1", "db2", "db3", "db4"}) {
            inventory_.nodes.push_back({.name = name, .address = "", .group = "db"});
            auto node = std::make_unique<test::ScriptedTransport>();
            node->on(sweeps(), 0, "undid process.pause");
            node->on(asks(), 1, "", "no such file");
            nodes_[name] = node.get();
            fleet_.add(name, std::move(node));
        }
        nodes_["db1"]->on(asks(), 0, "nightly\n");
        nodes_["db3"]->on(asks(), 0, "production\n");
    }
    [[nodiscard]] bool swept(std::string const& node) const {
        auto const argvs = nodes_.at(node)->argvs();
        return std::ranges::find(argvs, sweeps()) != argvs.end();
    }

    Inventory inventory_;
    Fleet fleet_;
    std::map<std::string, test::ScriptedTransport*> nodes_;
    test::HandClock clock_;
};

TEST_F(SweepByName, LeavesHostsAloneThatAllowNoDrills) {
    auto const result = sweep_by_name(fleet_, inventory_, {"db4"}, clock_, {});
    EXPECT_TRUE(swept("db1"));
    EXPECT_FALSE(swept("db2")) << "it has no marker";
    EXPECT_FALSE(swept("db3")) << "it allows another cluster's drills";
    EXPECT_TRUE(swept("db4")) << "the journal says that something was injected there";
    EXPECT_TRUE(result.any_consents);
    EXPECT_TRUE(result.left.empty());
    EXPECT_EQ(result.done, (std::vector<std::string>{"on db1: undid process.pause",
                                                     "on db4: undid process.pause"}));
    ASSERT_EQ(result.untouched.size(), 2U);
    EXPECT_TRUE(result.untouched[0].starts_with("db2: not touched: no consent: "))
        << result.untouched[0];
    EXPECT_TRUE(result.untouched[1].contains("\"production\"")) << result.untouched[1];
}

TEST_F(SweepByName, WaitsForANodeThatIsBooting) {
    int tries = 0;
    nodes_["db1"]->on_call(asks(), [&](RemoteCommand const&) -> Result<RemoteResult> {
        if (++tries < 5) return fail(Error::Kind::unreachable, "it boots");
        return RemoteResult{.exit_status = 0, .out = "nightly\n", .err = {}};
    });
    auto const result = sweep_by_name(fleet_, inventory_, {}, clock_, {});
    EXPECT_TRUE(swept("db1"));
    EXPECT_TRUE(result.left.empty());
    EXPECT_EQ(clock_.now(), Instant() + 4s);
}

TEST_F(SweepByName, SaysWhatItCouldNotSweep) {
    nodes_["db1"]->on(sweeps(), 1, "", "process.pause is not undone");
    nodes_["db2"]->on_error(asks(), Error::Kind::unreachable, "off");
    auto const result = sweep_by_name(fleet_, inventory_, {}, clock_, {});
    EXPECT_EQ(result.left, (std::vector<std::string>{"db2 could not be swept: off",
                                                     "on db1: process.pause is not undone"}));
    EXPECT_FALSE(swept("db2"));
    EXPECT_LE(clock_.now(), Instant() + 61s);
}

TEST_F(SweepByName, OfAWrongInventoryTouchesNothing) {
    inventory_.cluster = "elsewhere";
    auto const result = sweep_by_name(fleet_, inventory_, {}, clock_, {});
    EXPECT_FALSE(result.any_consents);
    EXPECT_EQ(result.untouched.size(), 4U);
    EXPECT_TRUE(result.left.empty());
    for (auto const& [name, node] : nodes_) EXPECT_EQ(node->argvs().size(), 1U) << name;
}

}  // namespace
}  // namespace interregnum
