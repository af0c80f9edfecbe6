// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/base/result.h"
#include "harness/engine/cluster_state.h"

namespace interregnum {

/// Makes a run's folder in `out_folder`, which is made too: <UTC time>-<scenario>; a second run in
/// the same second gets a suffix.
[[nodiscard]] Result<std::string> make_run_folder(std::string const& out_folder,
                                                  std::string const& scenario);

/// A run starts only over a cluster on which no earlier run left a promise open, and while nobody
/// has put the stop file there.
[[nodiscard]] Status may_begin(ClusterState const& state);

}  // namespace interregnum
