// SPDX-License-Identifier: MIT
// Many nodes at once: how long connecting takes, and what a node costs in memory.
#include "tests/cluster/support/many_sshds.h"

namespace interregnum::test {
namespace {

class SshFleet : public SshTest {};

TEST_F(SshFleet, TwentyNodesAreConnectedInParallel) {
    ConnectedFleet const seen = connect_fleet(20);
    ASSERT_TRUE(seen.failure.empty()) << seen.failure;
    std::cout << seen.text() << '\n';
    EXPECT_LT(seen.took, std::chrono::seconds(5));
    EXPECT_LT(seen.bytes_per_node, 4U << 20U);
}

}  // namespace
}  // namespace interregnum::test
