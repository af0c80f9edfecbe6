// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cluster/machines.h"

namespace interregnum {

/// Which outputs hold the nodes, and the keys of their sshds.
struct TerraformMapping {
    std::string db{"db_hosts"};
    std::string app{"app_hosts"};
    std::string host_keys{"host_keys"};  ///< may be missing from what Terraform prints
    AddressKind address{AddressKind::private_one};
};

struct TerraformNodes {
    Machines machines;
    /// By a node's name or address: lines as in a .pub file, as they were given.
    std::map<std::string, std::vector<std::string>> host_keys;
};

/// The nodes in what `terraform output -json` prints. An output is an address, a list of them, a
/// map of names to addresses, or the same of objects, each with "private_ip" and "public_ip" (as
/// aws_instance has them), with "id", "name" or "tags.Name" if they are there. Errors (`invalid`)
/// name the output and what was expected, and never a value: outputs may be secret, and Terraform
/// prints those as they are. Pure; `file` is for messages.
[[nodiscard]] Result<TerraformNodes> nodes_of_terraform(std::string const& file,
                                                        std::string_view text,
                                                        TerraformMapping const& mapping);

}  // namespace interregnum
