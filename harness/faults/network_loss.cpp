// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/packets.h"
#include "harness/faults/support/peers.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kind = "network.loss";

std::vector<std::string> others_of(FaultRequest const& request) {
    std::vector<std::string> others = request.options.has("to")
                                          ? nodes_of(request.view, request.options.roles("to"))
                                          : all_but(request.view, request.targets);
    std::erase_if(others, [&](std::string const& node) {
        return std::ranges::find(request.targets, node) != request.targets.end();
    });
    return others;
}

/// What `node` loses of what `senders` send; none: of what anybody sends.
void add_loss(FaultPlan& plan, FaultRequest const& request, std::string const& node,
              std::vector<std::string> senders, int share) {
    PacketRules rules{.node = node, .kind = kind, .share = share};
    if (!senders.empty()) {
        rules.who = PacketRules::Who::peers;
        rules.peers = addresses_of(request.view, senders);
        senders.push_back(node);
        rules.bystanders = addresses_of(request.view, all_but(request.view, senders));
    }
    add_packet_rules(plan, request, rules);
}

/// Enough attempts to lose one of them for all but certain.
int attempts_for(std::int64_t percent) {
    return static_cast<int>(std::clamp<std::int64_t>(1000 / percent, 10, 500));
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    std::string const& direction = options.text("direction");
    std::int64_t const percent = options.integer("percent");
    int const share = static_cast<int>(percent * 100);
    std::vector<std::string> const others = others_of(request);
    if (others.empty()) return fail(Error::Kind::invalid, "\"to\" names nobody but the target");
    std::vector<std::string> nodes;
    std::vector<Provocation> provocations;
    if (direction != "out")
        for (std::string const& target : targets) {
            add_loss(result, request, target,
                     options.has("to") ? others : std::vector<std::string>{}, share);
            nodes.push_back(target);
            provocations.push_back({.node = target,
                                    .peers = addresses_of(view, others),
                                    .attempts = attempts_for(percent)});
        }
    // Lost where they arrive: the sender's own stack would notice a packet that it drops itself.
    if (direction != "in")
        for (std::string const& other : others) {
            add_loss(result, request, other, targets, share);
            nodes.push_back(other);
            provocations.push_back({.node = other,
                                    .peers = addresses_of(view, targets),
                                    .attempts = attempts_for(percent)});
        }
    add_packet_evidence(result, request, nodes, provocations, 10s);
    if (percent >= 50) result.nodes_lost = targets;
    result.summary = fmt::format("{}% of the packets of {} are lost ({}) for {}", percent,
                                 fmt::join(targets, ", "), direction, format_duration(result.hold));
    return result;
}

RegisterFault const registered{packet_kind({
    .name = kind,
    .summary = "some of the packets between nodes are lost, where they arrive",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "to",
             .type = OptionType::role,
             .doc = "only packets between the target and these; all nodes when absent, and what "
                    "reaches the target from elsewhere"},
            {.name = "percent",
             .type = OptionType::integer,
             .fallback = "10",
             .doc = "how many of the packets are lost, in percent",
             .at_least = 1,
             .at_most = 100},
            {.name = "direction",
             .fallback = "both",
             .doc = "in: what the target receives; out: what other nodes receive from it",
             .choices = {"both", "in", "out"}},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "30s",
             .doc = "how long it lasts"},
        },
    .plan = plan,
})};

}  // namespace
}  // namespace interregnum
