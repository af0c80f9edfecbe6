// SPDX-License-Identifier: MIT
#include "tests/unit/scenario/fakes.h"

#include <fmt/format.h>

#include "harness/fault.h"
#include "harness/measure.h"
#include "harness/probe.h"

namespace interregnum::test {

namespace {

RegisterFault const crash{
    {.name = "test.crash",
     .summary = "only in tests",
     .options = {
         {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
         {.name = "for", .type = OptionType::duration, .fallback = "45s", .doc = "how long"},
         {.name = "count",
          .type = OptionType::integer,
          .fallback = "1",
          .doc = "how often",
          .at_least = 1,
          .at_most = 9}}}};

RegisterProbe const buyers{
    {.name = "test_buyers",
     .summary = "only in tests",
     .options = {{.name = "rate", .type = OptionType::rate, .fallback = "50/s", .doc = "how many"}},
     .writes = true}};
RegisterProbe const optional_buyers{
    {.name = "test_extras", .summary = "only in tests", .by_default = false}};
RegisterProbe const observer{
    {.name = "test_watcher", .summary = "only in tests", .role = ProbeKind::Role::observer}};

RegisterMeasure const downtime{
    {.name = "test.downtime", .summary = "only in tests", .unit = Unit::duration}};
RegisterMeasure const changes{
    {.name = "test.changes", .summary = "only in tests", .unit = Unit::count}};
RegisterMeasure const volume{
    {.name = "test.volume", .summary = "only in tests", .unit = Unit::bytes}};

}  // namespace

ReadScenario read(std::string_view text,
                  std::vector<std::pair<std::string, std::string>> const& overrides,
                  std::vector<std::string> const& expects,
                  std::vector<std::string> const* node_names) {
    Mistakes mistakes;
    ReadScenario result;
    result.scenario =
        parse_scenario("drills/s.json", text, overrides, expects, mistakes, node_names);
    result.mistakes = mistakes.text();
    return result;
}

std::string with(std::string_view lines) {
    return fmt::format("{{ \"title\": \"t\", \"steps\": [ {{ \"steady\": \"1s\" }} ],\n{} }}",
                       lines);
}

std::string with_step(std::string_view step) {
    return fmt::format("{{ \"title\": \"t\", \"steps\": [\n{} ] }}", step);
}

}  // namespace interregnum::test
