// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/base/result.h"

namespace interregnum {

/// What this controller remembers of one cluster between runs: the lock that lets one run at a
/// time at it, and which run folders may hold promises not yet kept.
///
/// A folder of its own: `lock`, in `open/` one file a run that holds the path of its folder, and
/// `last` with that of the last run.
/// For the lab it is inside the lab's state (and goes with it), else in
/// `$XDG_STATE_HOME/interregnum/CLUSTER` (default `~/.local/state`).
class ClusterState {
public:
    /// Makes the folder. `folder` empty: the default place for this cluster name.
    [[nodiscard]] static Result<ClusterState> open(std::string const& cluster,
                                                   std::string const& folder);
    ClusterState(ClusterState&& other) noexcept;
    ClusterState& operator=(ClusterState&&) = delete;
    ClusterState(ClusterState const&) = delete;
    ClusterState& operator=(ClusterState const&) = delete;
    ~ClusterState();

    /// Takes the lock; `refused` with its owner (pid, since when, doing what) when another
    /// process holds it. The kernel frees it when the process ends, however it ends.
    [[nodiscard]] Status lock(std::string const& doing);
    /// Run folders that were opened and not closed: faults may be in force.
    [[nodiscard]] std::vector<std::string> open_runs() const;
    [[nodiscard]] Status open_run(std::string const& run_id, std::string const& run_folder);
    /// The same of a run that begins now: it is the last run from then on.
    [[nodiscard]] Status begin_run(std::string const& run_id, std::string const& run_folder);
    /// The folder of the run that this controller began last; "" when that is not known. As it
    /// began, every node answered.
    [[nodiscard]] std::string last_run() const;
    /// What the last run has seen says nothing of the machines any more.
    void forget_last_run();
    void close_run(std::string const& run_folder);
    /// `stop` in the folder: whoever makes it ends the run that goes on, and no other begins.
    [[nodiscard]] std::string stop_file() const { return folder_ + "/stop"; }

private:
    explicit ClusterState(std::string folder) : folder_(std::move(folder)) {}
    std::string folder_;
    int lock_fd_{-1};
};

}  // namespace interregnum
