// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/base/exit_code.h"
#include "harness/engine/drill.h"

namespace interregnum {

struct ReportFlags {
    bool inconclusive_is_ok{};  ///< an inconclusive drill ends with 0
    bool json{};                ///< the summary goes to stdout as JSON
    bool quiet{};               ///< nothing goes to stdout
};

/// What became of one run.
struct Reported {
    ExitCode code{ExitCode::harness_error};
    std::string folder;  ///< where its reports are; "" when there are none
    /// Why it could not be added to the results; "" when it was, or nobody asked for that.
    std::string not_in_results{};
    /// Where its journal and its record are, whatever can be read of them; "" when there is none.
    std::string run_folder{};
    bool shop_kept{};  ///< it failed, and its tables and keys are still there for a look
};

/// One run and its reports, which are written into its folder and printed; with the exit code it
/// deserves. `state` must be locked by the caller.
[[nodiscard]] Reported run_and_report(DrillRequest const& request, ReportFlags const& flags,
                                      ClusterState& state, StopOnSignal& signals);

/// The exit code of a run whose record cannot be read: that is an error of the harness, yet hides
/// nothing that its undo journal still promises to undo, or that nobody can read there.
[[nodiscard]] ExitCode code_without_record(std::string const& run_folder);

}  // namespace interregnum
