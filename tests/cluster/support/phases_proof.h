// SPDX-License-Identifier: MIT
#pragma once

#include <string>

/// What the report says of a failover, held against itself and against the servers' own logs.
namespace interregnum::test {

/// The phases of the run in `folder` add up to the downtime of the outage that they explain, within
/// both error bars. Fails the test where they do not, and prints one line.
void expect_phases_add_up(std::string const& folder);

/// The instants of the failover agree with what Patroni and PostgreSQL wrote into the log of the
/// node that took over, the clock's offset of that node applied: the lock's taking with "acquiring
/// session lock", the promotion with "selected new timeline ID"; where the leader stayed,
/// PostgreSQL is ready no later than it takes writes. A log line is written a moment after its
/// deed; `slack` in the .cpp says how long that may take.
void expect_logs_agree(std::string const& folder);

}  // namespace interregnum::test
