// SPDX-License-Identifier: MIT
#pragma once

#include <iostream>
#include <string>

#include "tests/cluster/ssh_fixture.h"

namespace interregnum::test {

/// What connecting to many sshds, each a process of its own on this machine, took.
struct ConnectedFleet {
    std::size_t nodes{};
    Duration took{};               ///< all sessions and open shells, from nothing
    std::size_t bytes_per_node{};  ///< by which our resident memory grew, over the nodes
    std::string failure;           ///< the first node that could not be connected
    [[nodiscard]] std::string text() const;
};

/// Starts that many sshds, connects to all of them in parallel and runs a command on each.
[[nodiscard]] ConnectedFleet connect_fleet(std::size_t nodes);

}  // namespace interregnum::test
