// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "harness/cluster/inventory_fields.h"

namespace interregnum {

namespace {

using Json = nlohmann::ordered_json;

constexpr char const* node_name_pattern = "^[a-z0-9][a-z0-9.-]{0,62}$";

Json field_schema(Field const& field) {
    Json schema{{"description", field.doc}};
    if (auto* const* text = std::get_if<std::string*>(&field.into)) {
        schema["type"] = "string";
        schema["minLength"] = 1;
        if (!field.choices.empty()) schema["enum"] = field.choices;
        if (!(*text)->empty()) schema["default"] = **text;
    } else if (auto* const* flag = std::get_if<bool*>(&field.into)) {
        schema["type"] = "boolean";
        schema["default"] = **flag;
    } else if (std::holds_alternative<SecretSource*>(field.into)) {
        schema["type"] = "string";
        schema["pattern"] = "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$";
    } else {
        schema["type"] = "integer";
        schema["minimum"] = 1;
        schema["maximum"] = 65535;
        schema["default"] = *std::get<std::uint16_t*>(field.into);
    }
    return schema;
}

void add_fields(Json& object, Section const& section) {
    for (Field const& field : section.fields) {
        object["properties"][std::string(field.name)] = field_schema(field);
        if (field.required) object["required"].push_back(field.name);
    }
}

Json group_schema(std::string_view doc) {
    return {{"description", doc},
            {"type", "object"},
            {"minProperties", 1},
            {"propertyNames", {{"pattern", node_name_pattern}}},
            {"additionalProperties", {{"type", "string"}, {"minLength", 1}}}};
}

Json endpoints_schema(std::string_view doc) {
    return {
        {"description", doc},
        {"type", "array"},
        {"minItems", 1},
        {"uniqueItems", true},
        {"items", {{"type", "string"}, {"pattern", "^[^:]+:[0-9]{1,5}$|^\\[.+\\]:[0-9]{1,5}$"}}}};
}

Json power_schema() {
    Json const command{
        {"type", "array"}, {"minItems", 1}, {"items", {{"type", "string"}, {"minLength", 1}}}};
    Json const commands{{"type", "object"},
                        {"properties", {{"off", command}, {"on", command}}},
                        {"required", {"off"}},
                        {"additionalProperties", false}};
    Json const words{{"enum", {"lab", "sysrq", "none"}}};
    return {{"description",
             "how servers lose and regain power; commands run on the controller, {node} and "
             "{address} stand for the node's"},
            {"oneOf", Json::array({words, commands})}};
}

Json spot_schema() {
    Json const base{{"description", "the instance metadata service (IMDSv2) as the nodes reach it"},
                    {"type", "string"},
                    {"pattern", "^http://[^/]+$"},
                    {"default", SpotSettings().base}};
    Json const settings{
        {"type", "object"}, {"properties", {{"base", base}}}, {"additionalProperties", false}};
    return {{"description",
             "the nodes are AWS spot instances: watch for their interruption, and tell it apart "
             "from what a drill does"},
            {"oneOf", Json::array({Json{{"type", "boolean"}}, settings})}};
}

}  // namespace

std::string inventory_schema() {
    InventoryDraft draft;
    Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", "An inventory of interregnum"},
                {"description", "Which cluster, how to reach it, where its customers dial."},
                {"type", "object"},
                {"properties", {{"$schema", {{"type", "string"}}}}},
                {"required", Json::array()},
                {"additionalProperties", false}};
    for (Section const& section : inventory_sections(draft)) {
        if (section.name.empty()) {
            add_fields(schema, section);
            continue;
        }
        Json object{{"description", section.doc}, {"type", "object"}};
        add_fields(object, section);
        object["additionalProperties"] = false;
        schema["properties"][std::string(section.name)] = std::move(object);
        if (section.required) schema["required"].push_back(section.name);
    }
    Json& properties = schema["properties"];
    properties["db"] = group_schema("database nodes: name and address");
    properties["app"] = group_schema("application nodes: name and address");
    properties["write"] = endpoints_schema("where customers write: NODE:PORT or HOST:PORT");
    properties["read"] = endpoints_schema("where customers read");
    properties["cache"] = endpoints_schema("where customers reach Redis");
    properties["power"] = power_schema();
    properties["spot"] = spot_schema();
    schema["required"].push_back("db");
    schema["required"].push_back("write");
    return schema.dump(2) + "\n";
}

}  // namespace interregnum
