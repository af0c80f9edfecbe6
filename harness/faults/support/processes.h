// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interregnum {

/// Processes that faults on processes can name, beyond the services (services.h): PostgreSQL's
/// first process, which Patroni starts and which is no unit of its own.
inline constexpr std::string_view postmaster_name = "postmaster";
/// Patroni and PostgreSQL, which live in one unit.
inline constexpr std::string_view both_name = "patroni+postgres";

/// Shell functions, to be put before a script:
///
///   fields PID        sets $state, $parent and $start (its start time); fails when it is gone
///   postmaster        prints "PID START" of Patroni's postmaster (else of the oldest one);
///                     nothing when none runs
///   main_process UNIT the same of a unit's main process
///   serving NAME UNIT the process that does the work of a service: HAProxy's worker, the
///                     postmaster, else the unit's main process
///
/// Pid with start time, since pids are used again.
[[nodiscard]] std::string_view process_functions();

/// The nodes that lose a member of a quorum (etcd, Patroni, Sentinel) or an entry point while
/// this process is down: all targets, or none.
[[nodiscard]] std::vector<std::string> nodes_lost_without(std::string_view process,
                                                          std::vector<std::string> const& targets);

}  // namespace interregnum
