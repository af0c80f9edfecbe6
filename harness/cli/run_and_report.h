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
};

/// One run and its reports, which are written into its folder and printed; with the exit code it
/// deserves. `state` must be locked by the caller.
[[nodiscard]] Reported run_and_report(DrillRequest const& request, ReportFlags const& flags,
                                      ClusterState& state, StopOnSignal& signals);

}  // namespace interregnum
