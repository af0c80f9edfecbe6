// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/judge.h"
#include "reports/statistics/numbers.h"
#include "reports/statistics/repeats.h"
#include "reports/statistics/table.h"

namespace interregnum {
namespace {

using Json = nlohmann::ordered_json;

// Raised when a reader of the old shape could misread the new.
constexpr int repeats_schema = 1;

constexpr std::string_view with_leader = "etcd leader with the leader";
constexpr std::string_view elsewhere = "etcd leader elsewhere";

std::vector<std::string> cells(std::string label, Spread const& spread, Unit unit) {
    std::vector<std::string> row{std::move(label), std::to_string(spread.count)};
    if (spread.count == 0) return row;
    row.push_back(show_bounded(spread.median, unit));
    row.push_back(spread.p95 ? show_bounded(*spread.p95, unit) : "-");
    row.push_back(show_bounded(spread.max, unit));
    row.push_back(spread.interval ? show_interval(*spread.interval, unit) : "-");
    return row;
}

bool is_always_zero(Spread const& spread) {
    return spread.median.low == 0 && spread.max == Bounded{};
}

std::vector<std::vector<std::string>> rows_of(RepeatGroup const& group, bool everything) {
    std::vector<std::vector<std::string>> rows;
    for (MeasureSpread const& measure : group.measures) {
        if (!everything && (!measure.headline || is_always_zero(measure.all))) continue;
        rows.push_back(cells(measure.measure, measure.all, measure.unit));
        if (measure.etcd_with_leader.count + measure.etcd_elsewhere.count == 0) continue;
        if (measure.unit != Unit::duration || is_always_zero(measure.all)) continue;
        rows.push_back(
            cells(fmt::format("  {}", with_leader), measure.etcd_with_leader, measure.unit));
        rows.push_back(cells(fmt::format("  {}", elsewhere), measure.etcd_elsewhere, measure.unit));
    }
    return rows;
}

// What the table must not be read without.
std::vector<std::string> remarks(RepeatGroup const& group) {
    std::vector<std::string> lines;
    std::vector<std::string> zero;
    for (MeasureSpread const& measure : group.measures)
        if (measure.headline && is_always_zero(measure.all)) zero.push_back(measure.measure);
    if (!zero.empty()) lines.push_back(fmt::format("0 in every run: {}", fmt::join(zero, ", ")));
    if (std::size_t const out = group.runs.size() - group.counted; out > 0)
        lines.push_back(count_runs(out) +
                        " left out of the numbers: not played to an end that proves something");
    if (group.counted < interval_from)
        lines.push_back(
            fmt::format("{} too few to claim where the median lies (from {} on), or a 95th "
                        "percentile (from {})",
                        group.counted == 1 ? "1 run is" : count_runs(group.counted) + " are",
                        interval_from, p95_from));
    else if (group.counted < p95_from)
        lines.push_back(fmt::format("{} are too few for a 95th percentile (from {} on)",
                                    count_runs(group.counted), p95_from));
    return lines;
}

std::string title(RepeatGroup const& group) {
    auto const [low, high] = std::ranges::minmax(group.runs, {}, &RunSummary::seed);
    std::string const seeds = low.seed == high.seed
                                  ? fmt::format("seed {}", low.seed)
                                  : fmt::format("seeds {} to {}", low.seed, high.seed);
    return fmt::format("{} of {} on {} ({}): {}", count_runs(group.runs.size()), group.scenario,
                       group.cluster, seeds, count_verdicts(group.runs));
}

std::vector<std::string> const heads{"measure", "n", "median", "p95", "max", "95 % of the median"};

std::string text_of(RepeatGroup const& group) {
    std::string text = title(group) + '\n';
    text += text_table(heads, rows_of(group, false), "  ");
    for (std::string const& line : remarks(group)) text += "  " + line + '\n';
    return text;
}

std::string markdown_of(RepeatGroup const& group) {
    std::string text = "## " + markdown_cell(title(group)) + "\n\n";
    text += markdown_table(heads, rows_of(group, true)) + '\n';
    for (std::string const& line : remarks(group)) text += "- " + markdown_cell(line) + '\n';
    return text;
}

Json json_of(double value) { return std::isfinite(value) ? Json(std::llround(value)) : Json(); }

Json json_of(Bounded const& value) {
    return {{"best", json_of(value.best)},
            {"at_least", json_of(value.low)},
            {"at_most", json_of(value.high)}};
}

Json json_of(Spread const& spread) {
    Json json{{"n", spread.count}, {"unknown", spread.unknown}};
    if (spread.count == 0) return json;
    json["median"] = json_of(spread.median);
    json["p95"] = spread.p95 ? json_of(*spread.p95) : Json();
    json["max"] = json_of(spread.max);
    json["median_interval_95"] = spread.interval ? Json{{"from", json_of(spread.interval->low)},
                                                        {"to", json_of(spread.interval->high)}}
                                                 : Json();
    return json;
}

std::string_view unit_word(Unit unit) {
    return unit == Unit::duration ? "ns" : (unit == Unit::bytes ? "bytes" : "count");
}

Json json_of(RepeatGroup const& group) {
    Json runs = Json::array();
    for (RunSummary const& run : group.runs)
        runs.push_back({{"id", run.id},
                        {"seed", run.seed},
                        {"started", run.started},
                        {"verdict", verdict_key(run.verdict)},
                        {"counts", counts(run)},
                        {"etcd_leader_with_leader",
                         run.etcd_with_leader ? Json(*run.etcd_with_leader) : Json()}});
    Json measures = Json::object();
    for (MeasureSpread const& measure : group.measures) {
        Json item = json_of(measure.all);
        item["unit"] = unit_word(measure.unit);
        item["etcd_leader_with_leader"] = json_of(measure.etcd_with_leader);
        item["etcd_leader_elsewhere"] = json_of(measure.etcd_elsewhere);
        measures[measure.measure] = std::move(item);
    }
    return {{"scenario", group.scenario}, {"cluster", group.cluster},
            {"runs", std::move(runs)},    {"counted", group.counted},
            {"remarks", remarks(group)},  {"measures", std::move(measures)}};
}

}  // namespace

Told tell_repeats(std::vector<RunSummary> const& runs) {
    Told told;
    Json json{{"schema", repeats_schema}, {"groups", Json::array()}};
    told.markdown = "# Repeats\n";
    for (RepeatGroup const& group : repeat_groups(runs)) {
        told.text += text_of(group);
        told.markdown += '\n' + markdown_of(group);
        json["groups"].push_back(json_of(group));
    }
    told.json = json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
    return told;
}

}  // namespace interregnum
