// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/scenario/fakes.h"

namespace interregnum::test {
namespace {

/// Those that are stated, a line each: "measure op limit | text".
std::string stated(Scenario const& scenario) {
    std::string text;
    for (record::Expectation const& one : scenario.expectations)
        if (!one.by_default)
            text += fmt::format("{} {} {} | {}\n", one.measure, one.op, one.limit, one.text);
    return text;
}

std::string expect(std::string_view object) {
    auto const got = read(with(fmt::format("\"expect\": {}", object)));
    return got.mistakes.empty() ? stated(got.scenario) : got.mistakes;
}

TEST(Expectations, ReadsLimitsInTheUnitOfTheirMeasure) {
    EXPECT_EQ(expect(R"({"test.downtime": "<= 60s", "test.changes": 1, "test.volume": "< 1MiB"})"),
              "test.downtime <= 60000000000 | test.downtime <= 60s\n"
              "test.changes == 1 | test.changes == 1\n"
              "test.volume < 1048576 | test.volume < 1MiB\n");
    EXPECT_EQ(expect(R"({"test.changes": "<=3"})"), "test.changes <= 3 | test.changes <= 3\n");
    EXPECT_EQ(expect(R"({"test.changes": "  >=   2 "})"),
              "test.changes >= 2 | test.changes >= 2\n");
    EXPECT_EQ(expect(R"({"test.changes": "2"})"), "test.changes == 2 | test.changes == 2\n");
}

TEST(Expectations, ABareLimitIsTheMostAllowedAndNoneIsNone) {
    EXPECT_EQ(expect(R"({"test.downtime": "0s"})"), "test.downtime == 0 | test.downtime == 0s\n");
    EXPECT_EQ(expect(R"({"test.downtime": "5s"})"),
              "test.downtime <= 5000000000 | test.downtime <= 5s\n");
    EXPECT_EQ(expect(R"({"test.volume": "0B"})"), "test.volume == 0 | test.volume == 0B\n");
}

TEST(Expectations, WrongLimitsAreMistakes) {
    for (char const* bad : {"60", "\"60\"", "\"=< 60s\"", "\"!= 1s\"", "true", "[]", "\"<=\"",
                            "\"<= -1s\"", "null"}) {
        std::string const said = expect(fmt::format("{{\"test.downtime\": {}}}", bad));
        EXPECT_TRUE(
            said.starts_with("drills/s.json:2:29: expect[\"test.downtime\"]: expected a "
                             "limit such as \"<= 60s\", or \"0s\" for none at all, got "))
            << said;
    }
    for (char const* bad : {"1.5", "-1", "\"-1\"", "\"one\"", "\"= 1\"", "1e30"}) {
        std::string const said = expect(fmt::format("{{\"test.changes\": {}}}", bad));
        EXPECT_TRUE(
            said.starts_with("drills/s.json:2:28: expect[\"test.changes\"]: expected a "
                             "count such as 1 or \"<= 3\", got "))
            << said;
    }
    EXPECT_EQ(expect("{\"test.volume\": 16}"),
              "drills/s.json:2:27: expect[\"test.volume\"]: expected a limit such as \"<= 16MiB\", "
              "got 16\n");
    EXPECT_EQ(expect("{\"nothing.like.it\": 16}"),
              "drills/s.json:2:12: expect[\"nothing.like.it\"]: no such measure (`interregnum list "
              "measures` shows all)\n");
    EXPECT_EQ(expect("7"), "drills/s.json:2:11: expect: expected an object in braces { }, got 7\n");
}

TEST(Expectations, TheCommandLineReplacesWhatTheFileSays) {
    auto const got = read(with(R"("expect": {"test.downtime": "<= 60s", "test.changes": 1})"), {},
                          {"test.downtime <= 1s", "test.downtime>=200ms"});
    EXPECT_EQ(got.mistakes, "");
    EXPECT_EQ(stated(got.scenario),
              "test.changes == 1 | test.changes == 1\n"
              "test.downtime <= 1000000000 | test.downtime <= 1s\n"
              "test.downtime >= 200000000 | test.downtime >= 200ms\n");
}

TEST(Expectations, MistakesOfTheCommandLineSaySo) {
    EXPECT_EQ(read(with("\"expect\": {}"), {},
                   {"test.downtime", "test.dwntime <= 1s", "test.downtime <= 1", "<= 1s"})
                  .mistakes,
              "command line: --expect: expected a measure, a comparison and a limit, such as "
              "\"write.downtime <= 30s\", got \"test.downtime\"\n"
              "command line: --expect: \"test.dwntime\": no such measure (did you mean "
              "\"test.downtime\"?)\n"
              "command line: --expect: \"test.downtime\": expected a limit such as \"<= 60s\", or "
              "\"0s\" for none at all, got \"<= 1\"\n"
              "command line: --expect: \"\": no such measure (`interregnum list measures` shows "
              "all)\n");
}

TEST(Expectations, NothingMayBeLostUnlessStated) {
    auto const plain = read(with(R"("expect": {})")).scenario;
    for (char const* name : {"lost", "duplicated", "oversold", "ghost", "split_brain"}) {
        int found = 0;
        for (record::Expectation const& one : plain.expectations) {
            if (one.measure != name) continue;
            ++found;
            EXPECT_TRUE(one.by_default);
            EXPECT_EQ(one.op, "==");
            EXPECT_EQ(one.limit, 0);
            EXPECT_EQ(one.text, std::string(name) + " == 0");
        }
        EXPECT_EQ(found, Registry<MeasureKind>::find(name) == nullptr ? 0 : 1) << name;
    }
    auto const changed = read(with(R"("expect": {"lost": "<= 3"})")).scenario;
    ASSERT_FALSE(changed.expectations.empty());
    EXPECT_EQ(stated(changed), "lost <= 3 | lost <= 3\n");
    for (record::Expectation const& one : changed.expectations)
        EXPECT_FALSE(one.by_default && one.measure == "lost");
}

Scenario with_settings() {
    auto got = read(with(R"("expect": {"test.downtime": "<= 60s", "test.changes": 1},
  "why": "Because.", "by_design": "nobody may.",
  "under": {
    "failsafe": {"expect": {"test.downtime": "0s"}, "by_design": false, "why": "All answer"},
    "strict": {"expect": {"test.downtime": ">= 20s", "lost": 0}},
    "synchronous": {"expect": {"test.changes": 0}},
    "asynchronous": {"expect": {"lost": "<= 5"}, "by_design": "it is so."}
  })"));
    EXPECT_EQ(got.mistakes, "");
    return got.scenario;
}

std::string in_force_with(ClusterSettings const& settings) {
    InForce const made = in_force(with_settings(), settings);
    std::string text;
    for (record::Expectation const& one : made.expectations)
        if (!one.by_default) text += one.text + "; ";
    return text + made.by_design + "; " + made.why;
}

TEST(Under, TheLaterOfSeveralSettingsCounts) {
    EXPECT_EQ(in_force_with({}),
              "test.downtime <= 60s; test.changes == 1; lost <= 5; it is so; Because.");
    EXPECT_EQ(in_force_with({.synchronous = true}),
              "test.downtime <= 60s; test.changes == 0; nobody may; Because.");
    EXPECT_EQ(in_force_with({.synchronous = true, .strict = true}),
              "test.changes == 0; test.downtime >= 20s; lost == 0; nobody may; Because.");
    EXPECT_EQ(in_force_with({.synchronous = true, .strict = true, .failsafe = true}),
              "test.changes == 0; lost == 0; test.downtime == 0s; ; All answer");
    // Strict alone changes nothing in Patroni either.
    EXPECT_EQ(in_force_with({.strict = true}), in_force_with({}));
}

TEST(Under, SaysWhichSettingDecidedAndWhatItChanged) {
    EXPECT_EQ(
        in_force(with_settings(), ClusterSettings{.synchronous = true, .failsafe = true}).note,
        "expected under Patroni's settings: synchronous (test.changes == 0); failsafe "
        "(test.downtime == 0s, customers are served)");
    auto const unread = in_force(with_settings(), std::nullopt);
    EXPECT_EQ(unread.expectations.front().text, "test.downtime <= 60s");
    EXPECT_TRUE(unread.note.starts_with("Patroni's configuration could not be read"))
        << unread.note;
    EXPECT_EQ(in_force(read(with(R"("expect": {})")).scenario, ClusterSettings{}).note, "");
}

TEST(Under, ADefaultIsReplacedAndTheCommandLineCountsFirst) {
    auto const got =
        read(with(R"("under": {"asynchronous": {"expect": {"lost": 3, "test.changes": 2}}})"), {},
             {"test.changes <= 1"});
    EXPECT_EQ(got.mistakes, "");
    std::string text;
    for (record::Expectation const& one : in_force(got.scenario, ClusterSettings{}).expectations)
        if (one.measure == "lost" || one.measure == "test.changes")
            text += one.text + (one.by_default ? " by default; " : "; ");
    EXPECT_EQ(text, "test.changes <= 1; lost == 3; ");
}

TEST(Under, MistakesNameTheirPlace) {
    EXPECT_EQ(read(with(R"("under": {"synchronos": {}, "strict": {"expekt": {}}, "failsafe": 1})"))
                  .mistakes,
              "drills/s.json:2:11: under.synchronos: unknown key (did you mean \"synchronous\"?)\n"
              "drills/s.json:2:40: under.strict.expekt: unknown key (did you mean \"expect\"?)\n"
              "drills/s.json:2:67: under.failsafe: expected an object in braces { }, got 1\n");
    EXPECT_EQ(
        read(with(R"("under": {"strict": {"by_design": true}}, "why": "a\nb", "by_design": 1)"))
            .mistakes,
        "drills/s.json:2:35: under.strict.by_design: expected one sentence that says why "
        "nobody may serve then, or false\n"
        "drills/s.json:2:50: why: expected one line of at most 500 bytes without control "
        "characters\n"
        "drills/s.json:2:71: by_design: expected a text in double quotes, got 1\n");
}

}  // namespace
}  // namespace interregnum::test
