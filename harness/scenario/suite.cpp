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
    ObjectReader const reader(*given, of_drill.path_of("set"), mistakes);
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

/// What an entry says of each of its drills.
struct Entry {
    SuiteDrill common;
    std::vector<std::pair<std::string, std::string>> sets;
};

/// That scenario as a drill of this entry; nothing, with a mistake at `key`, when it cannot be had.
std::optional<SuiteDrill> drill_of(Entry const& entry, std::string const& name,
                                   std::string_view key, ObjectReader& reader,
                                   Reading const& reading) {
    SuiteDrill drill = entry.common;
    auto const file = find_scenario_from(reading.folder.string(), name);
    auto scenario =
        file ? load_scenario(*file, entry.sets, drill.expects, reading.all, reading.node_names)
             : std::unexpected(file.error());
    if (!scenario) {
        reader.wrong(key, scenario.error().message);
        return std::nullopt;
    }
    drill.scenario = std::move(*scenario);
    return drill;
}

/// Results are told by scenario: two entries of one would be taken for one drill.
bool has(Suite const& suite, std::string const& name) {
    return std::ranges::any_of(suite.drills,
                               [&](SuiteDrill const& one) { return one.scenario.name == name; });
}

/// The names that entries of the suite give themselves; a tag brings none of these again.
std::set<std::string> names_given(Value const& drills) {
    std::set<std::string> names;
    for (Value const& entry : drills.items)
        if (Value const* const name = entry.find("scenario"))
            names.insert(fs::path(name->text).stem().string());
    return names;
}

void add_tagged(Entry const& entry, std::string const& tag, std::set<std::string> const& given,
                ObjectReader& reader, Reading const& reading, Suite& suite) {
    auto const names = shipped_with_tag(tag);
    if (!names) {
        reader.wrong("tag", names.error().message);
        return;
    }
    for (std::string const& name : *names) {
        if (given.contains(name) || has(suite, name)) continue;
        if (auto drill = drill_of(entry, name, "tag", reader, reading))
            suite.drills.push_back(std::move(*drill));
    }
}

/// One entry of "drills": a scenario, or all that ship with a tag.
void read_entry(Value const& value, std::string const& path, std::set<std::string> const& given,
                Reading const& reading, Suite& suite) {
    Entry entry;
    ObjectReader reader(value, path, reading.of_file);
    if (!reader.is_object()) return;
    auto const tag = reader.text("tag");
    if (value.find("tag") == nullptr)
        reader.require("scenario", R"(the name of one that ships, or a file; or "tag")");
    auto const name = reader.text("scenario");
    if (value.find("tag") != nullptr && value.find("scenario") != nullptr)
        reader.wrong("tag", "expected \"scenario\" or \"tag\", got both");
    if (auto const repeats = reader.option({.name = "repeat",
                                            .type = OptionType::integer,
                                            .at_least = 1,
                                            .at_most = most_repeats}))
        entry.common.repeats = static_cast<int>(std::get<std::int64_t>(*repeats));
    if (auto const worth = reader.option(
            {.name = "value", .type = OptionType::integer, .at_least = 0, .at_most = most_value}))
        entry.common.value = static_cast<int>(std::get<std::int64_t>(*worth));
    entry.sets = read_sets(reader, reading.of_file, entry.common);
    read_expects(reader, reading.of_file, entry.common);
    read_thresholds(reader, reading, entry.common);
    reader.finish();
    if (name) {
        auto drill = drill_of(entry, *name, "scenario", reader, reading);
        if (drill && has(suite, drill->scenario.name))
            reading.of_file.add(value.at, path,
                                fmt::format("\"{}\" is in this suite already: repeat it there, or "
                                            "copy the file under another name",
                                            drill->scenario.name));
        if (drill) suite.drills.push_back(std::move(*drill));
    } else if (tag) {
        add_tagged(entry, *tag, given, reader, reading, suite);
    }
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
    std::set<std::string> const names = names_given(*given);
    for (std::size_t index = 0; index < given->items.size(); ++index)
        read_entry(given->items[index], join_path(top.path_of("drills"), index), names, reading,
                   suite);
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
