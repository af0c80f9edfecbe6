// SPDX-License-Identifier: MIT
#include "reports/measures/groups.h"

#include <algorithm>
#include <array>
#include <deque>
#include <string>

#include <fmt/format.h>

namespace interregnum {

std::span<Group const> groups() {
    using record::Service;
    using enum Group::Connections;
    static constexpr std::array<Group, 9> all{
        {{"write", "writes over kept connections", Service::write, kept_if_any},
         {"connect", "writes that dial anew each time", Service::write, fresh},
         {"read", "reads from the replicas", Service::read},
         {"cache", "writes to the Redis master", Service::cache},
         {"ticket", "whole ticket purchases", Service::ticket},
         {"cart", "carts in Redis", Service::cart},
         {"voucher", "redeemed vouchers", Service::voucher},
         {"task", "tasks of the broker's queue", Service::task},
         {"http", "requests to the shop front", Service::http}}};
    return all;
}

MeasureValue worst_of(std::vector<MeasureValue> const& values) {
    MeasureValue worst;
    worst.why_unknown = values.empty() ? "no attempt was made" : values.front().why_unknown;
    for (MeasureValue const& value : values) {
        if (!value.known) continue;
        worst.known = true;
        worst.why_unknown.clear();
        worst.at_least = std::max(worst.at_least, value.at_least);
        worst.at_most = std::max(worst.at_most, value.at_most);
        worst.best = std::max(worst.best, value.best);
    }
    return worst;
}

RegisterForGroups::RegisterForGroups(
    std::string_view suffix, std::string_view summary, Unit unit,
    std::function<MeasureValue(Study const&, Group const&)> const& compute) {
    // The registry keeps views only. A deque does not move what it holds.
    static std::deque<std::string> texts;
    auto const keep = [](std::string text) -> std::string_view {
        return texts.emplace_back(std::move(text));
    };
    for (Group const& group : groups())
        RegisterMeasure const registered{
            {.name = keep(fmt::format("{}.{}", group.name, suffix)),
             .summary = keep(fmt::format(fmt::runtime(summary), group.what)),
             .unit = unit,
             .compute = [compute, &group](Study const& study) { return compute(study, group); }}};
}

}  // namespace interregnum
