// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/markers.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// A stepped clock is found again by what does not step: the uptime. `base` is the time of day
// minus the uptime, in nanoseconds.
constexpr std::string_view base_function = R"sh(
uptime_ns() { read -r up _ </proc/uptime; up=${up%.*}${up#*.}; echo "${up}0000000"; }
base_ns() { up=$(uptime_ns); echo $(($(date +%s%N) - up)); }
set_ns() { LC_ALL=C date -s "@$(($1 / 1000000000)).$(printf %09d $(($1 % 1000000000)))" >/dev/null; }
)sh";

// A container shares its host's clock. A time service would step or slew it back within seconds,
// so those that run are stopped; the marker says which, and what the clock was.
constexpr std::string_view step = R"sh(
! systemd-detect-virt --container --quiet || {
    echo "this node is a container: the clock is its host's" >&2; exit 77
}
for other in /run/interregnum/clock.*; do
    [ ! -e "$other" ] || { echo "the clock is stepped already: $other" >&2; exit 1; }
done
services=
for unit in chrony chronyd systemd-timesyncd ntp ntpd ntpsec openntpd; do
    systemctl is-active --quiet $unit.service && services="$services $unit.service"
done
mark "clock.$1" "$(base_ns)$services" || exit 1
[ -z "$services" ] || systemctl stop $services || exit 1
set_ns $(($(date +%s%N) + $2))
)sh";

// Within a tenth of what was asked for: the uptime has hundredths, and date takes its time.
constexpr std::string_view is_stepped = R"sh(
read -r base _ 2>/dev/null <"/run/interregnum/clock.$1" || exit 1
wrong=$(($(base_ns) - base - $2)); [ $wrong -ge 0 ] || wrong=$((-wrong))
[ $wrong -lt $3 ] || { echo "the clock is $wrong ns from where it was put" >&2; exit 1; }
)sh";

// An alias of a service is started with it, so a second start does nothing.
constexpr std::string_view restore = R"sh(
restore() {
    undid="set the clock back (${1##*/})"
    read -r base services 2>/dev/null <"$1" || { rm -f "$1"; return 0; }
    set_ns $((base + $(uptime_ns))) || return 1
    [ -z "$services" ] || systemctl start $services || return 1
    rm -f "$1"
}
)sh";

MarkedKind const& marked() {
    static std::string const functions = shell_text({base_function, restore});
    static MarkedKind const kind{
        .stem = "clock", .restore = functions, .tell = R"sh(echo "stepped: ${marker##*/}")sh"};
    return kind;
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    Duration const by = options.duration("by");
    if (by < 1s || by > 24h * 365)
        return fail(Error::Kind::invalid, "\"by\": expected 1s to a year");
    bool const back = options.text("direction") == "back";
    std::string const nanoseconds = std::to_string(back ? -by.count() : by.count());
    std::string const tolerance = std::to_string((by / 10).count());
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    for (std::string const& node : targets) {
        result.inject.push_back(node_script(node, shell_text({base_function, mark_function, step}),
                                            {id, nanoseconds}, 30s));
        result.undo.push_back(node_script(node, restore_one(marked()), {id}, 30s));
        result.evidence.push_back(
            {.what = fmt::format("the clock of {} moved against its uptime", node),
             .command = node_script(node, shell_text({base_function, is_stepped}),
                                    {id, nanoseconds, tolerance}),
             .relation = Evidence::Relation::succeeds});
    }
    result.summary = fmt::format("the clock is {} {} for {}", format_duration(by),
                                 back ? "behind" : "ahead", format_duration(result.hold));
    return result;
}

std::vector<std::string_view> needs(Options const& /*options*/) { return {"systemd", "set_clock"}; }

RegisterFault const registered{{
    .name = "clock.step",
    .summary = "the clock jumps, with no time service to correct it",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "by",
             .type = OptionType::duration,
             .fallback = "5m",
             .doc = "how far it jumps"},
            {.name = "direction",
             .fallback = "ahead",
             .doc = "where to",
             .choices = {"ahead", "back"}},
            {.name = "for", .type = OptionType::duration, .fallback = "60s", .doc = "how long"},
        },
    .plan = plan,
    .needs = needs,
    .sweep = kept(restore_all(marked())),
    .residue = kept(marked_residue(marked())),
}};

}  // namespace
}  // namespace interregnum
