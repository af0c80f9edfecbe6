// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/held_unit.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/processes.h"
#include "harness/faults/support/services.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view mark = "killed";

// PostgreSQL is no unit: $1 "postmaster" (its children notice and end by themselves) or
// "postgres" (all of them in one call), $2 the signal. Standing still the postmaster forks no
// child beside the list; one that lived on would keep the shared memory of a server that is gone,
// and no new one could start. Only Patroni's: another server on the same machine is no target.
constexpr std::string_view kill_postgres = R"sh(
found=$(postmaster)
[ -n "$found" ] || { echo "PostgreSQL does not run" >&2; exit 1; }
pid=${found% *}; children=
fields "$pid" && [ "$pid $start" = "$found" ] || { echo "the postmaster has just gone" >&2; exit 1; }
if [ "$1" != postmaster ]; then
    trap 'kill -s CONT "$pid" 2>/dev/null' EXIT
    kill -s STOP "$pid"
    tries=0
    until [ $tries -ge 200 ] || { fields "$pid" && [ "$state" = T ]; }; do
        tries=$((tries + 1)); sleep 0.005
    done
    children=$(pgrep -P "$pid")
fi
kill -s "$2" $pid $children 2>/dev/null
[ "$1" = postmaster ] || kill -s CONT "$pid" 2>/dev/null
fields "$pid" && [ "$pid $start" = "$found" ] || exit 0
kill -s "$2" "$pid" 2>/dev/null || :
)sh";

FaultCommand postgres_script(std::string const& node, std::string_view script,
                             std::vector<std::string> arguments) {
    return node_script(node, std::string(process_functions()) + std::string(script),
                       std::move(arguments));
}

void add_postgres(FaultPlan& plan, std::string const& node, std::string const& process,
                  std::string const& signal) {
    plan.inject.push_back(postgres_script(node, kill_postgres, {process, signal}));
}

void add_postmaster_evidence(FaultPlan& plan, std::string const& node) {
    plan.evidence.push_back({.what = "the postmaster on " + node + " is gone or another process",
                             .command = postgres_script(node, "postmaster\n", {}),
                             .relation = Evidence::Relation::changed});
}

void add_unit(FaultPlan& plan, std::string const& node, Service const& service,
              std::string_view whom, std::string const& signal) {
    bool const hold = plan.hold > 0s;
    plan.inject.push_back(bring_down(
        node, {.mark = mark, .unit = service.unit, .signal = signal, .whom = whom, .hold = hold}));
    // Without "hold" its supervisor restarts it, or this does.
    plan.undo.push_back(bring_back(node, mark, service.unit));
    plan.evidence.push_back(
        {.what = fmt::format("{}'s main process on {} is gone or another one", service.name, node),
         .command = main_process_of(node, service.unit),
         .relation = Evidence::Relation::changed});
    if (hold)
        plan.evidence.push_back({.what = fmt::format("{} on {} stays down", service.name, node),
                                 .command = is_down(node, service.unit),
                                 .relation = Evidence::Relation::succeeds});
}

void add_target(FaultPlan& plan, std::string const& node, std::string const& process,
                std::string const& signal) {
    if (process == "postgres" || process == postmaster_name) {
        add_postgres(plan, node, process, signal);
        add_postmaster_evidence(plan, node);
        return;
    }
    bool const both = process == both_name;
    // Patroni's unit holds PostgreSQL too: "patroni" is the one process of that name.
    add_unit(plan, node, *find_service(both ? "patroni" : process),
             process == "patroni" ? "main" : "all", signal);
    if (both) add_postmaster_evidence(plan, node);
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    std::string const& process = options.text("process");
    bool const postgres = process == "postgres" || process == postmaster_name;
    if (postgres && result.hold > 0s)
        return fail(Error::Kind::invalid,
                    fmt::format("\"for\" does not go with \"process\": \"{}\": Patroni restarts "
                                "it at once; kill \"{}\" to hold both down",
                                process, both_name));
    if (result.hold == 0s) result.self_heal = SelfHeal::by_itself;
    if (result.hold > 0s) result.nodes_lost = nodes_lost_without(process, targets);
    for (std::string const& node : targets)
        add_target(result, node, process, options.text("signal"));
    result.summary = fmt::format(
        "SIG{} to {}{}", options.text("signal"), process,
        result.hold > 0s ? ", held down for " + format_duration(result.hold) : std::string());
    return result;
}

std::vector<std::string_view> needs(Options const& options) {
    std::string const& process = options.text("process");
    if (process == "postgres" || process == postmaster_name) return {};
    return {"systemd"};
}

std::vector<std::string_view> process_names() {
    auto names = service_names(false);
    names.push_back(postmaster_name);
    names.push_back(both_name);
    return names;
}

std::string const sweep = held_unit_sweep(mark);
std::string const residue = held_unit_residue(mark);

RegisterFault const registered{{
    .name = "process.kill",
    .summary = "a signal to a service's processes; with \"for\" it is kept from coming back",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "process",
             .doc = "which service, all its processes; patroni: that process alone, PostgreSQL "
                    "lives on; postmaster: PostgreSQL's first process alone; postgres: all of "
                    "PostgreSQL's, Patroni lives on; patroni+postgres: all of both",
             .choices = process_names(),
             .required = true},
            {.name = "signal",
             .fallback = "KILL",
             .doc = "name of the signal; one that does not end the process proves nothing",
             .choices = {"KILL", "TERM", "INT", "QUIT", "ABRT", "SEGV", "BUS", "FPE", "ILL", "TRAP",
                         "SYS", "HUP", "PIPE", "ALRM", "USR1", "USR2"}},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "0s",
             .doc = "how long it is kept down; 0s: its supervisor may restart it at once"},
        },
    .plan = plan,
    .needs = needs,
    .sweep = sweep,
    .residue = residue,
}};

}  // namespace
}  // namespace interregnum
