// SPDX-License-Identifier: MIT
// The lab when a node's volume is frozen: nothing of it may stay behind. Needs root, and no lab
// that is up already.
#include <csignal>

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/lab/files.h"
#include "harness/lab/lab.h"
#include "harness/lab/layout.h"
#include "harness/lab/volume.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

void quiet(std::string_view) {}

class LabVolumes : public testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        if (running_lab()) GTEST_SKIP() << "a lab is up that is not this test's";
        ours_ = true;
        auto const up = lab_up(*parse_lab_settings({}), binary(), quiet, {});
        ASSERT_TRUE(up) << up.error().message;
    }
    void TearDown() override {
        if (!ours_) return;
        Instant const began = clock_.now();
        auto const left = lab_down(quiet);
        ASSERT_TRUE(left) << left.error().message;
        EXPECT_EQ(*left, std::vector<std::string>{});
        EXPECT_EQ(lab_leftovers(), std::vector<std::string>{});
        EXPECT_EQ(find_loop_devices(lab_state_dir), std::vector<std::string>{});
        EXPECT_LT(clock_.now() - began, 15s);
    }
    SteadyClock clock_;

private:
    bool ours_{false};
};

int status_of(std::string_view node, std::string const& line) {
    auto const result = lab_exec(node, {.argv = {"sh", "-c", line}});
    EXPECT_TRUE(result) << result.error().message;
    return result ? result->exit_status : -1;
}

/// Freezes the node's volume and leaves a writer that waits for it, as PostgreSQL would.
void freeze(std::string_view node) {
    ASSERT_EQ(status_of(node, "fsfreeze -f /var/lib/postgresql"), 0);
    ASSERT_EQ(status_of(node,
                        "setsid touch /var/lib/postgresql/waits </dev/null >/dev/null 2>&1 & "
                        "until grep -q '(touch) D' /proc/$!/stat; do sleep 0.05; done"),
              0);
}

TEST_F(LabVolumes, ANodeCrashesWhileItsDiskIsFrozenAndComesBack) {
    freeze("db3");
    Instant const began = clock_.now();
    Status const off = lab_power_off("db3");
    ASSERT_TRUE(off) << off.error().message;
    EXPECT_LT(clock_.now() - began, 10s);
    EXPECT_EQ(lab_exec("db3", {.argv = {"true"}}).error().kind, Error::Kind::unreachable);
    Status const on = lab_power_on("db3");
    ASSERT_TRUE(on) << on.error().message;
    EXPECT_EQ(status_of("db3", "test -d /var/lib/postgresql/15 && touch /var/lib/postgresql"), 0);
    // And a lab that goes down with a frozen disk: see TearDown.
    freeze("db2");
}

TEST_F(LabVolumes, AControllerIsKilledDuringAFreezeAndTheLabGoesDown) {
    RunsFolder const files;
    RunsFolder const runs;
    std::string const drill = files.path() + "/freeze.json";
    ASSERT_TRUE(interregnum::write_file(
        drill, R"({"title": "A disk hangs", "steps": [{"fault": "disk.freeze", "target": "db3",
                   "for": "5m", "lease": "5m"}]})",
        0600));
    Background run({binary(), "run", drill, "--inventory", "lab", "--out", runs.path()},
                   files.path() + "/said");
    Instant const end = clock_.now() + 60s;
    bool frozen = false;
    while (!frozen && clock_.now() < end) {
        frozen = wait_for_text(runs.only_run() + "/record.jsonl", "\"verified\"", 500ms);
    }
    ASSERT_TRUE(frozen) << read_file(files.path() + "/said");
    run.signal(SIGKILL);
    EXPECT_EQ(run.wait(10s), 128 + SIGKILL);
    EXPECT_EQ(status_of("db3", "ls /run/interregnum/frozen_disk.*"), 0) << "nobody has healed it";
}

}  // namespace
}  // namespace interregnum::test
