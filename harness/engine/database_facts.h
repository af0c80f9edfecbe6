// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace interregnum {

/// Shell text, for the end of the script of node_state.cpp, that tells of a node's own PostgreSQL
/// and of what its Patroni holds; nothing where none runs. It asks through the local socket, as
/// the user that PostgreSQL runs as, and reads what Patroni keeps in its file: no password, no
/// REST, nothing that a partition or TLS could be in the way of. Positional parameters: the slots
/// of Patroni's members (`slot_of_member`).
///
/// A failover is no residue. So what follows the roles is left out: the settings that Patroni
/// gives a standby or a leader (primary_conninfo, synchronous_standby_names, recovery_*...), the
/// slots of its members and those that its own configuration names, and paused replay is asked of
/// standbys only.
///
///   postgres            "answers" or "does not answer"
///   db.replay           "paused" or "not paused"
///   setting.NAME        each setting that is not PostgreSQL's own default; secrets as a hash
///   db.auto_conf        names in postgresql.auto.conf (ALTER SYSTEM) and a sum over them
///   db.slots            replication slots of others than Patroni, and whether the WAL that one
///                       needs is gone ("lost", PostgreSQL 13 and later); that a consumer comes
///                       and goes, and keeps WAL back meanwhile, is no difference
///   patroni.pause       "paused" or "not paused", as this node's Patroni has taken it up
///   patroni.config      a sum over the dynamic configuration, whatever the order of its keys
[[nodiscard]] std::string database_facts();

/// The replication slot that Patroni makes for a member: small letters, '_' for '-' and '.', the
/// code of any other character (Patroni's documentation, "Dynamic configuration", slots).
[[nodiscard]] std::string slot_of_member(std::string_view member);

}  // namespace interregnum
