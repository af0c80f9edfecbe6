// SPDX-License-Identifier: MIT
// Hostile words in every option of every fault and customer that ships: refused with a mistake
// that names the field, or kept as the text that they are.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/example_options.h"
#include "harness/scenario/scenario.h"

namespace interregnum {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 6> hostile_words{"$(touch canary)",   "; touch canary",
                                                        "x\ntouch canary\n", "--help",
                                                        "-oProxyCommand=x",  "\x1b[2J"};

struct Read {
    Scenario scenario;
    Mistakes mistakes;
};

Read read(Json const& json) {
    static std::vector<std::string> const nodes{"db1"};
    Read result;
    result.scenario = parse_scenario("drills/s.json", json.dump(), {}, {}, result.mistakes, &nodes);
    return result;
}

/// Refused in plain letters that name the field.
void expect_named(Mistakes const& mistakes, std::string_view field) {
    std::string const text = mistakes.text();
    EXPECT_TRUE(text.contains(field)) << text;
    EXPECT_FALSE(text.contains('\x1b')) << "drives the terminal";
}

Json fault_step(FaultKind const& kind) {
    Json step{{"fault", kind.name}};
    Options const options = example_options(kind.options);
    for (auto const& [name, value] : options.all()) step[name] = to_text(value);
    return step;
}

TEST(HostileScenario, EveryOptionOfEveryFault) {
    for (FaultKind const* kind : Registry<FaultKind>::all())
        for (OptionSpec const& spec : kind->options)
            for (std::string_view const word : hostile_words) {
                std::string const name(spec.name);
                Json step = fault_step(*kind);
                step[name] = word;
                Read const result = read({{"title", "t"}, {"steps", {step}}});
                if (!result.mistakes.empty()) {
                    expect_named(result.mistakes, "steps[0]");
                    continue;
                }
                EXPECT_TRUE(spec.type == OptionType::text && spec.choices.empty())
                    << kind->name << "." << name << " took " << word;
                ASSERT_EQ(result.scenario.steps.size(), 1U);
                auto const& read_step = std::get<FaultStep>(result.scenario.steps[0].what);
                EXPECT_EQ(read_step.options.text(name), word) << kind->name;
            }
}

TEST(HostileScenario, EveryOptionOfEveryCustomer) {
    for (ProbeKind const* kind : Registry<ProbeKind>::all()) {
        if (kind->role == ProbeKind::Role::observer) continue;
        for (OptionSpec const& spec : kind->options)
            for (std::string_view const word : hostile_words) {
                Json const json{{"title", "t"},
                                {"workload", {{kind->name, {{spec.name, word}}}}},
                                {"steps", {{{"steady", "1s"}}}}};
                Read const result = read(json);
                if (!result.mistakes.empty()) {
                    expect_named(result.mistakes, spec.name);
                    continue;
                }
                // Text that is looked for in a page, as it is, and goes nowhere else.
                EXPECT_EQ(std::string(kind->name) + "." + std::string(spec.name), "http.contains")
                    << "took " << word;
                auto const item =
                    std::ranges::find(result.scenario.workload, kind, &WorkloadItem::probe);
                ASSERT_NE(item, result.scenario.workload.end());
                EXPECT_EQ(item->options.text(spec.name), word);
            }
    }
}

TEST(HostileScenario, EveryOtherField) {
    for (std::string_view const word : hostile_words) {
        Json const good{{"title", "t"}, {"steps", {{{"steady", "1s"}}}}};
        for (char const* key : {"workload", "steps", "expect", "steady_before", "steady_after"}) {
            Json json = good;
            json[key] = word;
            Read const result = read(json);
            ASSERT_FALSE(result.mistakes.empty()) << key << " took " << word;
            expect_named(result.mistakes, key);
        }
        for (char const* key : {"fault", "await", "steady", "heal"}) {
            Json json = good;
            json["steps"][0] = {{key, word}};
            Read const result = read(json);
            ASSERT_FALSE(result.mistakes.empty()) << key << " took " << word;
            expect_named(result.mistakes, "steps[0]");
        }
        Json unknown = good;
        unknown[std::string(word)] = 1;
        EXPECT_FALSE(read(unknown).mistakes.empty());
        Json expected = good;
        expected["expect"] = {{"lost", word}};
        EXPECT_FALSE(read(expected).mistakes.empty());
        expected["expect"] = {{std::string(word), "0s"}};
        EXPECT_FALSE(read(expected).mistakes.empty());
    }
}

}  // namespace
}  // namespace interregnum
