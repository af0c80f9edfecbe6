// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace interregnum {

/// One shell script that undoes everything of ours on a node, knowing nothing but names: the undo
/// files of armed faults, then the `sweep` of every registered fault. Fine on a clean node; prints
/// a line for each thing it undid; exit status 0 when nothing is left. It is what `heal --all`
/// runs, what an armed node holds as `/run/interregnum/heal`, and what `heal --print` shows.
[[nodiscard]] std::string const& sweep_script();

/// The same for a run that has begun: it leaves the lock on the node (node_lock.h), which is its
/// own by then.
[[nodiscard]] std::string const& sweep_script_of_a_run();

/// A shell script that prints `ours.KIND=...` for each registered fault kind: empty behind the
/// equals sign when nothing of that kind is in force or left.
[[nodiscard]] std::string const& residue_script();

}  // namespace interregnum
