// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/cli/cluster_choice.h"
#include "harness/cli/run_and_report.h"
#include "harness/cli/verb.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// What all plays of one call of `run` or `gate` have in common.
struct Plays {
    ClusterFlags const& flags;
    ChosenCluster const& chosen;
    std::string out_folder;  ///< run folders go there
    std::string results;     ///< each run is added to this file or database; "": to none
    ReportFlags report;
    bool keep_on_fail{};  ///< the shop of a play that failed stays, for a look
};

/// One play of a scenario.
struct Play {
    Scenario const& scenario;
    std::uint64_t seed{};
    std::vector<std::string> sets;     ///< as on the command line, for the line that repeats it
    std::vector<std::string> expects;  ///< the same
};

/// Plays it with the steps that its seed gives, reports it, and adds it to the results at once, so
/// that a later interruption loses none; one that was itself interrupted, and had lost nothing by
/// then, is no result. After one whose shop was kept no other may be played, for that would drop
/// it. `state` must be locked by the caller.
[[nodiscard]] Reported play(Plays const& plays, Play const& one, ClusterState& state,
                            StopOnSignal& signals);

/// Adds a run that was reported to the results at `where` ("": to none). Not one that whoever
/// called it stopped, and not one without a report. Where it could not be added, says so on stderr
/// and in `reported`, whose code tells it, too, unless something worse was found.
void keep_in_results(std::string const& where, Reported& reported);

/// `--on-fail` of `run` and `gate`: "clean" or "keep" (`Plays::keep_on_fail`).
void add_on_fail_flag(Verb const& verb, std::string& on_fail);

/// Where the cluster is a lab with defects of the shop's code: the customers get them.
void add_bugs(Scenario& scenario, ChosenCluster const& chosen);

}  // namespace interregnum
