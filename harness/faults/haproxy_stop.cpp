// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// Masked for the time being, so that neither its supervisor nor a configuration run starts it.
constexpr std::string_view inject = R"sh(
if [ "$(systemctl is-active haproxy.service)" != active ]; then
    echo 'HAProxy does not run here: nothing to stop' >&2; exit 1
fi
mkdir -p /run/interregnum && : >/run/interregnum/haproxy_stopped || exit 1
systemctl mask --quiet --runtime haproxy.service && systemctl stop haproxy.service
)sh";

constexpr std::string_view release = R"sh(
release() {
    systemctl unmask --quiet --runtime haproxy.service && systemctl daemon-reload || return 1
    systemctl reset-failed haproxy.service 2>/dev/null
    systemctl start haproxy.service || return 1
    rm -f /run/interregnum/haproxy_stopped; rmdir /run/interregnum 2>/dev/null || :
}
)sh";

constexpr std::string_view undo = R"sh(
[ ! -e /run/interregnum/haproxy_stopped ] || release
)sh";

constexpr std::string_view is_stopped = R"sh(
case $(systemctl is-active haproxy.service) in inactive|failed) ! pgrep -x haproxy >/dev/null ;;
*) exit 1 ;; esac
)sh";

constexpr std::string_view sweep_all = R"sh(
[ -e /run/interregnum/haproxy_stopped ] || exit 0
release && echo 'started haproxy again'
)sh";

std::string const sweep = shell_text({release, sweep_all});

constexpr std::string_view residue = R"sh(
[ ! -e /run/interregnum/haproxy_stopped ] || echo 'haproxy stopped and held'
)sh";

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    FaultPlan result{.targets = targets, .nodes_lost = targets, .hold = options.duration("for")};
    for (std::string const& node : targets) {
        result.inject.push_back(node_script(node, inject, {}, 20s));
        result.undo.push_back(node_script(node, shell_text({release, undo}), {}, 30s));
        result.evidence.push_back({.what = "no HAProxy runs on " + node,
                                   .command = node_script(node, is_stopped, {}),
                                   .relation = Evidence::Relation::succeeds});
    }
    result.summary = fmt::format("HAProxy stopped on {} node(s) for {}", targets.size(),
                                 format_duration(result.hold));
    return result;
}

RegisterFault const registered{{
    .name = "haproxy.stop",
    .summary = "HAProxy is stopped in good order and kept from starting",
    .options =
        {
            {.name = "target",
             .type = OptionType::role,
             .fallback = "any:haproxy",
             .doc = "role or node"},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "30s",
             .doc = "how long it is down"},
        },
    .plan = plan,
    .needs = [](Options const& /*options*/) { return std::vector<std::string_view>{"systemd"}; },
    .sweep = sweep,
    .residue = residue,
}};

}  // namespace
}  // namespace interregnum
