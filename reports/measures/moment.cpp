// SPDX-License-Identifier: MIT
#include "reports/measures/moment.h"

#include <algorithm>
#include <map>

namespace interregnum {

using record::FaultStage;
using record::Offset;

Moment between(Offset low, Offset high) {
    low = std::min(low, high);
    return {.low = low, .high = high, .best = low + (high - low) / 2};
}

Moment exactly(Offset at) { return {.low = at, .high = at, .best = at}; }

MeasureValue span(Maybe const& from, Maybe const& to, std::string_view why_not) {
    if (!from || !to) return {.why_unknown = std::string(why_not)};
    auto const positive = [](Offset value) { return std::max<std::int64_t>(value.count(), 0); };
    MeasureValue value{.known = true,
                       .at_least = positive(to->low - from->high),
                       .at_most = positive(to->high - from->low),
                       .best = positive(to->best - from->best)};
    value.at_most = std::max(value.at_most, value.at_least);
    value.best = std::clamp(value.best, value.at_least, value.at_most);
    return value;
}

std::vector<FaultMoment> faults_of(record::Record const& record) {
    std::vector<FaultMoment> faults;
    std::map<std::string, std::size_t> index;
    for (auto const& event : record.faults) {
        auto const found = index.find(event.fault_id);
        if (event.stage == FaultStage::injecting ||
            (event.stage == FaultStage::injected && found == index.end())) {
            index[event.fault_id] = faults.size();
            faults.push_back({.kind = event.kind,
                              .targets = event.targets,
                              .injected = exactly(event.at),
                              .undone = {}});
        } else if (found != index.end()) {
            FaultMoment& fault = faults[found->second];
            if (event.stage == FaultStage::injected || event.stage == FaultStage::inject_failed)
                fault.injected.high = std::max(fault.injected.high, event.at);
            if (event.stage == FaultStage::undone) fault.undone = event.at;
        }
    }
    std::ranges::stable_sort(faults, {}, [](FaultMoment const& f) { return f.injected.low; });
    return faults;
}

}  // namespace interregnum
