// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>

#include "harness/census.h"
#include "harness/fitness/migration.h"

namespace interregnum {

/// Which two databases are to be compared.
struct MigrationSides {
    CensusPlace source;
    CensusPlace target;
};

/// Reads both, at the same time, and changes nothing: each table is read whole, once on each side.
/// Never fails: what could not be read is said in the result. Tells on the log which table it is
/// at, at most every 2 s. A stop ends it within a second or so, and what is missing then says so.
[[nodiscard]] Migration ask_migration(MigrationSides const& sides, std::stop_token stop);

}  // namespace interregnum
