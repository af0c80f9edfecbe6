// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/replay_hold.h"
#include "harness/faults/support/replicas.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    if (auto good = only_replicas(targets, view); !good) return std::unexpected(good.error());
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    std::uint16_t const port = view.ports.postgres;
    for (std::string const& node : targets) {
        result.inject.push_back(hold_replay(node, port, {}, result.hold + 60s));
        result.renew.push_back(is_hold_kept(node, port));
        result.undo.push_back(let_replay_go(node, port));
        result.evidence.push_back({.what = "replay on " + node + " stands still",
                                   .command = is_replay_held(node, port),
                                   .relation = Evidence::Relation::succeeds});
    }
    result.summary = fmt::format("replay paused on {} replica(s) for {}", targets.size(),
                                 format_duration(result.hold));
    return result;
}

RegisterFault const registered{{
    .name = "replication.pause_replay",
    .summary = "a replica receives the leader's WAL but replays none of it",
    .options =
        {
            {.name = "target",
             .type = OptionType::role,
             .fallback = "any:replica",
             .doc = "role or node; replicas only"},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "60s",
             .doc = "how long replay is paused"},
        },
    .plan = plan,
    .needs = [](Options const& /*options*/) { return std::vector<std::string_view>{"psql"}; },
    .sweep = replay_hold_sweep(),
    .residue = replay_still_residue,
}};

}  // namespace
}  // namespace interregnum
