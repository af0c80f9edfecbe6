// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/gate.h"

namespace interregnum {

/// How many nights (as `night_begins` tells them apart) in a row, the newest last, a drill proved
/// too little on a cluster: one play or more proved nothing, and fewer than `repeats` proved
/// something. `runs` are of that drill, `all` of all scenarios, both of any clusters: two plays of
/// a drill can be far apart within a night, and what was played between them shows that it was one.
/// Pure.
[[nodiscard]] int inconclusive_nights(std::vector<RunSummary> const& runs,
                                      std::vector<RunSummary> const& all,
                                      std::string const& cluster, int repeats);

/// Notes at each drill of the gate that proved too little tonight for how many nights that has been
/// so, where these are `cap` or more; the results at `where` know the nights before. A drill that
/// nobody could judge for so long is as good as untested. `cap` 0: nothing is noted. Nothing either
/// where the night was not over: of a gate that was interrupted, and of a drill that lacks plays
/// for want of time. What cannot be read is a trouble of the gate.
void cap_inconclusive_nights(std::string const& where, int cap, GateFacts& facts);

}  // namespace interregnum
