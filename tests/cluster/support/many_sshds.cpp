// SPDX-License-Identifier: MIT
#include "tests/cluster/support/many_sshds.h"

#include <fstream>

#include <fmt/format.h>
#include <malloc.h>

#include "harness/remote/fleet.h"

namespace interregnum::test {
namespace {

std::size_t resident_bytes() {
    ::malloc_trim(0);
    std::ifstream statm("/proc/self/statm");
    std::size_t whole = 0;
    std::size_t resident = 0;
    statm >> whole >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

std::string ConnectedFleet::text() const {
    return fmt::format("{} nodes connected in {:.2f} s, {} KiB of memory a node", nodes,
                       std::chrono::duration<double>(took).count(), bytes_per_node / 1024);
}

ConnectedFleet connect_fleet(std::size_t nodes) {
    std::vector<std::unique_ptr<Sshd>> hosts;
    for (std::size_t i = 0; i < nodes; ++i) hosts.push_back(std::make_unique<Sshd>());
    ConnectedFleet seen{.nodes = nodes};
    {
        // One session first, so that what all of them share (the libraries' own tables) is there.
        auto const first = make_ssh_transport(hosts[0]->target());
        if (Status const connected = first->connect({}); !connected)
            seen.failure = connected.error().message;
    }
    std::vector<SshTarget> targets;
    std::vector<Fleet::Task> tasks;
    for (std::size_t i = 0; i < nodes; ++i) {
        targets.push_back(hosts[i]->target());
        targets.back().node = "node" + std::to_string(i);
        tasks.push_back({.node = targets.back().node, .command = {.argv = {"echo", "hi"}}});
    }
    auto const fleet = make_ssh_fleet(std::move(targets));
    std::size_t const before = resident_bytes();
    Instant const began = SteadyClock().now();
    for (auto const& [node, status] : fleet->connect_all({}))
        if (!status && seen.failure.empty()) seen.failure = status.error().message;
    seen.took = SteadyClock().now() - began;
    for (auto const& result : fleet->run_all(tasks, {}))
        if ((!result || result->out != "hi\n") && seen.failure.empty())
            seen.failure = result ? "said " + result->out : result.error().message;
    std::size_t const after = resident_bytes();
    seen.bytes_per_node = after > before ? (after - before) / nodes : 0;
    return seen;
}

}  // namespace interregnum::test
