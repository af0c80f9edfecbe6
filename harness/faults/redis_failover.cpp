// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/redis_shell.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// $1 Sentinel's port, $2 its name of the master.
constexpr std::string_view fail_over = R"sh(
said=$(redis redis-sentinel "$1" sentinel failover "$2" 2>&1)
[ "$said" = OK ] || { printf '%s\n' "${said:-no answer from Sentinel}" >&2; exit 1; }
)sh";

// Only an address is printed: an error, or no answer, is no other master.
constexpr std::string_view master = R"sh(
until address=$(redis redis-sentinel "$1" sentinel get-master-addr-by-name "$2" | head -n 1) &&
        printf '%s' "$address" | grep -q '^[^[:space:](]*[.:][^[:space:]]*$'; do
    sleep 0.2
done
echo "$address"
)sh";

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    if (view.redis_master_name.empty())
        return fail(Error::Kind::invalid,
                    R"(the inventory names no Redis master: set "redis": { "master": ... })");
    if (targets.size() != 1)
        return fail(Error::Kind::invalid,
                    "one Sentinel is asked: target a single node, such as \"any:sentinel\"");
    std::string const& node = targets.front();
    std::vector<std::string> const arguments{std::to_string(view.ports.sentinel),
                                             view.redis_master_name};
    FaultPlan result{.targets = targets, .self_heal = SelfHeal::by_itself};
    result.inject.push_back(node_script(node, shell_text({redis_shell, fail_over}), arguments));
    result.evidence.push_back(
        {.what = "Sentinel on " + node + " names another master",
         .command = node_script(node, shell_text({redis_shell, master}), arguments, 5s),
         .relation = Evidence::Relation::changed,
         .within = 60s});
    result.summary =
        fmt::format("Sentinel's failover of {}, asked for on {}", view.redis_master_name, node);
    return result;
}

RegisterFault const registered{{
    .name = "redis.failover",
    .summary = "Sentinel makes another Redis the master, without asking the other Sentinels",
    .options =
        {
            {.name = "target",
             .type = OptionType::role,
             .fallback = "any:sentinel",
             .doc = "the node whose Sentinel is asked"},
        },
    .plan = plan,
    .needs = [](Options const& /*options*/) { return std::vector<std::string_view>{"redis-cli"}; },
}};

}  // namespace
}  // namespace interregnum
