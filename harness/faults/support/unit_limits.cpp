// SPDX-License-Identifier: MIT
#include "harness/faults/support/unit_limits.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "harness/faults/support/node_script.h"
#include "harness/faults/support/services.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

// Takes the markers to undo; each is "limit.ID.UNIT.PROPERTY" and holds the owner's drop-in, if
// any. Markers go last: what comes before may be cut short and is then done again.
constexpr std::string_view unlimit_function = R"sh(
unlimit() {
    [ -e "$1" ] || return 0
    for marker in "$@"; do
        rest=${marker#/run/interregnum/limit.*.}; unit=${rest%.*}
        folder=/run/systemd/system.control/$unit.d; dropin=$folder/50-${rest##*.}.conf
        if [ -s "$marker" ]; then
            mkdir -p "$folder" && cp -- "$marker" "$dropin" || return 1
        else
            rm -f "$dropin" || return 1
            rmdir "$folder" /run/systemd/system.control 2>/dev/null
        fi
    done
    systemctl daemon-reload || return 1
    for marker in "$@"; do rm -f "$marker" && echo "took back $marker" | sed 's,/run/interregnum/,,'; done
}
)sh";

constexpr std::string_view limit_functions = R"sh(
group_of() {
    inner=$(systemctl show -p ControlGroup --value "$1")
    for root in /sys/fs/cgroup /sys/fs/cgroup/unified; do
        [ -e "$root/cgroup.controllers" ] && [ -n "$inner" ] && [ -e "$root$inner/cgroup.procs" ] &&
            echo "$root$inner" && return 0
    done
    echo "$1 has no cgroup" >&2; return 1
}
limit() {
    id=$1; unit=$2; shift 2
    systemctl is-active --quiet "$unit" || { echo "$unit does not run" >&2; return 1; }
    mkdir -p /run/interregnum || return 1
    for setting in "$@"; do
        property=${setting%%=*}
        for other in /run/interregnum/limit.*."$unit.$property"; do
            [ ! -e "$other" ] || { echo "$unit is limited already: $other" >&2; return 1; }
        done
    done
    for setting in "$@"; do
        property=${setting%%=*}
        marker=/run/interregnum/limit.$id.$unit.$property
        dropin=/run/systemd/system.control/$unit.d/50-$property.conf
        if [ -e "$dropin" ]; then cp -- "$dropin" /run/interregnum/new.$id; else : >/run/interregnum/new.$id; fi &&
            mv /run/interregnum/new.$id "$marker" || return 1
    done
    systemctl set-property --runtime "$unit" "$@"
}
)sh";

/// Takes back all limits of a fault.
FaultCommand unlimit_command(std::string node, std::string const& id) {
    static std::string const script = std::string(unlimit_function) + R"sh(
unlimit /run/interregnum/limit."$1".* || exit 1
rm -f /run/interregnum/new."$1"; rmdir /run/interregnum 2>/dev/null || :
)sh";
    return node_script(std::move(node), script, {id}, 30s);
}

std::string limit_sweep(std::string_view properties) {
    return fmt::format("{}unlimit /run/interregnum/limit.*.{}\n", unlimit_function, properties);
}

std::string limit_residue(std::string_view properties) {
    return fmt::format(
        "for marker in /run/interregnum/limit.*.{}; do\n"
        "    [ ! -e \"$marker\" ] || echo \"limited: ${{marker#*/limit.*.}}\"\n"
        "done\n",
        properties);
}

}  // namespace

FaultPlan plan_limit(FaultRequest const& request, UnitLimit const& limit) {
    std::string const unit = limited_unit(request.options);
    FaultPlan plan{.targets = request.targets, .hold = request.options.duration("for")};
    std::vector<std::string> arguments{request.id, unit};
    arguments.insert(arguments.end(), limit.arguments.begin(), limit.arguments.end());
    std::vector<std::string> proof_arguments{unit};
    proof_arguments.insert(proof_arguments.end(), limit.proof_arguments.begin(),
                           limit.proof_arguments.end());
    for (std::string const& node : request.targets) {
        plan.inject.push_back(node_script(node,
                                          shell_text({limit_functions, limit.functions, limit.set}),
                                          arguments, limit.set_timeout));
        plan.undo.push_back(unlimit_command(node, request.id));
        plan.evidence.push_back(
            {.what = fmt::format(fmt::runtime(limit.proved), fmt::arg("unit", unit),
                                 fmt::arg("node", node)),
             .command =
                 node_script(node, shell_text({limit_functions, limit.functions, limit.proof}),
                             proof_arguments),
             .relation = limit.relation,
             .within = limit.within});
    }
    plan.summary = limit.summary;
    return plan;
}

std::string limited_unit(Options const& options) {
    return std::string(find_service(options.text("service"))->unit) + ".service";
}

FaultKind limit_kind(FaultKind own, std::string_view properties) {
    std::vector<OptionSpec> options{
        {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
        {.name = "service",
         .doc = "which service; PostgreSQL belongs to patroni",
         .choices = service_names(true),
         .required = true}};
    std::ranges::move(own.options, std::back_inserter(options));
    options.push_back(
        {.name = "for", .type = OptionType::duration, .fallback = "60s", .doc = "how long"});
    own.options = std::move(options);
    own.sweep = kept(limit_sweep(properties));
    own.residue = kept(limit_residue(properties));
    return own;
}

}  // namespace interregnum
