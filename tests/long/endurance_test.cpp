// SPDX-License-Identifier: MIT
// An hour at 500 orders a second: the controller's memory does not grow.
#include "tests/cluster/support/endurance.h"

#include <string>

#include <gtest/gtest.h>

#include "harness/lab/lab.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

/// A lab with disks for 1.8 million orders: the usual ones are full after 52 minutes (0.8 GiB of
/// tables and indexes, 0.6 GiB of WAL). They are memory, of which a lab takes at most half.
class RoomyLab {
public:
    RoomyLab() {
        EXPECT_EQ(call({"lab", "down"}).exit_status, 0);
        LocalResult const up = call(
            {"lab", "up", "--set", "patroni.synchronous_mode=true", "--set", "lab.db_disk=3GiB"});
        too_small_ = up.err.contains("missing: memory");
        EXPECT_TRUE(up.exit_status == 0 || too_small_) << up.out << up.err;
        said_ = up.err;
    }
    RoomyLab(RoomyLab const&) = delete;
    RoomyLab& operator=(RoomyLab const&) = delete;
    /// The next test finds the lab that it knows.
    ~RoomyLab() { renew_lab(); }

    [[nodiscard]] bool too_small() const { return too_small_; }
    [[nodiscard]] std::string const& said() const { return said_; }

private:
    bool too_small_{};  ///< this machine is, for such a lab
    std::string said_;
};

TEST(EnduranceLong, FiveHundredOrdersASecondTakeNoMoreMemory) {
    if (!running_lab()) GTEST_SKIP() << "no lab is up on this machine";
    RoomyLab const lab;
    if (lab.too_small()) GTEST_SKIP() << lab.said();
    expect_no_growth(std::chrono::seconds(3600));
}

}  // namespace
}  // namespace interregnum::test
