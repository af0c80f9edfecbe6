// SPDX-License-Identifier: MIT
#include "harness/cli/gate_plan.h"

#include <charconv>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/object_reader.h"
#include "harness/base/text_file.h"
#include "harness/cli/outputs.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t largest_plan = std::size_t{64} << 20U;
// As much as a suite and a scenario may have.
constexpr std::size_t largest_file = std::size_t{1} << 20U;
constexpr int plan_schema = 1;
constexpr int most_repeats = 1000;

std::string path_in(std::string const& gate_folder) { return gate_folder + "/gate-plan.json"; }

/// A text, which may be empty.
std::string text_of(ObjectReader& reader, std::string_view key) {
    reader.require(key, "a text");
    Value const* const value = reader.value(key);
    if (value == nullptr) return {};
    if (value->kind != Value::Kind::string)
        reader.wrong(key, "expected a text, got " + show(*value));
    return value->text;
}

bool flag_of(ObjectReader& reader, std::string_view key) {
    reader.require(key, "true or false");
    return reader.flag(key).value_or(false);
}

std::uint64_t seed_of(ObjectReader& reader) {
    reader.require("first_seed", "a whole number");
    Value const* const value = reader.value("first_seed");
    if (value == nullptr) return 0;
    std::uint64_t seed = 0;
    char const* const end = value->text.data() + value->text.size();
    auto const [stop, error] = std::from_chars(value->text.data(), end, seed);
    if (value->kind != Value::Kind::number || error != std::errc{} || stop != end)
        reader.wrong("first_seed", "expected a seed, got " + show(*value));
    return seed;
}

Shard shard_of(ObjectReader& reader) {
    Shard shard;
    for (auto const& [name, into] :
         {std::pair("shard", &shard.index), std::pair("shards", &shard.count)}) {
        reader.require(name, "a whole number");
        if (auto const number = reader.option({.name = name,
                                               .type = OptionType::integer,
                                               .at_least = 1,
                                               .at_most = most_repeats}))
            *into = static_cast<int>(std::get<std::int64_t>(*number));
    }
    return shard;
}

template <class Read>
void each(ObjectReader& reader, std::string_view key, Read const& read) {
    reader.require(key, "a list");
    Value const* const list = reader.value(key);
    if (list == nullptr) return;
    if (list->kind != Value::Kind::array) reader.wrong(key, "expected a list, got " + show(*list));
    for (std::size_t index = 0; index < list->items.size(); ++index) {
        ObjectReader item(list->items[index], join_path(reader.path_of(key), index),
                          reader.mistakes());
        read(item);
        item.finish();
    }
}

MigrationFlags migration_of(ObjectReader& reader) {
    Value const* const value = reader.value("migration");
    if (value == nullptr) return {};
    ObjectReader item(*value, reader.path_of("migration"), reader.mistakes());
    MigrationFlags flags{.source = text_of(item, "source"),
                         .source_password = text_of(item, "source_password"),
                         .target = text_of(item, "target"),
                         .target_password = text_of(item, "target_password"),
                         .statement_time = text_of(item, "statement_time")};
    item.finish();
    return flags;
}

GatePlan read_plan(ObjectReader& reader) {
    GatePlan plan;
    Value const* const schema = reader.value("schema");
    if (schema == nullptr || schema->integer != plan_schema)
        reader.wrong("schema",
                     fmt::format("expected {}, the only one that this version knows", plan_schema));
    plan.version = text_of(reader, "version");
    plan.host = text_of(reader, "host");
    plan.began = text_of(reader, "began");
    plan.suite_file = text_of(reader, "suite_file");
    plan.suite_text = text_of(reader, "suite_text");
    plan.cluster = text_of(reader, "cluster");
    plan.inventory = text_of(reader, "inventory");
    plan.first_seed = seed_of(reader);
    plan.shard = shard_of(reader);
    plan.results = text_of(reader, "results");
    plan.migration = migration_of(reader);
    plan.skip_preflight = flag_of(reader, "skip_preflight");
    plan.inconclusive_is_ok = flag_of(reader, "inconclusive_is_ok");
    each(reader, "scenarios", [&plan](ObjectReader& item) {
        plan.scenarios.push_back({.scenario = text_of(item, "scenario"),
                                  .path = text_of(item, "path"),
                                  .text = text_of(item, "text")});
    });
    each(reader, "done", [&plan](ObjectReader& item) {
        plan.done.push_back(
            {.id = text_of(item, "id"), .by = text_of(item, "by"), .at = text_of(item, "at")});
    });
    plan.resumed = reader.text_list("resumed").value_or(std::vector<std::string>{});
    reader.finish();
    return plan;
}

}  // namespace

Result<GatePlan> plan_of_files(Suite const& suite, std::string const& suite_file) {
    auto text = read_text_file(suite_file, largest_file);
    if (!text) return std::unexpected(text.error());
    GatePlan plan{.suite_file = fs::absolute(suite_file).lexically_normal().string(),
                  .suite_text = std::move(*text)};
    for (SuiteDrill const& drill : suite.drills) {
        // What it extends is a part of it.
        std::vector<std::string> files{drill.scenario.file};
        files.insert(files.end(), drill.scenario.extends.begin(), drill.scenario.extends.end());
        for (std::string const& file : files) {
            auto scenario = read_text_file(file, largest_file);
            if (!scenario) return std::unexpected(scenario.error());
            plan.scenarios.push_back({.scenario = drill.scenario.name,
                                      .path = fs::absolute(file).lexically_normal().string(),
                                      .text = std::move(*scenario)});
        }
    }
    return plan;
}

Status same_gate(GatePlan const& plan, GatePlan const& now) {
    auto const another = [](std::string const& what) {
        return fail(Error::Kind::refused,
                    what +
                        ": what was played before and what is played now would not be one "
                        "proof. Put it back, or begin a new gate");
    };
    if (plan.version != now.version)
        return another(fmt::format("the gate was begun by interregnum {}, and this is {}",
                                   plan.version, now.version));
    if (plan.cluster != now.cluster)
        return another(fmt::format("the gate was begun on the cluster {}, and this is {}",
                                   in_quotes(plan.cluster), in_quotes(now.cluster)));
    if (plan.suite_text != now.suite_text)
        return another(fmt::format("the suite {} was changed since the gate began",
                                   in_quotes(plan.suite_file)));
    // Of an unchanged suite these are the same drills, unless a name means another file now.
    for (std::size_t index = 0; index < plan.scenarios.size(); ++index) {
        GatePlan::File const& then = plan.scenarios[index];
        if (index >= now.scenarios.size() || then.scenario != now.scenarios[index].scenario ||
            then.text != now.scenarios[index].text)
            return another(fmt::format("the scenario {} ({}) was changed since the gate began",
                                       then.scenario, in_quotes(then.path)));
    }
    return {};
}

std::string plan_text(GatePlan const& plan) {
    Json scenarios = Json::array();
    for (GatePlan::File const& file : plan.scenarios)
        scenarios.push_back(
            {{"scenario", file.scenario}, {"path", file.path}, {"text", file.text}});
    Json done = Json::array();
    for (ManualItem const& item : plan.done)
        done.push_back({{"id", item.id}, {"by", item.by}, {"at", item.at}});
    Json const json{{"schema", plan_schema},
                    {"version", plan.version},
                    {"host", plan.host},
                    {"began", plan.began},
                    {"cluster", plan.cluster},
                    {"inventory", plan.inventory},
                    {"first_seed", plan.first_seed},
                    {"shard", plan.shard.index},
                    {"shards", plan.shard.count},
                    {"results", plan.results},
                    {"migration",
                     {{"source", plan.migration.source},
                      {"source_password", plan.migration.source_password},
                      {"target", plan.migration.target},
                      {"target_password", plan.migration.target_password},
                      {"statement_time", plan.migration.statement_time}}},
                    {"skip_preflight", plan.skip_preflight},
                    {"inconclusive_is_ok", plan.inconclusive_is_ok},
                    {"done", std::move(done)},
                    {"resumed", plan.resumed},
                    {"suite_file", plan.suite_file},
                    {"suite_text", plan.suite_text},
                    {"scenarios", std::move(scenarios)}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<GatePlan> parse_plan(std::string const& text) {
    Mistakes mistakes;
    FileMistakes file("", mistakes);
    auto const root = parse_json(text, file, {.bytes = largest_plan});
    GatePlan plan;
    if (root) {
        ObjectReader reader(*root, "", file);
        plan = read_plan(reader);
    }
    if (mistakes.empty()) return plan;
    Mistake const& first = mistakes.all.front();
    return fail(Error::Kind::invalid,
                fmt::format("line {}, column {}: {}{}", first.line, first.column,
                            first.path.empty() ? "" : first.path + ": ", first.message));
}

Status save_plan(GatePlan const& plan, std::string const& gate_folder) {
    return write_file_durably(path_in(gate_folder), plan_text(plan));
}

Result<GatePlan> load_plan(std::string const& gate_folder) {
    auto const text = read_text_file(path_in(gate_folder), largest_plan);
    if (!text) {
        if (text.error().kind == Error::Kind::not_found)
            return fail(Error::Kind::not_found,
                        fmt::format("{} is not there: expected the folder of a gate, such as "
                                    "runs/2026-11-22T03-10-44-gate-smoke",
                                    in_quotes(path_in(gate_folder))));
        return std::unexpected(text.error());
    }
    auto plan = parse_plan(*text);
    if (!plan) return fail_in(in_quotes(path_in(gate_folder)), plan.error());
    return plan;
}

}  // namespace interregnum
