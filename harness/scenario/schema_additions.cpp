// SPDX-License-Identifier: MIT
#include "harness/scenario/schema_additions.h"

#include <string>

#include <nlohmann/json.hpp>

#include "harness/scenario/document.h"
#include "harness/scenario/templates.h"

namespace interregnum::reading {

namespace {

using Json = nlohmann::ordered_json;

constexpr char const* parameter_pattern = R"(^\$[a-z][a-z0-9_]*$)";
constexpr char const* range_pattern =
    R"(^([0-9]+(\.[0-9]+)?(h|m|s|ms|us|ns))+(\.\.([0-9]+(\.[0-9]+)?(h|m|s|ms|us|ns))+)?$)";

bool is_single_type(Json const& schema) {
    auto const type = schema.find("type");
    return type != schema.end() && (*type == "integer" || *type == "boolean");
}

/// One value's schema, so that "$NAME" may stand there, too. False when it is of no single value.
bool allow_parameter(Json& schema) {
    if (auto const pattern = schema.find("pattern"); pattern != schema.end()) {
        *pattern = pattern->get<std::string>() + "|" + parameter_pattern;
        return true;
    }
    if (is_single_type(schema)) {
        schema["type"] = Json::array({schema["type"], "string"});
        schema["pattern"] = parameter_pattern;
        return true;
    }
    if (!schema.contains("enum")) return false;
    Json const values = schema["enum"];
    schema.erase("enum");
    schema.erase("type");
    schema["anyOf"] =
        Json::array({{{"enum", values}}, {{"type", "string"}, {"pattern", parameter_pattern}}});
    return true;
}

/// null where a file that extends another one may take a key away: in objects, down to lists.
void allow_null(Json& schema) {
    if (auto const type = schema.find("type"); type != schema.end()) {
        if (!type->is_array()) *type = Json::array({*type});
        type->push_back("null");
    } else if (schema.contains("anyOf")) {
        schema["anyOf"].push_back({{"type", "null"}});
    }
}

void walk(Json& schema, bool removable) {
    if (allow_parameter(schema)) return;
    for (char const* const list : {"anyOf", "oneOf"})
        if (schema.contains(list))
            for (Json& one : schema[list]) walk(one, removable);
    if (schema.contains("items")) walk(schema["items"], false);
    if (!schema.contains("properties")) return;
    for (auto& [key, property] : schema["properties"].items()) {
        walk(property, removable);
        if (removable) allow_null(property);
    }
}

Json fault_names() {
    Json names = Json::array();
    for (FaultKind const* fault : Registry<FaultKind>::all()) names.push_back(fault->name);
    return names;
}

Json object(std::string_view doc, Json properties, Json required) {
    return {{"description", doc},
            {"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

Json range(std::string_view doc, std::string_view fallback) {
    Json schema{{"description", doc}, {"type", "string"}, {"pattern", range_pattern}};
    if (!fallback.empty()) schema["default"] = fallback;
    return schema;
}

Json duration(std::string_view doc, std::string_view fallback) {
    Json schema{{"description", doc},
                {"type", "string"},
                {"pattern", R"(^([0-9]+(\.[0-9]+)?(h|m|s|ms|us|ns))+$)"}};
    if (!fallback.empty()) schema["default"] = fallback;
    return schema;
}

Json for_each_step() {
    return object(
        "these steps once for each node; their target \"each\" is that node",
        {{for_each_key, {{"enum", for_each_names()}}},
         {"steps", {{"type", "array"}, {"minItems", 1}, {"items", {{"$ref", "#/$defs/step"}}}}}},
        {for_each_key, "steps"});
}

Json chaos_fault() {
    return {{"description",
             "a fault with its options; a duration may be a range such as \"10s..40s\", a target "
             "\"any\", \"any:all_db\" or \"any:all_app\""},
            {"type", "object"},
            {"properties",
             {{fault_key, {{"enum", fault_names()}}},
              {"weight",
               {{"description", "so much likelier than one of weight 1"},
                {"type", "integer"},
                {"minimum", 1},
                {"maximum", 100},
                {"default", 1}}}}},
            {"required", {fault_key}}};
}

Json chaos_step() {
    Json properties{{"for", duration("how long all of it is planned to take", "")},
                    {"faults",
                     {{"description", "what is drawn from, by the seed"},
                      {"type", "array"},
                      {"minItems", 1},
                      {"maxItems", 64},
                      {"items", chaos_fault()}}},
                    {"at_once",
                     {{"description", "2: sometimes two, on different nodes"},
                      {"type", "integer"},
                      {"minimum", 1},
                      {"maximum", 2},
                      {"default", 1}}},
                    {"await", {{"enum", condition_names()}, {"default", "redundant"}}},
                    {within_key, duration("the longest wait for it; the run fails then", "5m")},
                    {"pause", range("customers only, before the next fault", "30s")}};
    return object("a random schedule of faults, the same for the same seed and nodes",
                  {{chaos_key, object("each time a fault, a wait, a pause", std::move(properties),
                                      {"for", "faults"})}},
                  {chaos_key});
}

/// Plain steps become a definition, beside what stands for several of them.
void add_templates(Json& schema) {
    Json& items = schema["properties"]["steps"]["items"];
    schema["$defs"] = {{"step", items}};
    items = {{"oneOf", Json::array({{{"$ref", "#/$defs/step"}}, for_each_step(), chaos_step()})}};
}

void add_keys(Json& schema) {
    Json& properties = schema["properties"];
    properties["tags"] = {{"description", "words by which lists and suites choose"},
                          {"type", "array"},
                          {"maxItems", 16},
                          {"uniqueItems", true},
                          {"items", {{"type", "string"}, {"pattern", "^[a-z][a-z0-9-]{0,31}$"}}}};
    properties["parameters"] = {
        {"description", "values that stand wherever a text is \"$NAME\""},
        {"type", "object"},
        {"maxProperties", 32},
        {"propertyNames", {{"pattern", "^[a-z][a-z0-9_]{0,39}$"}}},
        {"additionalProperties", {{"type", Json::array({"string", "number", "boolean", "null"})}}}};
    properties["extends"] = {
        {"description",
         "the scenario that this one changes: the name of one that ships, or a file; relative to "
         "this one. Objects are merged, null removes, all else replaces"},
        {"type", "string"},
        {"minLength", 1}};
}

}  // namespace

std::string with_additions(std::string const& text) {
    Json schema = Json::parse(text);
    add_templates(schema);
    walk(schema, true);
    walk(schema["$defs"]["step"], false);
    add_keys(schema);
    // What is missing here has the extended file.
    schema["anyOf"] =
        Json::array({{{"required", {extends_key}}}, {{"required", schema["required"]}}});
    schema.erase("required");
    return schema.dump(2) + "\n";
}

}  // namespace interregnum::reading
