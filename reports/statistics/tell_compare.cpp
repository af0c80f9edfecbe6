// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/statistics/compare.h"
#include "reports/statistics/numbers.h"
#include "reports/statistics/repeats.h"
#include "reports/statistics/table.h"

namespace interregnum {
namespace {

using Json = nlohmann::ordered_json;

// Raised when a reader of the old shape could misread the new.
constexpr int compare_schema = 1;

std::string show_p(double p) {
    return p < 0.001 ? "p < 0.001" : fmt::format("p = {:.{}f}", p, p < 0.1 ? 3 : 2);
}

// "8.20 s shorter (5.10 to 10.90)".
std::string by_how_much(MeasureComparison const& compared) {
    bool const larger = compared.claim == Claim::larger;
    std::string_view const word = compared.unit == Unit::duration ? (larger ? "longer" : "shorter")
                                                                  : (larger ? "more" : "less");
    double const best = compared.shift.estimate.best;
    // Where most values are equal the median difference is none, and the ranks differ all the same.
    if (best == 0 || (best > 0) != larger)
        return fmt::format("{} in more runs than chance explains, in most the same", word);
    double const sign = larger ? 1 : -1;
    std::string text = fmt::format("{} {}", show_number(std::abs(best), compared.unit), word);
    if (!compared.shift.interval) return text;
    Interval span{sign * compared.shift.interval->low, sign * compared.shift.interval->high};
    if (!larger) std::swap(span.low, span.high);
    return text + fmt::format(" ({})", show_interval(span, compared.unit));
}

std::string side_text(std::string_view name, std::vector<RunSummary> const& runs) {
    std::set<std::string> scenarios;
    std::set<std::string> clusters;
    for (RunSummary const& run : runs) {
        scenarios.insert(run.scenario);
        clusters.insert(run.cluster);
    }
    std::string text =
        fmt::format("{}: {} of {} on {}: {}", name, count_runs(runs.size()),
                    fmt::join(scenarios, ", "), fmt::join(clusters, ", "), count_verdicts(runs));
    auto const out = runs.size() - static_cast<std::size_t>(std::ranges::count_if(runs, counts));
    if (out > 0)
        text += fmt::format("; {} left out: not played to an end that proves something", out);
    return text + '\n';
}

// Scenarios of which only one side has runs.
std::string alone(std::vector<RunSummary> const& a, std::vector<RunSummary> const& b) {
    auto const only = [](std::vector<RunSummary> const& these,
                         std::vector<RunSummary> const& not_in) {
        std::set<std::string> names;
        for (RunSummary const& run : these)
            if (std::ranges::find(not_in, run.scenario, &RunSummary::scenario) == not_in.end())
                names.insert(run.scenario);
        return names;
    };
    std::string text;
    for (auto const& [name, names] : {std::pair{'A', only(a, b)}, std::pair{'B', only(b, a)}})
        if (!names.empty())
            text +=
                fmt::format("only {} has runs of {}: not compared\n", name, fmt::join(names, ", "));
    return text;
}

Json json_of(double value) { return std::isfinite(value) ? Json(std::llround(value)) : Json(); }

Json json_of(Bounded const& value) {
    return {{"best", json_of(value.best)},
            {"at_least", json_of(value.low)},
            {"at_most", json_of(value.high)}};
}

std::string_view claim_word(Claim claim) {
    switch (claim) {
        case Claim::none:
            return "none";
        case Claim::larger:
            return "b_larger";
        case Claim::smaller:
            return "b_smaller";
        case Claim::too_few:
            return "too_few";
    }
    return "none";
}

Json json_of(MeasureComparison const& made) {
    Json json{{"scenario", made.scenario},
              {"measure", made.measure},
              {"unit",
               made.unit == Unit::duration ? "ns" : (made.unit == Unit::bytes ? "bytes" : "count")},
              {"a", {{"n", made.a.size()}, {"median", json_of(made.a_median)}}},
              {"b", {{"n", made.b.size()}, {"median", json_of(made.b_median)}}},
              {"shift", json_of(made.shift.estimate)},
              {"shift_interval_95", made.shift.interval
                                        ? Json{{"from", json_of(made.shift.interval->low)},
                                               {"to", json_of(made.shift.interval->high)}}
                                        : Json()},
              {"p", made.p},
              {"p_adjusted", made.adjusted},
              {"p_exact", made.exact},
              {"claim", claim_word(made.claim)},
              {"sentence", sentence_of(made)}};
    return json;
}

std::string text_of(std::vector<MeasureComparison> const& all) {
    std::string text;
    std::string scenario;
    TableRows rows;
    auto const flush = [&] {
        text += text_table({scenario, "A median", "n", "B median", "n", ""}, rows, "  ");
        rows.clear();
    };
    for (MeasureComparison const& made : all) {
        if (made.scenario != scenario) flush();
        scenario = made.scenario;
        rows.push_back({made.measure, show_bounded(made.a_median, made.unit),
                        std::to_string(made.a.size()), show_bounded(made.b_median, made.unit),
                        std::to_string(made.b.size()), sentence_of(made)});
    }
    flush();
    return text;
}

std::string verdict_of(std::vector<MeasureComparison> const& all, ComparedRuns const& compared) {
    if (all.empty()) return "nothing to compare: no scenario and measure has runs on both sides";
    auto const tested = std::ranges::count_if(all, [](MeasureComparison const& made) {
        return made.varies && made.claim != Claim::too_few;
    });
    if (!compared.can_tell)
        return "nothing can be claimed: so few runs differ by chance (from 4 on each side on, "
               "they can be told apart; of several measures, which --measure names, from more on)";
    std::string const corrected =
        tested > 1 ? fmt::format(" (p corrected for {} measures)", tested) : "";
    if (compared.claims == 0) return "no difference claimed" + corrected;
    return fmt::format("{} claimed, {} for the worse{}",
                       count_runs(static_cast<std::size_t>(compared.claims), "difference"),
                       compared.worse, corrected);
}

}  // namespace

std::string sentence_of(MeasureComparison const& made) {
    if (!made.varies) return "the same in every run";
    if (made.claim == Claim::too_few) {
        double const least = smallest_p(made.a.size(), made.b.size());
        return fmt::format("too few runs to claim anything{}: p is at least {:.{}f}",
                           least > claim_level ? "" : " of so many measures", least,
                           least > claim_level ? 2
                           : least < 0.001     ? 4
                                               : 3);
    }
    if (made.claim == Claim::none)
        return fmt::format("no difference claimed ({})", show_p(made.adjusted));
    return fmt::format("B is {}, {}", by_how_much(made), show_p(made.adjusted));
}

ComparedRuns compare_runs(std::vector<RunSummary> const& a, std::vector<RunSummary> const& b,
                          std::vector<std::string> const& measures) {
    auto const all = compare_measures(a, b, measures);
    ComparedRuns compared;
    Json json{{"schema", compare_schema}, {"measures", Json::array()}};
    // What is the same in every run tells nothing of what is not.
    bool const any_varies = std::ranges::any_of(all, &MeasureComparison::varies);
    for (MeasureComparison const& made : all) {
        bool const claimed = made.claim == Claim::larger || made.claim == Claim::smaller;
        compared.claims += claimed ? 1 : 0;
        compared.worse += made.claim == Claim::larger && more_is_worse(made.measure) ? 1 : 0;
        compared.can_tell =
            compared.can_tell || (made.claim != Claim::too_few && (made.varies || !any_varies));
        json["measures"].push_back(json_of(made));
    }
    std::string const verdict = verdict_of(all, compared);
    json["claims"] = compared.claims;
    json["worse"] = compared.worse;
    json["can_tell"] = compared.can_tell;
    json["sentence"] = verdict;
    compared.told.text =
        side_text("A", a) + side_text("B", b) + alone(a, b) + text_of(all) + verdict + '\n';
    compared.told.json = json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
    return compared;
}

}  // namespace interregnum
