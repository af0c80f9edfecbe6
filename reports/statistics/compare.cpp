// SPDX-License-Identifier: MIT
#include "reports/statistics/compare.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "reports/statistics/repeats.h"

namespace interregnum {
namespace {

std::vector<double> bounds(std::vector<Bounded> const& sample, double Bounded::* member) {
    std::vector<double> values;
    for (Bounded const& value : sample) values.push_back(value.*member);
    return values;
}

using ByScenario = std::map<std::string, std::vector<RunSummary>>;

ByScenario by_scenario(std::vector<RunSummary> const& runs) {
    ByScenario sorted;
    for (RunSummary const& run : runs) sorted[run.scenario].push_back(run);
    return sorted;
}

std::map<std::string, Unit> units_of(std::vector<RunSummary> const& runs) {
    std::map<std::string, Unit> units;
    for (RunSummary const& run : runs)
        for (auto const& [name, measured] : run.measures) units.emplace(name, measured.unit);
    return units;
}

bool all_same(std::vector<Bounded> const& a, std::vector<Bounded> const& b) {
    auto const same = [&](Bounded const& value) { return value == a.front(); };
    return std::ranges::all_of(a, same) && std::ranges::all_of(b, same);
}

MeasureComparison compare_one(MeasureComparison made) {
    made.a_median = quantile(made.a, 0.5);
    made.b_median = quantile(made.b, 0.5);
    made.shift = shift(made.a, made.b);
    made.varies = !all_same(made.a, made.b);
    RankTest const test = bounded_rank_test(made.a, made.b);
    made.p = test.p;
    made.exact = test.exact;
    return made;
}

// Larger where the ranks say so; the shift can be 0 where most values are equal.
Claim direction(MeasureComparison const& made) {
    RankTest const best = rank_test(bounds(made.a, &Bounded::best), bounds(made.b, &Bounded::best));
    return best.p_greater < best.p_less ? Claim::larger : Claim::smaller;
}

void make_claims(std::vector<MeasureComparison>& all) {
    std::vector<MeasureComparison*> varying;
    std::vector<double> smallest;
    for (MeasureComparison& made : all) {
        double const least = smallest_p(made.a.size(), made.b.size());
        if (least > claim_level) made.claim = Claim::too_few;
        if (!made.varies) continue;
        varying.push_back(&made);
        smallest.push_back(least);
    }
    auto const can = can_be_claimed(smallest);
    std::vector<double> p;
    for (std::size_t i = 0; i < varying.size(); ++i)
        if (can[i])
            p.push_back(varying[i]->p);
        else
            varying[i]->claim = Claim::too_few;
    auto const adjusted = holm(p);
    std::size_t next = 0;
    for (MeasureComparison* made : varying) {
        if (made->claim == Claim::too_few) continue;
        made->adjusted = adjusted[next++];
        if (made->adjusted <= claim_level) made->claim = direction(*made);
    }
}

}  // namespace

RankTest bounded_rank_test(std::vector<Bounded> const& a, std::vector<Bounded> const& b) {
    RankTest const best = rank_test(bounds(a, &Bounded::best), bounds(b, &Bounded::best));
    bool const larger = best.p_greater < best.p_less;
    RankTest sure = larger ? rank_test(bounds(a, &Bounded::high), bounds(b, &Bounded::low))
                           : rank_test(bounds(a, &Bounded::low), bounds(b, &Bounded::high));
    sure.p = std::min(1.0, 2 * (larger ? sure.p_greater : sure.p_less));
    return sure;
}

std::vector<double> holm(std::vector<double> const& p) {
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t index) { return p[index]; });
    std::vector<double> adjusted(p.size());
    double before = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        auto const left = static_cast<double>(p.size() - rank);
        before = std::max(before, std::min(1.0, left * p[order[rank]]));
        adjusted[order[rank]] = before;
    }
    return adjusted;
}

std::vector<bool> can_be_claimed(std::vector<double> const& smallest) {
    std::vector<bool> can(smallest.size());
    for (std::size_t tests = 1; tests <= smallest.size(); ++tests) {
        double const level = claim_level / static_cast<double>(tests);
        std::size_t reach = 0;
        for (std::size_t i = 0; i < smallest.size(); ++i) {
            can[i] = smallest[i] <= level;
            reach += can[i] ? 1U : 0U;
        }
        if (reach <= tests) break;
    }
    return can;
}

std::vector<MeasureComparison> compare_measures(std::vector<RunSummary> const& a,
                                                std::vector<RunSummary> const& b,
                                                std::vector<std::string> const& measures) {
    std::vector<MeasureComparison> all;
    ByScenario const of_b = by_scenario(b);
    for (auto const& [scenario, runs] : by_scenario(a)) {
        auto const other = of_b.find(scenario);
        if (other == of_b.end()) continue;
        auto const units_of_b = units_of(other->second);
        for (auto const& [name, unit] : units_of(runs)) {
            bool const wanted = measures.empty()
                                    ? is_headline(runs, name) || is_headline(other->second, name)
                                    : std::ranges::find(measures, name) != measures.end();
            auto const also = units_of_b.find(name);
            if (!wanted || also == units_of_b.end() || also->second != unit) continue;
            MeasureComparison made{.scenario = scenario,
                                   .measure = name,
                                   .unit = unit,
                                   .a = sample_of(runs, name),
                                   .b = sample_of(other->second, name)};
            if (made.a.empty() || made.b.empty()) continue;
            all.push_back(compare_one(std::move(made)));
        }
    }
    make_claims(all);
    return all;
}

bool more_is_worse(std::string_view measure) {
    // How many attempts had no answer is said by the downtimes; what became of them is luck.
    return !measure.starts_with("unknown.");
}

}  // namespace interregnum
