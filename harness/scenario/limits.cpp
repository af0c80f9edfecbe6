// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/scenario/reading.h"
#include "harness/scenario/templates.h"

namespace interregnum::reading {

namespace {

using record::Service;

constexpr std::array<std::pair<std::string_view, Service>, 4> live_measures{
    {{"write.downtime", Service::write},
     {"read.downtime", Service::read},
     {"cache.downtime", Service::cache},
     {"ticket.downtime", Service::ticket}}};

/// `{ "write.downtime": "2m", "split_brain": true }`
void read_abort_if(ObjectReader& top, Limits& limits) {
    Value const* const value = top.value("abort_if");
    if (value == nullptr) return;
    ObjectReader reader(*value, top.path_of("abort_if"), top.mistakes());
    limits.abort_if.reserve(live_measures.size());
    for (auto const& [name, service] : live_measures)
        if (auto const longest = reader.duration(name))
            limits.abort_if.emplace_back(service, *longest);
    limits.abort_at.reserve(breach_names.size());
    for (auto const& [name, breach] : breach_names)
        if (reader.flag(name).value_or(false)) limits.abort_at.push_back(breach);
    reader.finish();
}

}  // namespace

std::vector<std::string> const& abort_measures() {
    static std::vector<std::string> const names = [] {
        std::vector<std::string> made;
        for (auto const& [name, service] : live_measures) made.emplace_back(name);
        return made;
    }();
    return names;
}

Limits read_limits(ObjectReader& top, std::vector<Step> const& steps) {
    Limits limits;
    if (auto const allow = top.flag("allow_quorum_loss")) limits.allow_quorum_loss = *allow;
    if (auto const longest = top.duration("longest_fault")) limits.longest_fault = *longest;
    read_abort_if(top, limits);
    auto const check = [&](FaultStep const& fault, std::size_t index) {
        Duration const held = planned_hold(fault);
        if (held > limits.longest_fault)
            top.wrong("steps", fmt::format("step {} holds its fault for {}, longer than "
                                           "\"longest_fault\" ({}) allows",
                                           index + 1, format_duration(held),
                                           format_duration(limits.longest_fault)));
    };
    for (std::size_t index = 0; index < steps.size(); ++index) {
        if (auto const* fault = std::get_if<FaultStep>(&steps[index].what)) check(*fault, index);
        if (auto const* others = std::get_if<TemplateStep>(&steps[index].what))
            for (FaultStep const& fault : others->faults) check(fault, index);
    }
    return limits;
}

}  // namespace interregnum::reading
