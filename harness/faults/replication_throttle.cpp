// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/database_shell.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/replay_hold.h"
#include "harness/faults/support/replicas.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// Something must be left to replay: on an idle cluster the last transaction gets old by itself.
constexpr std::string_view seconds_behind = R"sh(
postmaster "$1" || exit 1
[ "$(sql -v goal="$2" <<'SQL'
select clock_timestamp() - pg_last_xact_replay_timestamp() >= make_interval(secs => :'goal'::float8)
    and pg_last_wal_replay_lsn() < pg_last_wal_receive_lsn() where pg_is_in_recovery()
SQL
)" = t ]
)sh";

constexpr std::string_view bytes_behind = R"sh(
postmaster "$1" || exit 1
[ "$(sql -v goal="$2" <<'SQL'
select pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) >= :'goal'::numeric
    where pg_is_in_recovery()
SQL
)" = t ]
)sh";

/// "30s behind" or "16MiB behind", read.
struct Goal {
    ReplayGoal replay;
    std::string proved;   ///< what counts as there: nine tenths of it
    Duration at_least{};  ///< the time that it takes to get there
};

Result<Goal> read_goal(std::string_view text) {
    constexpr std::string_view ending = " behind";
    std::string_view amount = text;
    if (amount.ends_with(ending)) amount.remove_suffix(ending.size());
    if (auto const span = parse_duration(amount); span && *span >= 1s)
        return Goal{.replay = {ReplayGoal::Kind::seconds, in_seconds(*span)},
                    .proved = in_seconds(*span * 9 / 10),
                    .at_least = *span};
    if (auto const bytes = parse_bytes(amount); bytes && *bytes >= 1U << 16U)
        return Goal{.replay = {ReplayGoal::Kind::bytes, std::to_string(*bytes)},
                    .proved = std::to_string(*bytes / 10 * 9)};
    return fail(Error::Kind::invalid,
                "\"hold\" is a time or a size to be behind, such as \"30s behind\" (1s or more) or "
                "\"16MiB behind\" (64KiB or more)");
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    if (auto good = only_replicas(targets, view); !good) return std::unexpected(good.error());
    auto const goal = read_goal(options.text("hold"));
    if (!goal) return std::unexpected(goal.error());
    Duration const reached = goal->at_least + options.duration("reach");
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    std::uint16_t const port = view.ports.postgres;
    bool const in_time = goal->replay.kind == ReplayGoal::Kind::seconds;
    for (std::string const& node : targets) {
        result.inject.push_back(hold_replay(node, port, goal->replay, result.hold + reached + 60s));
        result.renew.push_back(is_hold_kept(node, port));
        result.undo.push_back(let_replay_go(node, port));
        result.evidence.push_back(
            {.what = fmt::format("{} is {}", node, options.text("hold")),
             .command = node_script(
                 node, shell_text({database_shell, in_time ? seconds_behind : bytes_behind}),
                 {std::to_string(port), goal->proved}),
             .relation = Evidence::Relation::succeeds,
             .within = reached});
    }
    result.summary = fmt::format("{} replica(s) held {} for {}", targets.size(),
                                 options.text("hold"), format_duration(result.hold));
    return result;
}

RegisterFault const registered{{
    .name = "replication.throttle",
    .summary = "a replica's replay is slowed so that it stays behind by a time or a size",
    .options =
        {
            {.name = "target",
             .type = OptionType::role,
             .fallback = "any:replica",
             .doc = "role or node; replicas only"},
            {.name = "hold",
             .doc = R"(how far behind: a time ("30s behind") or a size of WAL ("16MiB behind"))",
             .required = true},
            {.name = "reach",
             .type = OptionType::duration,
             .fallback = "60s",
             .doc = "how long it may take to fall that far behind, beyond the time itself; needs "
                    "writes"},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "2m",
             .doc = "how long it is throttled, with the time that it takes to fall behind"},
        },
    .plan = plan,
    .needs = [](Options const& /*options*/) { return std::vector<std::string_view>{"psql"}; },
    .sweep = replay_hold_sweep(),
    .residue = replay_behind_residue,
}};

}  // namespace
}  // namespace interregnum
