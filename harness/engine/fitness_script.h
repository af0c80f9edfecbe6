// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace interregnum {

/// The script that tells what `harness/fitness` judges of a node, for `sh -s -- PORT` as root,
/// PORT being PostgreSQL's. It prints the lines that `take_lines` reads, changes nothing, and
/// sends no secret: of files that hold some it picks lines by name. What runs nowhere on the node
/// is not known, and says so.
///
///   setting.NAME, role_setting, rewinder, slot, archiver, id, collation   from PostgreSQL
///   yaml.PATH, watchdog.held, watchdog.device     from Patroni's file and process
///   disk.data, disk.wal                           how full, in per cent
///   haproxy.line                                  a line of its configuration
///   sysctl.NAME, timekeeper.synchronised, os.libc of the system
[[nodiscard]] std::string const& fitness_script();

}  // namespace interregnum
