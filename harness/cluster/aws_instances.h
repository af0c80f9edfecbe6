// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "harness/cluster/machines.h"

namespace interregnum {

/// A tag that an instance must have, and what its value must look like: `*` stands for anything.
struct TagPattern {
    std::string key;    ///< as EC2 has it: "Role", "Name"
    std::string value;  ///< "db", "shop-db-*"
};

/// "KEY=PATTERN", as a command line gives it: "Role=db", "Name=shop-db-*".
[[nodiscard]] Result<TagPattern> parse_tag_pattern(std::string_view text);

/// Whether the whole text is as the pattern says; `*` stands for any letters, also none.
[[nodiscard]] bool looks_like(std::string_view text, std::string_view pattern);

/// Which instances become which nodes.
struct AwsMapping {
    TagPattern db{.key = "Role", .value = "db"};
    TagPattern app{.key = "Role", .value = "app"};
    AddressKind address{AddressKind::private_one};
};

/// The instances in the JSON that `aws ec2 describe-instances` prints, whole or one document a
/// page or region, also as the flat list that --query 'Reservations[].Instances[]' makes of it.
/// Only running ones; others that the mapping asks for are remarked. Errors (`invalid`) say what
/// was expected: no such JSON, no instance that is a database node, an instance that is both, one
/// without the address that is wanted, more than 200 of them. Pure; `file` is for messages.
[[nodiscard]] Result<Machines> machines_of_aws(std::string const& file, std::string_view text,
                                               AwsMapping const& mapping);

}  // namespace interregnum
