// SPDX-License-Identifier: MIT
// A hundred nodes at once.
#include "tests/cluster/support/many_sshds.h"

namespace interregnum::test {
namespace {

class SshFleetLong : public SshTest {};

TEST_F(SshFleetLong, AHundredNodesAreConnectedWithinFiveSeconds) {
    ConnectedFleet const seen = connect_fleet(100);
    ASSERT_TRUE(seen.failure.empty()) << seen.failure;
    std::cout << seen.text() << '\n';
    EXPECT_LT(seen.took, std::chrono::seconds(5));
    EXPECT_LT(seen.bytes_per_node, 4U << 20U);
}

}  // namespace
}  // namespace interregnum::test
