// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/processes.h"
#include "harness/faults/support/services.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// The group's own switch and not `systemctl freeze`, which waits until all is frozen and which
// older systemd does not have. A group that somebody else froze is theirs.
constexpr std::string_view freezer_functions = R"sh(
freezer() {
    path=$(systemctl show -p ControlGroup --value "$1.service")
    [ -n "$path" ] || return 1
    for root in /sys/fs/cgroup /sys/fs/cgroup/unified; do
        if [ -e "$root$path/cgroup.freeze" ]; then echo "$root$path"; return; fi
    done
    return 1
}
thaw() {
    marker=/run/interregnum/frozen.$1
    [ -e "$marker" ] || return 0
    group=$(cat "$marker"); [ -n "$group" ] || group=$(freezer "$1")
    tries=0
    while [ -e "$group/cgroup.freeze" ]; do
        echo 0 > "$group/cgroup.freeze" || return 1
        grep -q '^frozen 1' "$group/cgroup.events" || break
        tries=$((tries + 1)); [ $tries -lt 50 ] || return 1
        sleep 0.1
    done
    rm -f "$marker"
    rmdir /run/interregnum 2>/dev/null || :
}
)sh";

constexpr std::string_view freeze = R"sh(
group=$(freezer "$1") || { echo "$1 does not run, or its group cannot be frozen" >&2; exit 1; }
if [ "$(cat "$group/cgroup.freeze")" != 0 ]; then
    echo "$1 is frozen already, and not by us" >&2; exit 1
fi
mkdir -p /run/interregnum && echo "$group" > "/run/interregnum/frozen.$1" || exit 1
echo 1 > "$group/cgroup.freeze"
)sh";

constexpr std::string_view is_frozen = R"sh(
group=$(freezer "$1") && grep -q '^frozen 1' "$group/cgroup.events"
)sh";

// $1 is the process's name, $2 its unit or "". The marker holds pid and start time: whatever has
// that pid later is left alone.
constexpr std::string_view stop = R"sh(
found=$(serving "$1" "$2")
[ -n "$found" ] || { echo "$1 does not run" >&2; exit 1; }
marker=/run/interregnum/sigstop.$1; pid=${found% *}
fields "$pid"
if [ "$state" = T ]; then echo "$1 is stopped already, and not by us" >&2; exit 1; fi
mkdir -p /run/interregnum && echo "$found" > "$marker.new" && mv "$marker.new" "$marker" || exit 1
fields "$pid" && [ "$pid $start" = "$found" ] && kill -s STOP "$pid"
)sh";

constexpr std::string_view is_stopped = R"sh(
read -r pid since 2>/dev/null < "/run/interregnum/sigstop.$1" || exit 1
fields "$pid" && [ "$start" = "$since" ] && [ "$state" = T ]
)sh";

constexpr std::string_view go_on_function = R"sh(
go_on() {
    marker=/run/interregnum/sigstop.$1
    rm -f "$marker.new"
    [ -e "$marker" ] || return 0
    read -r pid since < "$marker" || :
    if fields "${pid:-0}" && [ "$start" = "$since" ]; then kill -s CONT "$pid" || return 1; fi
    rm -f "$marker"
    rmdir /run/interregnum 2>/dev/null || :
}
)sh";

std::string sweep_text() {
    return std::string(process_functions()) + std::string(freezer_functions) +
           std::string(go_on_function) + R"sh(
status=0
for found in /run/interregnum/frozen.*; do
    [ -e "$found" ] || continue
    thaw "${found##*/frozen.}" && echo "thawed ${found##*/frozen.}" || status=1
done
for found in /run/interregnum/sigstop.*; do
    [ -e "$found" ] || continue
    name=${found##*/sigstop.}; name=${name%.new}
    go_on "$name" && echo "let $name go on" || status=1
done
exit $status
)sh";
}

constexpr std::string_view residue = R"sh(
for found in /run/interregnum/frozen.*; do
    [ ! -e "$found" ] || echo "frozen: ${found##*/frozen.}"
done
for found in /run/interregnum/sigstop.*; do
    [ ! -e "$found" ] || echo "stopped: ${found##*/sigstop.}"
done
)sh";

void add_service(FaultPlan& plan, std::string const& node, Service const& service) {
    std::string const unit(service.unit);
    std::string const functions(freezer_functions);
    plan.inject.push_back(node_script(node, functions + std::string(freeze), {unit}));
    plan.undo.push_back(node_script(node, functions + "thaw \"$1\"\n", {unit}));
    plan.evidence.push_back(
        {.what = fmt::format("{}'s group on {} is frozen", service.name, node),
         .command = node_script(node, functions + std::string(is_frozen), {unit}),
         .relation = Evidence::Relation::succeeds});
}

void add_process(FaultPlan& plan, std::string const& node, std::string const& process) {
    Service const* const service = find_service(process);
    std::string const unit(service == nullptr ? "" : service->unit);
    std::string const functions = std::string(process_functions()) + std::string(go_on_function);
    plan.inject.push_back(node_script(node, functions + std::string(stop), {process, unit}));
    plan.undo.push_back(node_script(node, functions + "go_on \"$1\"\n", {process}));
    plan.evidence.push_back(
        {.what = fmt::format("{} on {} is in state T", process, node),
         .command = node_script(node, functions + std::string(is_stopped), {process}),
         .relation = Evidence::Relation::succeeds});
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    std::string const& process = options.text("process");
    bool const whole = options.text("scope") == "service";
    FaultPlan result{.targets = targets,
                     .nodes_lost = nodes_lost_without(process, targets),
                     .hold = options.duration("for")};
    if (whole && process == postmaster_name)
        return fail(Error::Kind::invalid,
                    "PostgreSQL has no service of its own: \"process\": \"patroni\" freezes both, "
                    "\"scope\": \"process\" stops the postmaster alone");
    for (std::string const& node : targets)
        whole ? add_service(result, node, *find_service(process))
              : add_process(result, node, process);
    result.summary =
        fmt::format("{} {} on {} server(s) for {}", whole ? "freeze the service" : "SIGSTOP to",
                    process, targets.size(), format_duration(result.hold));
    return result;
}

std::vector<std::string_view> needs(Options const& options) {
    if (options.text("scope") == "service") return {"systemd", "freezer"};
    if (options.text("process") == postmaster_name) return {};
    return {"systemd"};
}

std::vector<std::string_view> process_names() {
    auto names = service_names(true);
    names.push_back(postmaster_name);
    return names;
}

std::string const sweep = sweep_text();

RegisterFault const registered{{
    .name = "process.pause",
    .summary = "a service stands still: it keeps its connections and answers nothing",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "process",
             .doc = "which one; HAProxy's is its worker, of scope process",
             .choices = process_names(),
             .required = true},
            {.name = "scope",
             .fallback = "service",
             .doc = "service: all processes of the unit, so PostgreSQL with Patroni; process: "
                    "one, so that Patroni leaves PostgreSQL writable",
             .choices = {"service", "process"}},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "45s",
             .doc = "how long it stands still; longer than Patroni's ttl, or nobody takes over"},
        },
    .plan = plan,
    .needs = needs,
    .sweep = sweep,
    .residue = residue,
}};

}  // namespace
}  // namespace interregnum
