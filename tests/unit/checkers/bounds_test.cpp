// SPDX-License-Identifier: MIT
// No search goes on for longer, or remembers more, than it was given; then it does not know.
#include <chrono>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "reports/checkers/linearizable.h"
#include "tests/unit/checkers/made.h"

namespace interregnum::test {
namespace {

using namespace checkers;
using namespace std::chrono_literals;

/// For each key, `width` cas operations that all overlap, each of which has to happen and leads
/// from any of the values to any other: as many configurations as subsets of them.
History hard(std::uint32_t keys, std::uint32_t width) {
    History history;
    Dice dice(7);
    for (std::uint32_t key = 0; key < keys; ++key) {
        std::uint32_t const first = history.lines;
        for (std::uint32_t i = 0; i < width; ++i)
            history.operations.push_back({.key = number(key),
                                          .value = number(dice(6)),
                                          .other = number(dice(6)),
                                          .invoked = first + i + 1,
                                          .completed = first + width + i + 1,
                                          .process = history.processes++,
                                          .action = Action::cas,
                                          .outcome = Outcome::ok});
        history.lines += 2 * width;
    }
    return history;
}

struct Judged {
    LinearizableAnswer answer;
    Duration took;
};

Judged judge(History const& history, Duration within, std::size_t memory) {
    SteadyClock const clock;
    Instant const began = clock.now();
    auto answer = check_linearizable(
        history, {.initial = number(0)},
        {.clock = &clock, .deadline = began + within, .search_bytes = memory, .progress = {}});
    return {std::move(answer), clock.now() - began};
}

// Ten times what was given is what a busy machine and a sanitizer may make of it.
TEST(Bounds, ASearchEndsWithItsTime) {
    Judged const judged = judge(hard(1, 60), 200ms, std::size_t{8} << 30U);
    EXPECT_EQ(judged.answer.verdict, HistoryVerdict::unknown);
    EXPECT_EQ(judged.answer.why_open, "the time that was given");
    EXPECT_LT(judged.took, 2s);
}

TEST(Bounds, TimeIsForAllKeysTogether) {
    Judged const judged = judge(hard(2000, 60), 200ms, std::size_t{8} << 30U);
    EXPECT_EQ(judged.answer.verdict, HistoryVerdict::unknown);
    EXPECT_EQ(judged.answer.open_keys, 2000U);
    EXPECT_LT(judged.took, 4s);
}

TEST(Bounds, ASearchEndsWithItsMemory) {
    Judged const judged = judge(hard(1, 60), 60s, std::size_t{1} << 20U);
    EXPECT_EQ(judged.answer.verdict, HistoryVerdict::unknown);
    EXPECT_EQ(judged.answer.why_open, "the memory that a search may take");
    EXPECT_LT(judged.took, 20s);
}

TEST(Bounds, WhatIsBrokenElsewhereIsSaidAllTheSame) {
    History history = hard(2, 60);
    history.operations.resize(60);
    Operation const write{
        .key = number(1), .value = number(901), .action = Action::write, .outcome = Outcome::ok};
    Operation read = write;
    read.action = Action::read;
    read.value = number(902);
    insert(history, history.lines, {write, read});
    Judged const judged = judge(history, 200ms, std::size_t{8} << 30U);
    EXPECT_EQ(judged.answer.verdict, HistoryVerdict::invalid);
    EXPECT_EQ(judged.answer.open_keys, 1U);
    ASSERT_EQ(judged.answer.found.size(), 1U);
}

/// Where it was the shrinking of a proof that took long: appends of which a late read tells.
TEST(Bounds, AProofIsMadeInTimeToo) {
    History history = append_map({.clients = 10, .keys = 1, .operations = 3000, .seed = 3});
    auto const text = [&](std::string const& content) {
        return Value::text(history.texts.index('"' + content));
    };
    Operation read{.key = number(0), .action = Action::read, .outcome = Outcome::ok};
    read.value = text("<nobody's>");
    insert(history, history.lines, {read});
    SteadyClock const clock;
    Instant const began = clock.now();
    RegisterRules const rules{.initial = text("")};
    auto const answer = check_linearizable(
        history, rules, {.clock = &clock, .deadline = began + 10s, .progress = {}});
    EXPECT_EQ(answer.verdict, HistoryVerdict::invalid);
    ASSERT_EQ(answer.found.size(), 1U);
    EXPECT_FALSE(answer.found[0].proof.empty());
    EXPECT_LT(clock.now() - began, 10s);
}

/// A chain of changes of unknown outcome that nobody needs is left out in one go.
TEST(Bounds, WhatNobodyNeedsIsFoundOutQuickly) {
    History history;
    for (std::uint32_t i = 0; i < 50'000; ++i)
        history.operations.push_back({.key = number(0),
                                      .value = number(i),
                                      .other = number(std::int64_t{i} + 1),
                                      .invoked = i + 1,
                                      .process = i,
                                      .action = Action::cas});
    history.lines = 50'000;
    Judged const judged = judge(history, 20s, std::size_t{1} << 30U);
    EXPECT_EQ(judged.answer.verdict, HistoryVerdict::valid);
    EXPECT_LT(judged.took, 10s);
}

}  // namespace
}  // namespace interregnum::test
