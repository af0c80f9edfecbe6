// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/services.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// Pid and start time of the oldest process: pids are reused, the pair is not. Nothing is printed
// when none runs.
constexpr std::string_view identity_of_program = R"sh(
pid=$(pgrep -o -x "$1") || exit 0
echo "$pid $(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20)"
)sh";

constexpr std::string_view identity_of_unit = R"sh(
pid=$(systemctl show -p MainPID --value "$1")
[ "${pid:-0}" != 0 ] || exit 0
echo "$pid $(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20)"
)sh";

// The marker lets `heal --all` find the mask by name, with no journal.
constexpr std::string_view kill_and_hold = R"sh(
mkdir -p /run/interregnum && : > "/run/interregnum/masked.$1" &&
systemctl mask --runtime "$1.service" && systemctl kill -s "$2" --kill-whom=all "$1.service"
)sh";

constexpr std::string_view release = R"sh(
systemctl unmask --runtime "$1.service" && systemctl daemon-reload
systemctl reset-failed "$1.service" 2>/dev/null
systemctl start "$1.service" || exit 1
rm -f "/run/interregnum/masked.$1"; rmdir /run/interregnum 2>/dev/null || :
)sh";

constexpr std::string_view sweep = R"sh(
status=0
for marker in /run/interregnum/masked.*; do
    [ -e "$marker" ] || continue
    unit=${marker##*/masked.}
    systemctl unmask --runtime "$unit.service" && systemctl daemon-reload
    systemctl reset-failed "$unit.service" 2>/dev/null
    systemctl start "$unit.service" && rm -f "$marker" && echo "released $unit" || status=1
done
exit $status
)sh";

constexpr std::string_view residue = R"sh(
for marker in /run/interregnum/masked.*; do
    [ ! -e "$marker" ] || echo "held down: ${marker##*/masked.}"
done
)sh";

void add_target(FaultPlan& plan, std::string const& node, Service const& target,
                std::string const& signal) {
    std::string const unit(target.unit);
    std::string const program(target.program);
    bool const by_program = unit.empty();
    if (by_program) {
        plan.inject.push_back({.node = node, .argv = {"pkill", "-" + signal, "-x", program}});
    } else if (plan.hold > 0s) {
        plan.inject.push_back(node_script(node, kill_and_hold, {unit, signal}));
        plan.undo.push_back(node_script(node, release, {unit}, 30s));
    } else {
        plan.inject.push_back(
            {.node = node,
             .argv = {"systemctl", "kill", "-s", signal, "--kill-whom=main", unit + ".service"}});
        // Its supervisor restarts it; starting what runs already does nothing.
        plan.undo.push_back(
            {.node = node, .argv = {"systemctl", "start", unit + ".service"}, .timeout = 30s});
    }
    plan.evidence.push_back(
        {.what = fmt::format("{} on {} is gone or another process", target.name, node),
         .command = by_program ? node_script(node, identity_of_program, {program})
                               : node_script(node, identity_of_unit, {unit}),
         .relation = Evidence::Relation::changed});
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    std::string const& process = options.text("process");
    if (process == "postgres" && result.hold > 0s)
        return fail(Error::Kind::invalid,
                    "\"for\" does not go with \"process\": \"postgres\": Patroni restarts it at "
                    "once; kill \"patroni\" to hold both down");
    if (result.hold == 0s) result.self_heal = SelfHeal::by_itself;
    Service const& service = *find_service(process);
    for (std::string const& node : targets)
        add_target(result, node, service, options.text("signal"));
    result.summary = fmt::format(
        "SIG{} to {}{}", options.text("signal"), process,
        result.hold > 0s ? ", held down for " + format_duration(result.hold) : std::string());
    return result;
}

RegisterFault const registered{{
    .name = "process.kill",
    .summary = "a signal to a service's processes; with \"for\" it is kept from coming back",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "process",
             .doc = "which service; postgres: all its processes, Patroni lives on",
             .choices = service_names(false),
             .required = true},
            {.name = "signal",
             .fallback = "KILL",
             .doc = "name of the signal",
             .choices = {"KILL", "TERM", "INT", "QUIT", "ABRT", "SEGV"}},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "0s",
             .doc = "how long it is kept down (services only); 0s: its supervisor may restart it"},
        },
    .plan = plan,
    .sweep = sweep,
    .residue = residue,
}};

}  // namespace
}  // namespace interregnum
