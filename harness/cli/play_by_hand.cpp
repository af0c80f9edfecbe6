// SPDX-License-Identifier: MIT
#include "harness/cli/play_by_hand.h"

#include <utility>

#include <fmt/format.h>

#include "harness/cli/confirm.h"
#include "harness/cli/run_and_report.h"
#include "harness/engine/signals.h"

namespace interregnum {

ExitCode play_by_hand(ChosenCluster chosen, HandPlay one) {
    if (Status const meant = confirm_production(chosen.inventory, one.confirm, terminal_input());
        !meant) {
        fmt::print(stderr, "interregnum: {}\n", meant.error().message);
        return ExitCode::usage;
    }
    StopOnSignal signals;  // before every other thread
    auto state = locked_state(chosen, "interregnum " + one.verb);
    if (!state) return ExitCode::harness_error;
    return run_and_report({.scenario = std::move(one.scenario),
                           .inventory = std::move(chosen.inventory),
                           .secrets = std::move(chosen.secrets),
                           .seed = one.seed,
                           .out_folder = std::move(one.out_folder),
                           .trust_new_hosts = one.trust_new_hosts,
                           .stop_file = state->stop_file(),
                           .again = std::move(one.again),
                           .watching = one.watching},
                          {.json = one.json}, *state, signals)
        .code;
}

}  // namespace interregnum
