// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/cli/verb.h"
#include "harness/cluster/discover.h"
#include "harness/cluster/terraform_output.h"

namespace interregnum {

/// What `init` is told about machines besides hosts to ask.
struct SourceFlags {
    std::string from_aws;  ///< a file, or "-" for standard input; "" when not given
    std::string from_terraform;
    std::string db_tag{"Role=db"};
    std::string app_tag{"Role=app"};
    std::string db_output{"db_hosts"};
    std::string app_output{"app_hosts"};
    std::string keys_output{"host_keys"};
    std::string address{"private"};
    std::vector<std::string> host_keys_from;  ///< "[NODE=]FILE"
    std::string host_keys_out{"hosts.keys"};
    bool spot{};

    [[nodiscard]] bool has_machines() const { return !from_aws.empty() || !from_terraform.empty(); }
};

void add_source_flags(Verb const& verb, SourceFlags& flags);

/// The machines of --from-aws or --from-terraform; none when neither is given. Errors name the
/// file and what was expected in it.
[[nodiscard]] Result<TerraformNodes> given_machines(SourceFlags const& flags);

/// The known_hosts file of a cluster's nodes, from the consoles that were given and what Terraform
/// told; "" when there are neither. `found` has the nodes of `given`, in their order, if there are
/// any. Errors: what `parse_consoles` and `known_hosts_text` refuse, a console or a key of no node.
[[nodiscard]] Result<std::string> given_host_keys(SourceFlags const& flags,
                                                  TerraformNodes const& given,
                                                  FoundCluster const& found);

}  // namespace interregnum
