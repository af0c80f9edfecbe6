// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/database_shell.h"
#include "harness/faults/support/node_lock_shell.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/replicas.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// The marker holds pid and start time of each walreceiver that was stopped, one a line.
constexpr std::string_view functions = R"sh(
stopped() { [ "$(started "$1")" = "$2" ] && grep -q '^State:[[:space:]]*T' "/proc/$1/status"; }
stop_receiver() {
    receiver=$(sql -c 'select pid from pg_stat_wal_receiver') && [ -n "$receiver" ] || return 1
    echo "$receiver $(started "$receiver")" >>"$marker" && kill -STOP "$receiver"
}
release() {
    while read -r pid start; do
        # One that ended while it was looked at has no start time: there is nothing to let go.
        [ -z "$start" ] || [ "$(started "$pid")" != "$start" ] || kill -CONT "$pid" || return 1
    done <"$1"
    rm -f "$1"
}
)sh";

constexpr std::string_view inject = R"sh(
postmaster "$1" || { echo "no PostgreSQL listens on port $1" >&2; exit 1; }
mkdir -p /run/interregnum || exit 1
marker=/run/interregnum/walreceiver_stopped.$1
stop_receiver || { echo 'no walreceiver runs here: nothing to stall' >&2; exit 1; }
)sh";

// A walreceiver that was replaced (its PostgreSQL was restarted) would stream again.
constexpr std::string_view renew = R"sh(
marker=/run/interregnum/walreceiver_stopped.$1
[ -d /run/interregnum ] || exit 0
may_renew || exit 1
[ -e "$marker" ] || exit 0
while read -r pid start; do
    ! stopped "$pid" "$start" || exit 0
done <"$marker"
postmaster "$1" || exit 0
stop_receiver || :
)sh";

constexpr std::string_view undo = R"sh(
[ -d /run/interregnum ] || exit 0
may_undo || exit 1
marker=/run/interregnum/walreceiver_stopped.$1
[ ! -e "$marker" ] || release "$marker" || exit 1
rmdir /run/interregnum 2>/dev/null || :
)sh";

constexpr std::string_view is_stopped = R"sh(
read -r pid start <"/run/interregnum/walreceiver_stopped.$1" && stopped "$pid" "$start"
)sh";

constexpr std::string_view sweep_all = R"sh(
status=0
for marker in /run/interregnum/walreceiver_stopped.*; do
    [ -e "$marker" ] || continue
    if may_undo && release "$marker"; then echo "released the walreceiver on port ${marker##*.}"
    else status=1; fi
done
exit $status
)sh";

std::string const sweep = shell_text({database_shell, node_lock_shell, functions, sweep_all});

constexpr std::string_view residue = R"sh(
for marker in /run/interregnum/walreceiver_stopped.*; do
    [ ! -e "$marker" ] || echo "walreceiver stopped on port ${marker##*.}"
done
)sh";

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    if (auto good = only_replicas(targets, view); !good) return std::unexpected(good.error());
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    std::string const port = std::to_string(view.ports.postgres);
    auto const script = [&](std::string const& node, std::string_view part) {
        return node_script(node, shell_text({database_shell, node_lock_shell, functions, part}),
                           {port});
    };
    for (std::string const& node : targets) {
        result.inject.push_back(script(node, inject));
        result.renew.push_back(script(node, renew));
        result.undo.push_back(script(node, undo));
        result.evidence.push_back({.what = "the walreceiver of " + node + " is stopped",
                                   .command = script(node, is_stopped),
                                   .relation = Evidence::Relation::succeeds});
    }
    result.summary = fmt::format("walreceiver stopped on {} replica(s) for {}", targets.size(),
                                 format_duration(result.hold));
    return result;
}

RegisterFault const registered{{
    .name = "replication.stall",
    .summary = "a replica's walreceiver is stopped: it receives nothing while the leader still "
               "holds the connection (up to wal_sender_timeout)",
    .options =
        {
            {.name = "target",
             .type = OptionType::role,
             .fallback = "any:replica",
             .doc = "role or node; replicas only; commits wait for a synchronous standby"},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "60s",
             .doc = "how long it is stopped; such a replica can neither be promoted nor stopped"},
        },
    .plan = plan,
    .needs = [](Options const& /*options*/) { return std::vector<std::string_view>{"psql"}; },
    .sweep = sweep,
    .residue = residue,
}};

}  // namespace
}  // namespace interregnum
