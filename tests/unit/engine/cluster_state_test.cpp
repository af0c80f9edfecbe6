// SPDX-License-Identifier: MIT
#include "harness/engine/cluster_state.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace interregnum {
namespace {

class ClusterStateTest : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "state-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::string folder_;
};

TEST_F(ClusterStateTest, OneRunAtATime) {
    auto first = ClusterState::open("lab", folder_);
    ASSERT_TRUE(first);
    ASSERT_TRUE(first->lock("interregnum run"));
    auto second = ClusterState::open("lab", folder_);
    ASSERT_TRUE(second);
    auto const refused = second->lock("interregnum heal");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Error::Kind::refused);
    EXPECT_NE(refused.error().message.find("interregnum run"), std::string::npos)
        << refused.error().message;
}

TEST_F(ClusterStateTest, AKilledOwnerHoldsNothing) {
    pid_t const child = ::fork();
    if (child == 0) {
        auto state = ClusterState::open("lab", folder_);
        bool const locked = state && state->lock("interregnum run");
        ::_exit(locked ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    auto state = ClusterState::open("lab", folder_);
    EXPECT_TRUE(state->lock("interregnum heal"));
}

TEST_F(ClusterStateTest, RunsAreOpenUntilClosed) {
    auto state = ClusterState::open("lab", folder_);
    ASSERT_TRUE(state);
    EXPECT_TRUE(state->open_runs().empty());
    ASSERT_TRUE(state->open_run("run-1", "/tmp/runs/run-1"));
    ASSERT_TRUE(state->open_run("run-2", "/tmp/runs/run-2"));
    state->close_run("/tmp/runs/run-1");
    EXPECT_EQ(ClusterState::open("lab", folder_)->open_runs(),
              std::vector<std::string>{"/tmp/runs/run-2"});
}

TEST_F(ClusterStateTest, TheLastRunIsKnownUntilItIsForgotten) {
    auto state = ClusterState::open("lab", folder_);
    ASSERT_TRUE(state);
    EXPECT_EQ(state->last_run(), "");
    ASSERT_TRUE(state->begin_run("run-1", "/tmp/runs/run-1"));
    ASSERT_TRUE(state->begin_run("run-2", "/tmp/runs/run-2"));
    ASSERT_TRUE(state->open_run("run-0", "/tmp/runs/run-0")) << "an older one that is to be healed";
    state->close_run("/tmp/runs/run-2");
    EXPECT_EQ(ClusterState::open("lab", folder_)->last_run(), "/tmp/runs/run-2");
    EXPECT_EQ(state->open_runs(), (std::vector<std::string>{"/tmp/runs/run-0", "/tmp/runs/run-1"}));
    state->forget_last_run();
    EXPECT_EQ(ClusterState::open("lab", folder_)->last_run(), "");
}

}  // namespace
}  // namespace interregnum
