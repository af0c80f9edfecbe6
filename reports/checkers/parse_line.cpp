// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "harness/base/json_document.h"
#include "reports/checkers/history_line.h"

namespace interregnum::checkers {
namespace {

using Json = interregnum::Value;
using Kind = Json::Kind;

/// As harness/base calls a place, for the caller to put file and line before it.
std::unexpected<Error> wrong(Place at, std::string_view message) {
    return fail(Error::Kind::invalid, fmt::format("{}: {}", std::max(at.column, 1), message));
}

class General {
public:
    explicit General(Tables& tables) : tables_(&tables) {}

    checkers::Value value(Json const& json) {
        switch (json.kind) {
            case Kind::null:
                return {};
            case Kind::number:
                if (json.integer && *json.integer <= checkers::Value::largest &&
                    *json.integer >= -checkers::Value::largest)
                    return checkers::Value::integer(*json.integer);
                return text(json.text);
            case Kind::boolean:
                return text(json.boolean ? "true" : "false");
            case Kind::string:
                return text('"' + json.text);
            case Kind::array: {
                std::vector<checkers::Value> items;
                for (Json const& item : json.items) items.push_back(value(item));
                return checkers::Value::list(keep(items));
            }
            case Kind::object: {
                std::vector<checkers::Value> items;
                for (Member const& member : json.members) {
                    items.push_back(text('"' + member.key));
                    items.push_back(value(member.value));
                }
                return checkers::Value::map(keep(items));
            }
        }
        return {};
    }
    checkers::Value text(std::string_view content) {
        return checkers::Value::text(tables_->texts.index(content));
    }

private:
    std::uint64_t keep(std::vector<checkers::Value> const& items) {
        std::size_t const begun = tables_->lists.begin();
        for (checkers::Value const item : items) tables_->lists.push(item);
        return tables_->lists.end(begun);
    }
    Tables* tables_;
};

Status read_type(Json const& json, Event& event) {
    Json const* const type = json.find("type");
    constexpr std::string_view expected = R"(expected "type": "invoke", "ok", "fail" or "info")";
    if (type == nullptr) return wrong(json.at, expected);
    if (type->text == "invoke")
        event.type = Event::Type::invoke;
    else if (type->text == "ok")
        event.type = Event::Type::ok;
    else if (type->text == "fail")
        event.type = Event::Type::fail;
    else if (type->text == "info")
        event.type = Event::Type::info;
    else
        return wrong(type->at, fmt::format("{}, not {}", expected, show(*type)));
    return {};
}

Status read_process(Json const& json, Event& event) {
    Json const* const process = json.find("process");
    if (process == nullptr) return {};  // a history of one process
    if (process->kind == Kind::string) {
        event.ignored = true;  // "nemesis"
        return {};
    }
    if (process->kind != Kind::number || !process->integer ||
        *process->integer > checkers::Value::largest ||
        *process->integer < -checkers::Value::largest)
        return wrong(process->at, fmt::format("\"process\" is a whole number up to {}, or the name "
                                              "of one that is not a client, not {}",
                                              checkers::Value::largest, show(*process)));
    event.process = *process->integer;
    return {};
}

/// "time" and "index", which a line may lack.
Status read_numbers(Json const& json, Event& event) {
    Json const* const time = json.find("time");
    if (time != nullptr && time->kind != Kind::null) {
        if (!time->integer)
            return wrong(time->at, "\"time\" is a whole number of nanoseconds below 2^63, not " +
                                       show(*time));
        event.time = *time->integer;
    }
    Json const* const index = json.find("index");
    if (index == nullptr || index->kind == Kind::null) return {};
    if (!index->integer || *index->integer < 0 || *index->integer > checkers::Value::largest)
        return wrong(index->at, fmt::format("\"index\" is a whole number from 0 to {}, not {}",
                                            checkers::Value::largest, show(*index)));
    event.index = *index->integer;
    return {};
}

std::string misfit(Event const& event, Json const* value, Shape const& shape, Fit const& found,
                   std::string_view name) {
    if (found.where == "f") {
        std::vector<std::string> names;
        for (ActionRule const& rule : shape.rules) names.emplace_back(to_text(rule.action));
        return fmt::format("\"f\" of the model {} is {}, not \"{}\"", shape.model,
                           one_of_text(names), name);
    }
    ActionRule const* const rule = shape.rule(event.action);
    return fmt::format("expected the value of this {} to be {}, not {}", to_text(event.action),
                       rule == nullptr ? "something else" : rule->expected,
                       value == nullptr ? "nothing" : show(*value));
}

}  // namespace

Status parse_line(std::string_view line, Shape const& shape, Tables& tables, Event& event) {
    Mistakes mistakes;
    FileMistakes to("", mistakes);
    constexpr int any_number = 100'000'000;
    auto const json =
        parse_json(line, to, {.bytes = line.size() + 1, .depth = 32, .values = any_number});
    if (!json || !mistakes.empty())
        return mistakes.empty() ? wrong({}, "not valid JSON")
                                : wrong({mistakes.all.front().line, mistakes.all.front().column},
                                        mistakes.all.front().message);
    if (json->kind != Kind::object)
        return wrong(json->at,
                     fmt::format("expected an event, as an object on a line of its own, not {}",
                                 show(*json)));
    if (json->find("_note") != nullptr) {
        event.ignored = true;
        return {};
    }
    if (Status const done = read_type(*json, event); !done) return done;
    if (Status const done = read_process(*json, event); !done) return done;
    if (event.ignored) return {};
    General general(tables);
    Json const* const name = json->find("f");
    bool const known = name != nullptr && action_of(name->text, event.action);
    if (!known) event.other = general.text('"' + (name == nullptr ? "" : name->text));
    if (Json const* const key = json->find("key"); key != nullptr) {
        if (key->kind == Kind::array || key->kind == Kind::object)
            return wrong(key->at, "a key is a text or a number, not " + show(*key));
        event.key = general.value(*key);
    }
    if (Status const done = read_numbers(*json, event); !done) return done;
    Json const* const value = json->find("value");
    if (value != nullptr) event.value = general.value(*value);
    Fit const found = fit(event, known, shape, tables);
    if (found.fits) return {};
    Json const* const where = found.where == "f" ? name : value;
    return wrong(where == nullptr ? json->at : where->at,
                 misfit(event, value, shape, found, name == nullptr ? "" : name->text));
}

}  // namespace interregnum::checkers
