// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "harness/lab/node_config/node_config.h"

namespace interregnum {

std::vector<LabNode> db_nodes() {
    std::vector<LabNode> nodes;
    std::ranges::copy_if(lab_nodes(), std::back_inserter(nodes), &LabNode::is_db);
    return nodes;
}

std::string hosts_file() {
    std::string text = "127.0.0.1 localhost\n";
    for (LabNode const& node : lab_nodes()) text += fmt::format("{} {}\n", node.address, node.name);
    return text + fmt::format("{} controller\n", lab_controller_address);
}

std::string sshd_config() {
    // A drill opens a session a node and role at once: the default of 10 starting sessions is
    // for people.
    return R"(HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin no
PasswordAuthentication no
UseDNS no
MaxStartups 200
MaxSessions 100
)";
}

}  // namespace interregnum
