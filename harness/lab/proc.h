// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "harness/base/result.h"

namespace interregnum {

/// A process that cannot be mistaken for another one: pids are used again (they wrap at 32,768
/// on some machines), a pid with its start time is not.
struct ProcessId {
    pid_t pid{};
    std::uint64_t start_ticks{};  ///< field 22 of /proc/PID/stat: clock ticks since boot
    friend bool operator==(ProcessId const&, ProcessId const&) = default;
};

/// The process that has this pid now, or nothing. A zombie counts as gone.
[[nodiscard]] std::optional<ProcessId> process_of(pid_t pid);

[[nodiscard]] bool is_alive(ProcessId const& process);

/// SIGKILL through a pidfd whose identity was checked after it was opened. A process that is
/// gone already is fine.
[[nodiscard]] Status kill_process(ProcessId const& process);

/// A child of this process, in its own pid namespace; the first one found.
[[nodiscard]] std::optional<ProcessId> find_child(pid_t parent);

/// The process 1 of a pid namespace whose parent is `parent`: what a container boots.
[[nodiscard]] std::optional<ProcessId> find_container_init(pid_t parent);

/// Processes whose command line has exactly this argument.
[[nodiscard]] std::vector<ProcessId> find_by_argument(std::string const& argument);

}  // namespace interregnum
