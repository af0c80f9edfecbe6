// SPDX-License-Identifier: MIT
// An hour at 500 orders a second: the controller's memory does not grow.
#include "tests/cluster/support/endurance.h"

#include <gtest/gtest.h>

#include "harness/lab/lab.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

/// A lab with disks for 1.8 million orders: the usual ones are full after 52 minutes (0.8 GiB of
/// tables and indexes, 0.6 GiB of WAL).
class RoomyLab {
public:
    RoomyLab() {
        EXPECT_EQ(call({"lab", "down"}).exit_status, 0);
        LocalResult const up = call(
            {"lab", "up", "--set", "patroni.synchronous_mode=true", "--set", "lab.db_disk=4GiB"});
        EXPECT_EQ(up.exit_status, 0) << up.out << up.err;
    }
    RoomyLab(RoomyLab const&) = delete;
    RoomyLab& operator=(RoomyLab const&) = delete;
    /// The next test finds the lab that it knows.
    ~RoomyLab() { renew_lab(); }
};

TEST(EnduranceLong, FiveHundredOrdersASecondTakeNoMoreMemory) {
    if (!running_lab()) GTEST_SKIP() << "no lab is up on this machine";
    RoomyLab const lab;
    expect_no_growth(std::chrono::seconds(3600));
}

}  // namespace
}  // namespace interregnum::test
