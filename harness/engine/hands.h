// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/fault.h"
#include "harness/remote/fleet.h"

namespace interregnum {

/// What a fault's command printed.
struct CommandOutcome {
    FaultCommand command;
    Result<RemoteResult> result;
};

/// Carries out fault commands: on nodes through the fleet, on the controller as local programs
/// (`@interregnum` as argv[0] stands for this program). The only place where a plan becomes deeds.
class Hands {
public:
    explicit Hands(Fleet& fleet) : fleet_(fleet) {}

    /// What becomes of the commands on the controller when one of them fails.
    enum class Here {
        in_order,  ///< those after it are not run
        each,      ///< they are run all the same: power for one server each, when it is undone
    };
    /// Runs commands: those of one node in their order, nodes side by side. Stops a node's
    /// sequence at its first failure. All outcomes come back, in the order of `commands`;
    /// those not run are `stopped`.
    std::vector<CommandOutcome> run(std::span<FaultCommand const> commands, std::stop_token stop,
                                    Here after_failure = Here::in_order);

    /// Lets the nodes get ready for commands that `run` will be called with next (Fleet::poise).
    void poise(std::span<FaultCommand const> commands, std::stop_token const& stop);

    /// Runs one; a status other than 0 is not an error.
    Result<RemoteResult> run_one(FaultCommand const& command, std::stop_token stop);

private:
    Fleet& fleet_;
};

/// The first thing that went wrong, as one error; a lost session is fine where the command said
/// `ends_session`.
[[nodiscard]] Status first_failure(std::span<CommandOutcome const> outcomes);

}  // namespace interregnum
