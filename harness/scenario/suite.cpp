// SPDX-License-Identifier: MIT
#include "harness/scenario/suite.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "harness/base/text_file.h"
#include "harness/base/units.h"
#include "harness/scenario/reading.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_limit = 1U << 20U;
constexpr std::int64_t most_repeats = 1000;
constexpr std::int64_t most_value = 100;
// Below that a 95th percentile is another word for the maximum (reports/statistics/sample.h).
constexpr int p95_from = 20;

constexpr std::array<Statistic, 3> statistics_there_are{Statistic::median, Statistic::p95,
                                                        Statistic::max};

/// What a suite is read with, all the way down.
struct Reading {
    Mistakes& all;
    FileMistakes& of_file;
    fs::path folder;
    std::vector<std::string> const* node_names;
};

/// `{ "median": "<= 30s", "max": "<= 60s" }` of one measure.
void read_thresholds_on(MeasureKind const& measure, Value const& value, std::string const& path,
                        Reading const& reading, SuiteDrill& drill) {
    ObjectReader reader(value, path, reading.of_file);
    for (Statistic const statistic : statistics_there_are) {
        Value const* const limit = reader.value(to_string(statistic));
        if (limit == nullptr) continue;
        Member const member{
            .key = std::string(to_string(statistic)), .at = limit->at, .value = *limit};
        auto made = reading::limit_of(reader, member, measure);
        if (made && statistic == Statistic::p95 && drill.repeats < p95_from)
            reader.wrong(member.key, fmt::format("{} repeats tell no 95th percentile: repeat it {} "
                                                 "times, or limit \"max\"",
                                                 drill.repeats, p95_from));
        if (made) drill.thresholds.push_back({.statistic = statistic, .limit = std::move(*made)});
    }
    reader.finish();
}

void read_thresholds(ObjectReader& of_drill, Reading const& reading, SuiteDrill& drill) {
    Value const* const given = of_drill.value("thresholds");
    if (given == nullptr) return;
    ObjectReader reader(*given, of_drill.path_of("thresholds"), reading.of_file);
    for (Member const& member : given->members)
        if (MeasureKind const* const measure = reading::measure_of(reader, member))
            read_thresholds_on(*measure, member.value, reader.path_of(member.key), reading, drill);
}

/// `"set": { "workload.orders.rate": "20/s" }` as the pairs that `--set` gives.
std::vector<std::pair<std::string, std::string>> read_sets(ObjectReader& of_drill,
                                                           FileMistakes& mistakes,
                                                           SuiteDrill& drill) {
    std::vector<std::pair<std::string, std::string>> pairs;
    Value const* const given = of_drill.value("set");
    if (given == nullptr) return pairs;
    ObjectReader reader(*given, of_drill.path_of("set"), mistakes);
    for (Member const& member : given->members) {
        Value const& value = member.value;
        std::string text = value.text;
        if (value.kind == Value::Kind::boolean)
            text = value.boolean ? "true" : "false";
        else if (value.kind != Value::Kind::string && value.kind != Value::Kind::number)
            reader.mistakes().add(value.at, reader.path_of(member.key),
                                  "expected a text, a number, true or false, got " + show(value));
        drill.sets.push_back(member.key + "=" + text);
        pairs.emplace_back(member.key, std::move(text));
    }
    return pairs;
}

/// `"expect": { "write.downtime": "<= 30s" }` as the texts that `--expect` gives.
void read_expects(ObjectReader& of_drill, FileMistakes& mistakes, SuiteDrill& drill) {
    Value const* const given = of_drill.value("expect");
    if (given == nullptr) return;
    ObjectReader reader(*given, of_drill.path_of("expect"), mistakes);
    for (Member const& member : given->members)
        if (MeasureKind const* const measure = reading::measure_of(reader, member))
            if (auto const limit = reading::limit_of(reader, member, *measure))
                drill.expects.push_back(limit->text);
}

Result<std::string> scenario_file(std::string const& name, fs::path const& folder) {
    if (name.find('/') == std::string::npos && !name.ends_with(".json")) return find_scenario(name);
    fs::path const path = fs::path(name).is_absolute() ? fs::path(name) : folder / name;
    return find_scenario(path.string());
}

SuiteDrill read_drill(Value const& value, std::string const& path, Reading const& reading) {
    SuiteDrill drill;
    ObjectReader reader(value, path, reading.of_file);
    reader.require("scenario", "the name of one that ships, or a file");
    auto const name = reader.text("scenario");
    if (auto const repeats = reader.option({.name = "repeat",
                                            .type = OptionType::integer,
                                            .at_least = 1,
                                            .at_most = most_repeats}))
        drill.repeats = static_cast<int>(std::get<std::int64_t>(*repeats));
    if (auto const worth = reader.option(
            {.name = "value", .type = OptionType::integer, .at_least = 0, .at_most = most_value}))
        drill.value = static_cast<int>(std::get<std::int64_t>(*worth));
    auto const pairs = read_sets(reader, reading.of_file, drill);
    read_expects(reader, reading.of_file, drill);
    read_thresholds(reader, reading, drill);
    reader.finish();
    if (!name) return drill;
    auto const file = scenario_file(*name, reading.folder);
    auto scenario =
        file ? load_scenario(*file, pairs, drill.expects, reading.all, reading.node_names)
             : std::unexpected(file.error());
    if (scenario)
        drill.scenario = std::move(*scenario);
    else
        reader.wrong("scenario", scenario.error().message);
    return drill;
}

bool is_id(std::string_view text) {
    return text.size() <= 40 && std::ranges::all_of(text, [](char letter) {
               return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                      letter == '-';
           });
}

/// `"manual": { "restore-tested": "A backup of last night was restored" }`
void read_manual(ObjectReader& top, Suite& suite) {
    Value const* const given = top.value("manual");
    if (given == nullptr) return;
    ObjectReader reader(*given, top.path_of("manual"), top.mistakes());
    for (Member const& member : given->members) {
        auto text = reader.text(member.key);
        if (!is_id(member.key))
            reader.mistakes().add(member.at, reader.path_of(member.key),
                                  "expected a short name of a-z, 0-9 and \"-\", such as "
                                  "\"restore-tested\"");
        else if (text)
            suite.manual.push_back({.id = member.key, .text = std::move(*text)});
    }
}

/// `"before": [["systemctl", "stop", "pager"]]`
std::vector<Hook> read_hooks(ObjectReader& top, std::string_view key) {
    std::vector<Hook> hooks;
    Value const* const given = top.value(key);
    if (given == nullptr) return hooks;
    if (given->kind != Value::Kind::array) {
        top.wrong(key, "expected a list of commands, each a list of its words");
        return hooks;
    }
    for (std::size_t index = 0; index < given->items.size(); ++index) {
        std::string const path = join_path(top.path_of(key), index);
        auto words = read_text_list(given->items[index], path, top.mistakes());
        if (words && words->empty())
            top.mistakes().add(given->items[index].at, path, "expected a program, got no word");
        else if (words)
            hooks.push_back(std::move(*words));
    }
    return hooks;
}

void read_drills(ObjectReader& top, Reading const& reading, Suite& suite) {
    top.require("drills", R"(a list such as [{ "scenario": "kill-leader", "repeat": 3 }])");
    Value const* const given = top.value("drills");
    if (given == nullptr) return;
    if (given->kind != Value::Kind::array || given->items.empty()) {
        top.wrong("drills", "expected a list of at least one drill, got " + show(*given));
        return;
    }
    // Results are told by scenario: two entries of one would be taken for one drill.
    std::set<std::string> names;
    for (std::size_t index = 0; index < given->items.size(); ++index) {
        std::string const path = join_path(top.path_of("drills"), index);
        suite.drills.push_back(read_drill(given->items[index], path, reading));
        std::string const& name = suite.drills.back().scenario.name;
        if (!name.empty() && !names.insert(name).second)
            top.mistakes().add(given->items[index].at, path,
                               fmt::format("\"{}\" is in this suite already: repeat it there, or "
                                           "copy the file under another name",
                                           name));
    }
}

}  // namespace

Suite parse_suite(std::string const& file, std::string_view text, Mistakes& mistakes,
                  std::vector<std::string> const* node_names) {
    Suite suite{.name = fs::path(file).stem().string()};
    FileMistakes of_file(file, mistakes);
    auto const root = parse_json(text, of_file, {.bytes = file_limit});
    if (!root) return suite;
    ObjectReader top(*root, "", of_file);
    if (!top.is_object()) return suite;
    top.value("$schema");  // editors look for it
    reading::read_title(top, suite.title);
    if (auto const severity = top.one_of("preflight", {"stop", "warn", "off"}))
        suite.preflight = *severity == "stop"   ? Suite::Preflight::stop
                          : *severity == "warn" ? Suite::Preflight::warn
                                                : Suite::Preflight::off;
    if (auto const retries = top.option(
            {.name = "retries", .type = OptionType::integer, .at_least = 0, .at_most = 20}))
        suite.retries = static_cast<int>(std::get<std::int64_t>(*retries));
    if (auto const stop = top.flag("stop_when_clear")) suite.stop_when_clear = *stop;
    Reading const reading{.all = mistakes,
                          .of_file = of_file,
                          .folder = fs::path(file).parent_path(),
                          .node_names = node_names};
    read_drills(top, reading, suite);
    read_manual(top, suite);
    suite.before = read_hooks(top, "before");
    suite.after = read_hooks(top, "after");
    top.finish();
    return suite;
}

Result<Suite> load_suite(std::string const& file, Mistakes& mistakes,
                         std::vector<std::string> const* node_names) {
    auto const text = read_text_file(file, file_limit);
    if (!text) return std::unexpected(text.error());
    return parse_suite(file, *text, mistakes, node_names);
}

}  // namespace interregnum
