// SPDX-License-Identifier: MIT
#include "harness/cli/watch_flags.h"

#include <chrono>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/units.h"
#include "harness/cli/command_text.h"
#include "harness/cli/set_flags.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

/// What customers of a day leave behind can still be read into memory (record/limits.h).
constexpr Duration longest_span = 24h;
constexpr std::string_view workload = "workload.";
constexpr SetForm set_form{
    .expected = "workload.CUSTOMER.OPTION=VALUE, for example workload.orders.rate=20/s"};

std::string scenario_text(WatchFlags const& flags) {
    nlohmann::ordered_json step;
    step["steady"] = flags.span;
    nlohmann::ordered_json scenario{
        {"title", "What customers saw while somebody worked on the cluster"},
        {"steady_before", "0s"},
        {"steady_after", "0s"}};
    scenario["steps"].push_back(std::move(step));
    return scenario.dump();
}

/// Everything else of the scenario has a flag of its own, or none.
void check_sets(std::vector<std::string> const& sets, Mistakes& mistakes) {
    for (std::string const& set : sets)
        if (set.find('=') != std::string::npos && !set.starts_with(workload))
            mistakes.all.push_back({.file = "--set",
                                    .path = set,
                                    .message = fmt::format("expected {}", set_form.expected)});
}

void check_span(Scenario const& scenario, Mistakes& mistakes) {
    for (Step const& step : scenario.steps) {
        auto const* const steady = std::get_if<SteadyStep>(&step.what);
        if (steady == nullptr || steady->span <= longest_span) continue;
        mistakes.all.push_back(
            {.path = "steps",
             .message = fmt::format("expected at most {}, found {}: its record could not be read "
                                    "any more",
                                    format_duration(longest_span), format_duration(steady->span))});
    }
}

/// Those of values that `--set` gave have its path; the steps are `--for`.
void name_flags(Mistakes& mistakes) {
    for (Mistake& mistake : mistakes.all) {
        mistake.line = 0;
        mistake.column = 0;
        if (mistake.file == "--set") continue;
        mistake.file = "command line";
        if (mistake.path.starts_with("steps")) mistake.path = "--for";
        if (mistake.path.starts_with(workload)) mistake.path.insert(0, "--set ");
    }
}

}  // namespace

Scenario watch_scenario(WatchFlags const& flags, Mistakes& mistakes) {
    Mistakes found;
    auto const pairs = set_pairs(flags.sets, set_form, found);
    check_sets(flags.sets, found);
    Scenario scenario;
    if (found.empty())
        scenario = parse_scenario("watch.json", scenario_text(flags), pairs, flags.expects, found);
    check_span(scenario, found);
    name_flags(found);
    mistakes.all.insert(mistakes.all.end(), found.all.begin(), found.all.end());
    return scenario;
}

std::string watch_again(WatchFlags const& flags, std::uint64_t seed) {
    CommandText made({"watch"});
    made.with("--inventory", flags.cluster.inventory);
    if (flags.span != WatchFlags().span) made.with("--for", flags.span);
    return made.with("--set", flags.sets)
        .with("--expect", flags.expects)
        .with("--seed", std::to_string(seed))
        .text();
}

}  // namespace interregnum
