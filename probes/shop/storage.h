// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>
#include <string>

#include "harness/probe.h"
#include "probes/session/admin.h"

/// What is looked at on each node besides the rows: whether the shop's own indexes and tables hold
/// together (extension amcheck), failures of page checksums, and replication slots. It only reads,
/// and of tables and indexes touches the shop's only.
///
/// In the record, of each node:
///   final rows "storage"       a row for each thing broken, the token says what; complete when
///                              everything was looked at, else a fact "storage_not_known" has why
///   facts "checksum_failures.NODE"   before and after: "2 in database drill, the last at ...";
///                              "0" where there were none
///   final rows "slots_before", "slots"   a row a replication slot: "active NAME (physical)", or
///                              "inactive", "unreserved", "lost"; `id` is how much WAL it retains
namespace interregnum::shop {

/// Where the login may (it is a superuser, and the server has it), amcheck is made in the shop's
/// own schema, and goes with it. Elsewhere nothing is tried: `interregnum list grants` has what a
/// database's owner can do. `session` is on the writable server.
void create_amcheck(AdminSession& session);

/// How checksums and slots of every database node were before the drill. What cannot be asked is
/// left out.
void note_before(ProbeContext const& context, std::stop_token const& stop);

/// Everything, of one node. Never fails: what could not be looked at is said in the record. About
/// 20 s at most. `role`: "leader" or "replica".
void read_storage(ProbeContext const& context, AdminSession& session, std::string const& node,
                  std::string const& role);

/// The shop's own indexes that amcheck can look at.
inline constexpr std::string_view find_indexes =
    "SELECT i.indexrelid::regclass::text FROM pg_index i "
    "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam "
    "WHERE c.relnamespace = 'interregnum'::regnamespace AND a.amname = 'btree' "
    "AND i.indisvalid AND i.indisready AND i.indislive ORDER BY 1";

/// The shop's own tables.
inline constexpr std::string_view find_tables =
    "SELECT c.oid::regclass::text FROM pg_class c "
    "WHERE c.relnamespace = 'interregnum'::regnamespace AND c.relkind = 'r' ORDER BY 1";

}  // namespace interregnum::shop
