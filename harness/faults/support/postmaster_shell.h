// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace interregnum {

/// Waits until the PostgreSQL on port $1 takes connections; nothing is ever printed for one that
/// does not, so that "gone" is not mistaken for "changed". The command's timeout ends it. Goes
/// behind `database_shell`.
inline constexpr std::string_view wait_until_ready = R"sh(
until postmaster "$1" && grep -qs '^\(ready\|standby\)' "/proc/$pm/cwd/postmaster.pid"; do
    sleep 0.2
done
)sh";

}  // namespace interregnum
