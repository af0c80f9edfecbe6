// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "harness/base/result.h"

namespace interregnum {

/// A program that goes on when this one ends.
struct DetachedProgram {
    std::vector<std::string> argv;         ///< argv[0] is an absolute path
    std::vector<std::string> environment;  ///< all of it, "NAME=value"
    std::string cgroup;                    ///< path of the cgroup that it starts in
    std::string log;                       ///< its stdout and stderr, appended
};

/// Starts it in a session and cgroup of its own, with no signal blocked and stdin empty. It is
/// not our child (so it leaves us no zombie); returns its pid.
[[nodiscard]] Result<pid_t> spawn_detached(DetachedProgram const& program);

}  // namespace interregnum
