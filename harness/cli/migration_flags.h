// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "harness/cli/cluster_choice.h"
#include "harness/engine/migration_facts.h"

namespace interregnum {

/// The flags by which a verb is told of the database that the shop comes from.
struct MigrationFlags {
    std::string source;           ///< address; "": nothing is compared
    std::string source_password;  ///< "env:NAME" or "file:PATH"
    std::string target;           ///< address; "": the cluster's first way in for writes
    std::string target_password;
    std::string statement_time{"30m"};
};
void add_migration_flags(Verb const& verb, MigrationFlags& flags);

/// The two databases that the flags name; nothing when they name none. The target is by default
/// the database of the source's name, through the first "write" of the inventory, as its
/// "postgres" logs in. Errors: an address that is none or holds a password, a password that cannot
/// be read, no time.
[[nodiscard]] Result<std::optional<MigrationSides>> migration_sides(MigrationFlags const& flags,
                                                                    ChosenCluster const& chosen);

}  // namespace interregnum
