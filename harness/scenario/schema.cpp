// SPDX-License-Identifier: MIT
#include <charconv>

#include <nlohmann/json.hpp>

#include "harness/scenario/reading.h"
#include "harness/scenario/scenario.h"
#include "harness/scenario/schema_additions.h"
#include "harness/scenario/suite.h"

namespace interregnum {

namespace {

using Json = nlohmann::ordered_json;

constexpr char const* duration_pattern = R"(^([0-9]+(\.[0-9]+)?(h|m|s|ms|us|ns))+$)";

Json duration_schema(std::string_view doc) {
    return {{"description", doc}, {"type", "string"}, {"pattern", duration_pattern}};
}

void describe_integer(Json& schema, OptionSpec const& spec) {
    schema["type"] = "integer";
    if (spec.at_least != INT64_MIN) schema["minimum"] = spec.at_least;
    if (spec.at_most != INT64_MAX) schema["maximum"] = spec.at_most;
    std::int64_t fallback = 0;
    auto const [end, error] = std::from_chars(
        spec.fallback.data(), spec.fallback.data() + spec.fallback.size(), fallback);
    if (error == std::errc{} && end != spec.fallback.data()) schema["default"] = fallback;
}

Json role_schema() {
    Json const name{{"type", "string"}, {"minLength", 1}};
    return Json::array({name, {{"type", "array"}, {"minItems", 1}, {"items", name}}});
}

/// One option of a plug-in, from its table.
Json option_schema(OptionSpec const& spec) {
    Json schema{{"description", spec.doc}};
    switch (spec.type) {
        case OptionType::integer:
            describe_integer(schema, spec);
            return schema;
        case OptionType::flag:
            schema["type"] = "boolean";
            if (!spec.fallback.empty()) schema["default"] = spec.fallback == "true";
            return schema;
        case OptionType::role:
            schema["anyOf"] = role_schema();
            break;
        case OptionType::words:
            schema["type"] = "array";
            schema["items"] = {{"type", "string"}};
            return schema;
        case OptionType::text:
            schema["type"] = "string";
            if (!spec.choices.empty()) schema["enum"] = spec.choices;
            break;
        case OptionType::duration:
            schema["type"] = "string";
            schema["pattern"] = duration_pattern;
            break;
        case OptionType::rate:
            schema["type"] = "string";
            schema["pattern"] = R"(^[0-9]+(\.[0-9]+)?/[smh]$)";
            break;
        case OptionType::bytes:
            schema["type"] = "string";
            schema["pattern"] = R"(^[0-9]+(\.[0-9]+)?(B|[kKMG]B|[KMGT]iB)$)";
            break;
    }
    if (!spec.fallback.empty()) schema["default"] = spec.fallback;
    return schema;
}

Json object_schema(std::string_view doc, Json properties, Json required) {
    Json schema{{"description", doc}, {"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    schema["additionalProperties"] = false;
    return schema;
}

Json fault_schema(FaultKind const& fault) {
    Json properties{{reading::fault_key, {{"const", fault.name}}}};
    Json required = Json::array({reading::fault_key});
    for (OptionSpec const& spec : fault.options) {
        properties[std::string(spec.name)] = option_schema(spec);
        if (spec.required) required.push_back(spec.name);
    }
    Json lease = duration_schema("a node that hears nothing from us for this long heals itself");
    lease["default"] = "20s";
    properties[std::string(reading::lease_key)] = lease;
    properties[std::string(reading::random_wait_key)] =
        duration_schema("a random wait of 0 to this before it fires; default: Patroni's loop_wait");
    properties[std::string(reading::with_next_key)] = {
        {"description", "the next fault begins while this one is in force"},
        {"type", "boolean"},
        {"default", false}};
    return object_schema(fault.summary, std::move(properties), std::move(required));
}

Json step_schema() {
    Json kinds = Json::array();
    for (FaultKind const* fault : Registry<FaultKind>::all()) kinds.push_back(fault_schema(*fault));
    Json await = duration_schema("the longest wait; the run fails when it passes");
    await["default"] = "5m";
    kinds.push_back(object_schema(
        "wait until the cluster is as said",
        {{"await", {{"enum", reading::condition_names()}}}, {reading::within_key, await}},
        {"await"}));
    kinds.push_back(object_schema("nothing but customers for that long",
                                  {{"steady", duration_schema("how long")}}, {"steady"}));
    kinds.push_back(object_schema("undo every fault that is in force",
                                  {{"heal", {{"enum", {"all"}}}}}, {"heal"}));
    return {{"oneOf", std::move(kinds)}};
}

Json workload_schema() {
    Json properties = Json::object();
    for (ProbeKind const* probe : Registry<ProbeKind>::all()) {
        if (probe->role != ProbeKind::Role::customer) continue;
        Json options = Json::object();
        Json required = Json::array();
        for (OptionSpec const& spec : probe->options) {
            if (spec.doc.empty()) continue;
            options[std::string(spec.name)] = option_schema(spec);
            if (spec.required) required.push_back(spec.name);
        }
        properties[std::string(probe->name)] = {
            {"description", probe->summary},
            {"default", probe->by_default},
            {"anyOf",
             Json::array({{{"type", "boolean"}},
                          object_schema("its options", std::move(options), std::move(required))})}};
    }
    return object_schema("customers; those not named run with their defaults",
                         std::move(properties), Json::array());
}

Json limit_schema(MeasureKind const& measure) {
    Json schema{{"description", measure.summary}};
    std::string const comparison = "^((<=|>=|==|<|>) *)?";
    switch (measure.unit) {
        case Unit::count:
            schema["anyOf"] =
                Json::array({{{"type", "integer"}, {"minimum", 0}},
                             {{"type", "string"}, {"pattern", comparison + "[0-9]+$"}}});
            return schema;
        case Unit::duration:
            schema["type"] = "string";
            schema["pattern"] = comparison + std::string(duration_pattern).substr(1);
            return schema;
        case Unit::bytes:
            schema["type"] = "string";
            schema["pattern"] = comparison + R"([0-9]+(\.[0-9]+)?(B|[kKMG]B|[KMGT]iB)$)";
            return schema;
    }
    return schema;
}

Json abort_schema() {
    Json properties = Json::object();
    for (std::string const& measure : reading::abort_measures())
        properties[measure] = duration_schema("the run is aborted when it has lasted longer");
    for (auto const& [name, breach] : breach_names)
        properties[name] = {{"type", "boolean"},
                            {"description", "the run is aborted as soon as it is noticed"}};
    return object_schema("when a run is called off: everything is undone, and it failed",
                         std::move(properties), Json::array());
}

Json expect_schema() {
    Json properties = Json::object();
    for (MeasureKind const* measure : Registry<MeasureKind>::all())
        properties[std::string(measure->name)] = limit_schema(*measure);
    return object_schema(
        "limits; lost, duplicated, oversold, ghost and split_brain are 0 unless "
        "stated",
        std::move(properties), Json::array());
}

Json sentence_schema(std::string_view doc) {
    return {{"description", doc}, {"type", "string"}, {"minLength", 1}, {"maxLength", 500}};
}

constexpr std::string_view why_doc = "why this is what is expected, in a sentence or two";
constexpr std::string_view by_design_doc =
    "one sentence: why nobody may serve then, so that the outage is no bug";

/// The limits themselves are said once, in "expect".
Json under_schema() {
    Json const by_design{
        {"description", by_design_doc},
        {"anyOf", Json::array({sentence_schema("in place of the scenario's own"),
                               {{"const", false}, {"description", "customers are served then"}}})}};
    Json properties = Json::object();
    for (std::string const& setting : reading::setting_names())
        properties[setting] = object_schema("when the cluster is so as the run begins",
                                            {{"expect", {{"$ref", "#/properties/expect"}}},
                                             {"by_design", by_design},
                                             {"why", sentence_schema(why_doc)}},
                                            Json::array());
    return object_schema(
        "what is expected instead under settings of Patroni; where several hold, the later of "
        "asynchronous, synchronous, strict, failsafe counts",
        std::move(properties), Json::array());
}

Json whole_number_schema(std::string_view doc, int least, int most, int fallback) {
    return {{"description", doc},
            {"type", "integer"},
            {"minimum", least},
            {"maximum", most},
            {"default", fallback}};
}

Json title_schema() {
    return {{"description", "one line for people"},
            {"type", "string"},
            {"minLength", 1},
            {"maxLength", 200}};
}

/// Limits on numbers over the repeats: measure, then which number of it.
Json thresholds_schema() {
    Json properties = Json::object();
    for (MeasureKind const* measure : Registry<MeasureKind>::all()) {
        Json numbers = Json::object();
        for (Statistic const statistic : {Statistic::median, Statistic::p95, Statistic::max})
            numbers[std::string(to_string(statistic))] = limit_schema(*measure);
        properties[std::string(measure->name)] =
            object_schema(measure->summary, std::move(numbers), Json::array());
    }
    return object_schema("limits over all repeats; p95 needs 20 of them", std::move(properties),
                         Json::array());
}

Json suite_drill_schema() {
    Json const value{{"type", Json::array({"string", "number", "boolean"})}};
    Json drill = object_schema(
        "one drill, or all that ship with a tag",
        {{"scenario",
          {{"description", "the name of one that ships, or a file; relative to this one"},
           {"type", "string"},
           {"minLength", 1}}},
         {"tag",
          {{"description", "all scenarios that ship with it and are named nowhere else in here"},
           {"type", "string"},
           {"minLength", 1}}},
         {"repeat", whole_number_schema("how many plays must prove something", 1, 1000, 1)},
         {"value", whole_number_schema("what is played first where there is no time for all "
                                       "(gate --budget): more comes first",
                                       0, 100, SuiteDrill{}.value)},
         {"set",
          {{"description", "values of the scenario: \"workload.orders.rate\": \"20/s\""},
           {"type", "object"},
           {"additionalProperties", value}}},
         {"expect", expect_schema()},
         {"thresholds", thresholds_schema()}},
        Json::array());
    drill["oneOf"] = Json::array({{{"required", {"scenario"}}}, {{"required", {"tag"}}}});
    return drill;
}

Json hooks_schema(std::string_view doc) {
    return {
        {"description", doc},
        {"type", "array"},
        {"items",
         {{"type", "array"}, {"minItems", 1}, {"items", {{"type", "string"}, {"minLength", 1}}}}}};
}

std::string whole_schema(std::string_view title, Json described) {
    Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
    schema.update(described);
    return schema.dump(2) + "\n";
}

}  // namespace

std::string suite_schema() {
    Suite const defaults;
    Json properties{
        {"$schema", {{"type", "string"}}},
        {"title", title_schema()},
        {"preflight",
         {{"description", "from which severity on a finding of the preflight is a no-go"},
          {"enum", {"stop", "warn", "off"}},
          {"default", "stop"}}},
        {"retries", whole_number_schema("more plays of a drill for those that proved nothing", 0,
                                        20, defaults.retries)},
        {"stop_when_clear",
         {{"description", "a drill that can only be a no-go any more is not repeated further"},
          {"type", "boolean"},
          {"default", defaults.stop_when_clear}}},
        {"drills",
         {{"description", "in this order"},
          {"type", "array"},
          {"minItems", 1},
          {"items", suite_drill_schema()}}},
        {"manual",
         {{"description", "what people do, by the name that `--done NAME=WHO` ticks"},
          {"type", "object"},
          {"propertyNames", {{"pattern", "^[a-z0-9-]{1,40}$"}}},
          {"additionalProperties", {{"type", "string"}, {"minLength", 1}}}}},
        {"before", hooks_schema("programs of this machine, run before the first drill")},
        {"after", hooks_schema("the same after everything, whatever happened")}};
    return whole_schema("A suite of interregnum",
                        object_schema("Drills, and what is demanded of all of them together.",
                                      std::move(properties), {"title", "drills"}));
}

std::string scenario_schema() {
    Scenario const defaults;
    Json before = duration_schema("customers only, before the first step");
    Json after = duration_schema("customers only, after the last step");
    before["default"] = to_text(defaults.steady_before);
    after["default"] = to_text(defaults.steady_after);
    Json longest = duration_schema("no fault may be held longer");
    longest["default"] = to_text(defaults.limits.longest_fault);
    Json properties{{"$schema", {{"type", "string"}}},
                    {"title", title_schema()},
                    {"workload", workload_schema()},
                    {"steady_before", std::move(before)},
                    {"steps",
                     {{"description", "what happens, in this order"},
                      {"type", "array"},
                      {"minItems", 1},
                      {"items", step_schema()}}},
                    {"steady_after", std::move(after)},
                    {"allow_quorum_loss",
                     {{"description", "faults may take the majority of etcd's members away"},
                      {"type", "boolean"},
                      {"default", false}}},
                    {"longest_fault", std::move(longest)},
                    {"abort_if", abort_schema()},
                    {"expect", expect_schema()},
                    {"under", under_schema()},
                    {"by_design", sentence_schema(by_design_doc)},
                    {"why", sentence_schema(why_doc)}};
    return reading::with_additions(
        whole_schema("A scenario of interregnum",
                     object_schema("One drill.", std::move(properties), {"title", "steps"})));
}

}  // namespace interregnum
