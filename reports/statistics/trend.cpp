// SPDX-License-Identifier: MIT
#include "reports/statistics/trend.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/clock.h"
#include "harness/base/nights.h"
#include "harness/base/units.h"
#include "reports/statistics/compare.h"
#include "reports/statistics/numbers.h"
#include "reports/statistics/repeats.h"
#include "reports/statistics/table.h"
#include "reports/statistics/trend_page.h"

namespace interregnum {
namespace {

using Json = nlohmann::ordered_json;

constexpr double widest_bar = 40;
// From the beginning of one night to that of the next, however late that one is. A line that has
// been silent for longer is drilled no more. That there is a newer night says nothing alone: a gate
// that was resumed in the morning begins one, and so does a single run in the afternoon.
constexpr Duration longest_rhythm = std::chrono::hours(36);

/// When the nights of each cluster began.
using Begins = std::map<std::string, std::vector<std::string>>;

Begins begins_of(std::vector<RunSummary> const& runs) {
    std::map<std::string, std::vector<std::string>> started;
    for (RunSummary const& run : runs) started[run.cluster].push_back(run.started);
    Begins begins;
    for (auto& [cluster, instants] : started) begins[cluster] = night_begins(std::move(instants));
    return begins;
}

// The newest night of any cluster, where it began so long after this line's last one; else "".
std::string newer_night(TrendLine const& line, Begins const& all) {
    std::string const& last = line.nights.back().began;
    std::vector<std::string> const* newest = &all.at(line.cluster);
    for (auto const& [cluster, begins] : all)
        if (begins.back() > newest->back()) newest = &begins;
    auto const then = parse_wall(last);
    auto const now = parse_wall(newest->back());
    if (!then || !now || *now - *then <= longest_rhythm) return {};
    return night_name(newest->back(), *newest);
}

std::vector<Night> nights_of(std::vector<RunSummary> const& runs,
                             std::vector<std::string> const& begins, std::string const& measure,
                             int most_before) {
    std::map<std::string, Night> by_begin;
    for (RunSummary const& run : runs) by_begin[night_of(run.started, begins)].runs.push_back(run);
    std::vector<Night> nights;
    for (auto& [began, night] : by_begin) {
        night.began = began;
        night.date = night_name(began, begins);
        night.sample = sample_of(night.runs, measure);
        nights.push_back(std::move(night));
    }
    auto const keep = static_cast<std::size_t>(most_before) + 1;
    if (nights.size() > keep)
        nights.erase(nights.begin(), nights.end() - static_cast<std::ptrdiff_t>(keep));
    return nights;
}

// The newest night against all before it, when all bounds speak for it.
void test_newest(TrendLine& line) {
    std::vector<double> before;
    for (std::size_t i = 0; i + 1 < line.nights.size(); ++i)
        for (Bounded const& value : line.nights[i].sample) before.push_back(value.high);
    std::vector<double> newest;
    for (Bounded const& value : line.nights.back().sample) newest.push_back(value.low);
    line.p = rank_test(before, newest).p_greater;
}

// One direction is asked about, so half of the smallest two-sided p can be reached.
double smallest_p_of(TrendLine const& line) {
    if (!line.newer.empty()) return 1;
    std::size_t before = 0;
    for (std::size_t i = 0; i + 1 < line.nights.size(); ++i) before += line.nights[i].sample.size();
    return smallest_p(before, line.nights.back().sample.size()) / 2;
}

std::string bar(double value, double largest) {
    if (!(largest > 0) || !std::isfinite(value)) return {};
    auto const length = std::lround(std::max(0.0, value) / largest * widest_bar);
    return std::string(static_cast<std::size_t>(length), '#');
}

std::string text_of(TrendLine const& line, std::string const& measure) {
    double largest = 0;
    for (Night const& night : line.nights)
        if (!night.sample.empty()) largest = std::max(largest, quantile(night.sample, 0.5).best);
    TableRows rows;
    for (Night const& night : line.nights) {
        std::vector<std::string> row{night.date, std::to_string(night.sample.size())};
        if (night.sample.empty()) {
            row.insert(row.end(), {"-", ""});
        } else {
            Bounded const median = quantile(night.sample, 0.5);
            row.insert(row.end(), {show_bounded(median, line.unit), bar(median.best, largest)});
        }
        row.push_back(count_verdicts(night.runs));
        rows.push_back(std::move(row));
    }
    return fmt::format(
        "{} of {} on {}, median a night\n{}  {}\n", measure, line.scenario, line.cluster,
        text_table({"night (UTC)", "n", "median", "", "runs"}, rows, "  "), trend_sentence(line));
}

Json json_of(TrendLine const& line) {
    Json nights = Json::array();
    auto const number = [](double value) {
        return std::isfinite(value) ? Json(std::llround(value)) : Json();
    };
    for (Night const& night : line.nights) {
        Json item{{"night", night.date},
                  {"began", night.began},
                  {"runs", night.runs.size()},
                  {"n", night.sample.size()},
                  {"median", Json()}};
        if (!night.sample.empty()) {
            Bounded const median = quantile(night.sample, 0.5);
            item["median"] = {{"best", number(median.best)},
                              {"at_least", number(median.low)},
                              {"at_most", number(median.high)}};
        }
        nights.push_back(std::move(item));
    }
    return {{"scenario", line.scenario},
            {"cluster", line.cluster},
            {"nights", nights},
            {"p", line.p},
            {"can_tell", line.can_tell},
            {"newer", line.newer.empty() ? Json() : Json(line.newer)},
            {"regressed", line.regressed},
            {"sentence", trend_sentence(line)}};
}

}  // namespace

std::string trend_sentence(TrendLine const& line) {
    if (!line.newer.empty())
        return fmt::format("not judged: {} was not played in the newest night, {}", line.scenario,
                           line.newer);
    if (!line.can_tell)
        return fmt::format("too few runs to tell whether {} is worse than the nights before",
                           line.nights.back().date);
    std::string const p = line.p < 0.001 ? "p < 0.001" : fmt::format("p = {:.3f}", line.p);
    std::string const nights = count_runs(line.nights.size() - 1, "night");
    if (line.regressed)
        return fmt::format("REGRESSION: {} is worse than the {} before ({})",
                           line.nights.back().date, nights, p);
    return fmt::format("{} is not worse than the {} before by more than chance explains ({})",
                       line.nights.back().date, nights, p);
}

std::vector<TrendLine> trend_lines(std::vector<RunSummary> const& runs, std::string const& measure,
                                   int nights, std::string const& scenario) {
    Begins const begins = begins_of(runs);
    std::vector<TrendLine> lines;
    for (RepeatGroup const& group : repeat_groups(runs)) {
        if (!scenario.empty() && group.scenario != scenario) continue;
        TrendLine line{.scenario = group.scenario,
                       .cluster = group.cluster,
                       .nights = nights_of(group.runs, begins.at(group.cluster), measure, nights)};
        line.newer = newer_night(line, begins);
        for (RunSummary const& run : group.runs)
            if (auto const found = run.measures.find(measure); found != run.measures.end())
                line.unit = found->second.unit;
        test_newest(line);
        lines.push_back(std::move(line));
    }
    std::vector<double> smallest;
    for (TrendLine const& line : lines) smallest.push_back(smallest_p_of(line));
    auto const can = can_be_claimed(smallest);
    std::vector<double> p;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        lines[i].can_tell = can[i];
        if (can[i])
            p.push_back(lines[i].p);
        else
            lines[i].p = 1;
    }
    auto const adjusted = holm(p);
    std::size_t next = 0;
    for (TrendLine& line : lines) {
        if (!line.can_tell) continue;
        line.p = adjusted[next++];
        line.regressed = line.p <= claim_level && more_is_worse(measure);
    }
    return lines;
}

Trend tell_trend(std::vector<RunSummary> const& runs, std::string const& measure, int nights,
                 std::string const& scenario) {
    Trend trend;
    Json json{{"schema", 1}, {"measure", measure}, {"lines", Json::array()}};
    auto const lines = trend_lines(runs, measure, nights, scenario);
    for (TrendLine const& line : lines) {
        trend.regressed = trend.regressed || line.regressed;
        trend.can_tell = trend.can_tell || line.can_tell;
        trend.told.text += text_of(line, measure);
        json["lines"].push_back(json_of(line));
    }
    json["regressed"] = trend.regressed;
    json["can_tell"] = trend.can_tell;
    trend.told.json = json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
    trend.page = trend_page(lines, measure);
    return trend;
}

namespace {

RegisterTrend const registered{{.name = "default", .tell = tell_trend}};

}  // namespace
}  // namespace interregnum
