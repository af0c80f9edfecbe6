// SPDX-License-Identifier: MIT
#include "harness/fitness/fitness.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace interregnum {

namespace {

std::size_t findings_of(JudgedItem const& item, Severity severity) {
    return static_cast<std::size_t>(
        std::ranges::count(item.result.findings(), severity, &FitnessFinding::severity));
}

}  // namespace

bool ItemResult::needs(FitnessNode const& node, std::string_view source) {
    if (node.facts.knows(source)) return true;
    unknown(fmt::format("{}: {}: {}", node.name, source, node.facts.why_not(source)));
    return false;
}

bool ItemResult::needs(ClusterFacts const& facts, std::string_view source) {
    if (facts.whole.knows(source)) return true;
    unknown(fmt::format("{}: {}", source, facts.whole.why_not(source)));
    return false;
}

bool Fitness::fit() const { return count(Severity::stop) == 0; }

std::size_t Fitness::count(Severity severity) const {
    return std::transform_reduce(
        items.begin(), items.end(), std::size_t{}, std::plus<>(),
        [&](JudgedItem const& item) { return findings_of(item, severity); });
}

std::size_t Fitness::not_known() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        items, [](JudgedItem const& item) { return !item.result.not_known().empty(); }));
}

Fitness judge_fitness(ClusterFacts const& facts) {
    Fitness fitness;
    for (FitnessItem const* item : Registry<FitnessItem>::all()) {
        if (item->asked != nullptr && !item->asked(facts)) continue;
        JudgedItem judged{.name = item->name, .result = {}};
        item->judge(facts, judged.result);
        fitness.items.push_back(std::move(judged));
    }
    return fitness;
}

}  // namespace interregnum
