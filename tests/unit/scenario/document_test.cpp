// SPDX-License-Identifier: MIT
// What a scenario's text is made of: the files that it extends, its parameters, its tags.
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/scenario/fakes.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

using Files = std::map<std::string, std::string>;
using Overrides = std::vector<std::pair<std::string, std::string>>;

/// Reads "s.json" of these files, which are all that there are.
ReadScenario read_of(Files const& files, Overrides const& overrides = {}) {
    auto const load = [&](std::string const& name, std::string const&) -> Result<BaseFile> {
        auto const found = files.find(name);
        if (found == files.end()) return fail(Error::Kind::not_found, name + " is not there");
        return BaseFile{.file = found->first, .text = found->second};
    };
    Mistakes mistakes;
    ReadScenario result;
    result.scenario =
        parse_scenario("s.json", files.at("s.json"), overrides, {}, mistakes, nullptr, load);
    result.mistakes = mistakes.text();
    return result;
}

std::string const base = R"({ "title": "Base", "tags": ["slow"],
  "workload": { "test_buyers": { "rate": "10/s" }, "test_extras": true },
  "steps": [ { "fault": "test.crash", "target": "leader", "for": "30s" } ],
  "expect": { "test.downtime": "<= 60s", "test.changes": 1 } })";

TEST(Extends, ObjectsMergeListsReplaceAndNullRemoves) {
    auto const [got, mistakes] = read_of({{"base", base}, {"s.json", R"({ "extends": "base",
        "title": "Mine", "steady_after": "3s", "tags": ["quick"],
        "workload": { "test_buyers": { "rate": "5/s" }, "test_extras": null },
        "expect": { "test.changes": null, "test.volume": "<= 1MB" } })"}},
                                         {{"steps[0].for", "7s"}});
    ASSERT_EQ(mistakes, "");
    EXPECT_EQ(got.name, "s");
    EXPECT_EQ(got.title, "Mine");
    EXPECT_EQ(got.extends, std::vector<std::string>{"base"});
    EXPECT_EQ(got.tags, std::vector<std::string>{"quick"});
    EXPECT_EQ(got.steady_after, 3s);
    for (WorkloadItem const& one : got.workload) {
        EXPECT_NE(one.probe->name, "test_extras");
        if (one.probe->name != "test_buyers") continue;
        EXPECT_DOUBLE_EQ(one.options.rate_per_s("rate"), 5);
    }
    ASSERT_EQ(got.steps.size(), 1U);
    EXPECT_EQ(got.steps[0].text, "test.crash target=leader for=7s");
    ASSERT_GE(got.expectations.size(), 2U);
    EXPECT_EQ(got.expectations[0].text, "test.downtime <= 60s");
    EXPECT_EQ(got.expectations[1].text, "test.volume <= 1MB");
}

TEST(Extends, AMistakeNamesTheFileInWhichTheTextStands) {
    EXPECT_EQ(read_of({{"c", "{ \"title\": \"t\",\n\"steps\": [ { \"steady\": 5 } ] }"},
                       {"b", "{ \"extends\": \"c\",\n\n\"steady_befor\": \"1s\" }"},
                       {"s.json", "{ \"extends\": \"b\", \"steady_after\": 1 }"}},
                      {{"steady_before", "x"}})
                  .mistakes,
              "s.json:1:35: steady_after: expected a duration such as \"30s\", \"1m30s\" or "
              "\"500ms\", got 1\n"
              "c:2:24: steps[0].steady: expected a duration such as \"30s\", \"1m30s\" or "
              "\"500ms\", got 5\n"
              "b:3:1: steady_befor: unknown key (did you mean \"steady_before\"?)\n"
              "command line: steady_before: expected a duration such as \"30s\", \"1m30s\" or "
              "\"500ms\", got \"x\"\n");
    EXPECT_EQ(read_of({{"base", "{ \"title\" }"}, {"s.json", R"({ "extends": "base" })"}})
                  .mistakes.substr(0, 9),
              "base:1:11");
    EXPECT_EQ(
        read_of({{"base", base}, {"s.json", R"({ "extends": "base", "stedy": null })"}}).mistakes,
        "s.json:1:31: stedy: null removes what the extended file has, and it has no such "
        "key\n");
}

TEST(Extends, WhatLeadsNowhereIsToldWithTheChain) {
    EXPECT_EQ(
        read_of({{"a", R"({ "extends": "b" })"}, {"s.json", R"({ "extends": "a" })"}}).mistakes,
        "a:1:14: extends: s.json -> a -> \"b\": b is not there\n");
    EXPECT_EQ(read_of({{"a", R"({ "extends": "s.json" })"}, {"s.json", R"({ "extends": "a" })"}})
                  .mistakes,
              "a:1:14: extends: s.json -> a -> s.json: it extends itself\n");
    Files deep{{"s.json", R"({ "extends": "f0" })"}, {"f5", base}};
    for (int level = 0; level < 5; ++level)
        deep[fmt::format("f{}", level)] = fmt::format(R"({{ "extends": "f{}" }})", level + 1);
    EXPECT_EQ(read_of(deep).mistakes,
              "f3:1:14: extends: s.json -> f0 -> f1 -> f2 -> f3 -> \"f4\": at most 4 files may be "
              "extended\n");
    deep["f3"] = base;
    EXPECT_EQ(read_of(deep).mistakes, "");
    EXPECT_EQ(read(R"({ "extends": "x" })").mistakes,
              "drills/s.json:1:14: extends: drills/s.json -> \"x\": no other file is read here\n");
    EXPECT_EQ(read_of({{"a", "[]"}, {"s.json", R"({ "extends": "a" })"}}).mistakes,
              "s.json:1:14: extends: s.json -> a: expected an object in braces { } there, got a "
              "list\n");
}

TEST(Extends, HostileNamesAreShownAndDoNothing) {
    for (char const* name : {"\\u001b[2J", "\\u0000", "/", "..", ".", "/dev/zero", "-", "$(id)"}) {
        Mistakes mistakes;
        std::string const text = fmt::format(R"({{ "extends": "{}" }})", name);
        (void)parse_scenario("s.json", text, {}, {}, mistakes, nullptr, load_base);
        EXPECT_FALSE(mistakes.empty()) << name;
        EXPECT_FALSE(mistakes.text().contains('\x1b')) << name;
    }
}

TEST(Extends, OfAShippedScenario) {
    Mistakes mistakes;
    Scenario const got = parse_scenario("mine/s.json", R"({ "extends": "kill-leader",
        "steady_before": "3s" })",
                                        {}, {}, mistakes, nullptr, load_base);
    EXPECT_EQ(mistakes.text(), "");
    EXPECT_EQ(got.title, "The leader's server loses power");
    EXPECT_EQ(got.steady_before, 3s);
    Mistakes wrong;
    (void)parse_scenario("mine/s.json", R"({ "extends": "./kill-leader.json" })", {}, {}, wrong,
                         nullptr, load_base);
    EXPECT_NE(
        wrong.text().find("mine/s.json -> \"./kill-leader.json\": \"mine/kill-leader.json\" is "
                          "neither a file nor a scenario"),
        std::string::npos)
        << wrong.text();
}

TEST(Parameters, StandWhereverTheirNameDoes) {
    std::string const text = R"({ "title": "$name", "parameters": { "cut": "30s", "name": "Cut",
        "most": 2, "extras": true }, "workload": { "test_extras": "$extras" },
      "steps": [ { "fault": "test.crash", "target": "leader", "for": "$cut", "count": "$most" },
                 { "await": "redundant", "within": "$cut" } ],
      "expect": { "test.changes": "$most" } })";
    auto const [got, mistakes] = read(text);
    ASSERT_EQ(mistakes, "");
    EXPECT_EQ(got.title, "Cut");
    EXPECT_EQ(got.steps.at(0).text, "test.crash target=leader for=30s count=2");
    EXPECT_EQ(got.steps.at(1).text, "await redundant within 30s");
    EXPECT_EQ(got.expectations.at(0).text, "test.changes == 2");
    auto const set = read(text, {{"parameters.cut", "5s"}, {"parameters.most", "3"}});
    ASSERT_EQ(set.mistakes, "");
    EXPECT_EQ(set.scenario.steps.at(0).text, "test.crash target=leader for=5s count=3");
    // What only looks alike is somebody's argument.
    EXPECT_EQ(read(R"({ "title": "$HOME $(x)/", "steps": [ { "steady": "1s" } ]
})")
                  .scenario.title,
              "$HOME $(x)/");
}

TEST(Parameters, MistakesAreOfThePlaceToMend) {
    EXPECT_EQ(read(R"({ "title": "t",
"parameters": { "cut": 30, "hold": "9s", "list": [], "Bad": "x", "twice": "$cut" },
"steps": [ { "fault": "test.crash", "target": "leader", "for": "$cut" },
{ "steady": "$hodl" }, { "steady": "$list" } ] })",
                   {{"parameters.cutt", "1s"}})
                  .mistakes,
              "drills/s.json:2:24: steps[0].for: expected a duration such as \"30s\", \"1m30s\" or "
              "\"500ms\", got 30\n"
              "drills/s.json:2:28: parameters.hold: unused: no value is \"$hold\" (did you mean "
              "\"hodl\"?)\n"
              "drills/s.json:2:50: parameters.list: expected a text, a number, true or false, got "
              "a list\n"
              "drills/s.json:2:54: parameters.Bad: expected a name of a-z, 0-9 and \"_\" with a "
              "letter first, at most 40 long\n"
              "drills/s.json:2:54: parameters.Bad: unused: no value is \"$Bad\"\n"
              "drills/s.json:2:66: parameters.twice: unused: no value is \"$twice\"\n"
              "drills/s.json:2:75: parameters.twice: expected a text, a number, true or false, got "
              "\"$cut\"\n"
              "drills/s.json:4:13: steps[1].steady: unknown parameter \"hodl\" (did you mean "
              "\"hold\"?)\n"
              "drills/s.json:4:13: steps[1].steady: expected a duration such as \"30s\", \"1m30s\" "
              "or \"500ms\", got \"$hodl\"\n"
              "drills/s.json:4:36: steps[2].steady: expected a duration such as \"30s\", \"1m30s\" "
              "or \"500ms\", got \"$list\"\n"
              "command line: parameters.cutt: unused: no value is \"$cutt\"\n");
    EXPECT_TRUE(read(with(R"("steady_before": "$x")"))
                    .mistakes.starts_with("drills/s.json:2:18: steady_before: unknown parameter "
                                          "\"x\" (\"parameters\" has none)\n"));
}

TEST(Parameters, OfAnExtendedFileAreChangedAndMayFallOutOfUse) {
    std::string const cut = R"({ "title": "t", "parameters": { "cut": "30s" },
        "steps": [ { "steady": "$cut" } ] })";
    EXPECT_EQ(
        read_of({{"a", cut}, {"s.json", R"({ "extends": "a", "parameters": { "cut": "2s" } })"}})
            .scenario.steps.at(0)
            .text,
        "steady 2s");
    EXPECT_EQ(
        read_of({{"a", cut}, {"s.json", R"({ "extends": "a", "steps": [ { "heal": "all" } ] })"}})
            .mistakes,
        "");
}

TEST(Tags, AreAFewWords) {
    EXPECT_EQ(read(with(R"("tags": ["leader", "row-6"])")).scenario.tags,
              (std::vector<std::string>{"leader", "row-6"}));
    for (char const* wrong :
         {R"("leader")", R"(["Leader"])", R"(["a b"])", R"(["a", "a"])", R"(["\u001b[2J"])",
          R"([""])", R"([7])", R"(["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])"})
        EXPECT_NE(read(with(fmt::format(R"("tags": {})", wrong))).mistakes, "") << wrong;
}

}  // namespace
}  // namespace interregnum::test
