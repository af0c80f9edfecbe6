// SPDX-License-Identifier: MIT
// What is wrong with a history is said with its line, whichever of the two ways a line is read.
#include <limits>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "reports/checkers/history_reader.h"

namespace interregnum::checkers {
namespace {

Shape registers() {
    return {.model = "register",
            .rules = {{.action = Action::read, .ok = accepts_scalar, .expected = "a value"},
                      {.action = Action::write, .invoke = accepts_scalar, .expected = "a value"}}};
}

Result<History> read(std::string const& text, ReadOptions const& options = {}) {
    return read_history(TextSource("h.jsonl", text), registers(), {}, options);
}

std::string error_of(std::string const& text, ReadOptions const& options = {}) {
    auto const history = read(text, options);
    return history ? "no error" : history.error().message;
}

testing::AssertionResult has(std::string_view text, std::string_view piece) {
    if (text.find(piece) != std::string_view::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << text << "\ndoes not have\n" << piece;
}

testing::AssertionResult begins(std::string_view text, std::string_view piece) {
    if (text.starts_with(piece)) return testing::AssertionSuccess();
    return testing::AssertionFailure() << text << "\ndoes not begin with\n" << piece;
}

std::string const begun = R"({"process":0,"type":"invoke","f":"write","value":1})"
                          "\n";
std::string const ended = R"({"process":0,"type":"ok","f":"write","value":1})"
                          "\n";

TEST(HistoryReader, PairsWhatBeganWithWhatEnded) {
    auto const history =
        read(begun + ended + R"({"process":0,"type":"invoke","f":"read"})" + "\n" +
             R"({"process":0,"type":"info","f":"read","value":"timed out"})" + "\n" + begun);
    ASSERT_TRUE(history) << history.error().message;
    ASSERT_EQ(history->operations.size(), 3U);
    EXPECT_EQ(history->operations[0].completed, 2U);
    EXPECT_EQ(history->operations[0].value, Value::integer(1));
    EXPECT_EQ(history->operations[1].outcome, Outcome::unknown);
    EXPECT_EQ(history->operations[2].process, 1U) << "after an info it is somebody else";
    EXPECT_EQ(history->processes, 2U);
}

TEST(HistoryReader, ACompletionNeedsAnInvocation) {
    EXPECT_TRUE(begins(error_of(ended),
                       "h.jsonl:1:1: process 0 ends an operation here, but "
                       "none of it was begun"));
    EXPECT_TRUE(begins(error_of(begun + ended + ended), "h.jsonl:3:1: process 0 ends"));
    EXPECT_TRUE(has(error_of(begun + R"({"process":0,"type":"ok","f":"read","value":1})"),
                    "process 0 ends a read here, but what it began in line 1 is a write"));
}

TEST(HistoryReader, AProcessHasOneOperationAtATime) {
    EXPECT_TRUE(has(error_of(begun + "\n" + begun),
                    "h.jsonl:3:1: process 0 begins an operation, but its one of line 1 has "
                    "not ended"));
}

TEST(HistoryReader, AnIndexIsThereOnce) {
    auto const line = [](int index, char const* type) {
        return fmt::format(R"({{"index":{},"process":0,"type":"{}","f":"write","value":1}})"
                           "\n",
                           index, type);
    };
    EXPECT_TRUE(read(line(1, "invoke") + line(7, "ok"))) << "gaps are fine";
    EXPECT_TRUE(has(error_of(line(7, "invoke") + line(7, "ok")),
                    "h.jsonl:2:1: index 7 comes after index 7"));
    EXPECT_TRUE(has(error_of(line(7, "invoke") + line(3, "ok")), "comes after index 7"));
    EXPECT_TRUE(has(error_of(line(-7, "invoke")), "\"index\" is a whole number from 0"));
}

TEST(HistoryReader, AKeyIsThereOnce) {
    EXPECT_TRUE(has(error_of(R"({"process":0,"type":"invoke","type":"ok","f":"read"})"),
                    "\"type\" stands twice"));
    Shape const bank{.model = "bank",
                     .rules = {{.action = Action::read, .ok = accepts_map, .expected = "a map"}}};
    std::string accounts;
    for (int i = 0; i < 40; ++i) accounts += fmt::format("\"{}\":1,", i);
    for (std::string const& all : {std::string(R"("0":1,)"), accounts}) {
        std::string const text = R"({"type":"invoke","f":"read"})"
                                 "\n"
                                 R"({"type":"ok","f":"read","value":{)" +
                                 all + R"("0":2}})";
        auto const history = read_history(TextSource("h.jsonl", text), bank, {});
        ASSERT_FALSE(history);
        EXPECT_TRUE(has(history.error().message, "h.jsonl:2:"));
        EXPECT_TRUE(has(history.error().message, "\"0\" stands twice"));
    }
}

TEST(HistoryReader, WhatIsNoEventIsSaidWithItsColumn) {
    EXPECT_TRUE(begins(error_of("[1]"), "h.jsonl:1:1: expected an event, as an object"));
    EXPECT_TRUE(begins(error_of("process 0 write 1\n"), "h.jsonl:1:1: "));
    EXPECT_TRUE(has(error_of(begun + R"({"process":0,"f":"write"})"),
                    R"(expected "type": "invoke", "ok", "fail" or "info")"));
    EXPECT_TRUE(has(error_of(R"({"process":0,"type":"done","f":"write"})"),
                    R"(h.jsonl:1:21: expected "type": )"));
    EXPECT_TRUE(begins(error_of("\x7f\x45LF\x02\x01"), "h.jsonl:1:"));
}

TEST(HistoryReader, EveryBeginOfALineIsRefused) {
    for (std::string const& line : {begun, ended})
        for (std::size_t length = 1; length + 2 < line.size(); ++length)
            EXPECT_TRUE(begins(error_of(begun + ended + line.substr(0, length)), "h.jsonl:3:"))
                << line.substr(0, length);
}

TEST(HistoryReader, WhatIsTooDeepIsRefused) {
    std::string const deep(100'000, '[');
    EXPECT_TRUE(has(error_of(R"({"process":0,"type":"invoke","f":"write","value":)" + deep),
                    "nested deeper than 32"));
    EXPECT_TRUE(has(error_of(R"({"process":0,"type":"ok","x":)" + deep), "nested deeper"));
}

TEST(HistoryReader, NumbersOutOfRangeAreRefusedOrTexts) {
    auto const with = [](std::string_view member, std::string_view number) {
        return fmt::format(R"({{"type":"invoke","f":"write","value":1,"{}":{}}})", member, number);
    };
    for (char const* number : {"1152921504606846976", "-9223372036854775808", "1e300", "1.5",
                               "99999999999999999999999"}) {
        EXPECT_TRUE(has(error_of(with("process", number)), "\"process\" is a whole number"))
            << number;
        EXPECT_TRUE(has(error_of(with("index", number)), "\"index\" is a whole number")) << number;
    }
    EXPECT_TRUE(has(error_of(with("time", "9223372036854775808")), "nanoseconds below 2^63"));
    EXPECT_TRUE(has(error_of(with("time", "1.5")), "nanoseconds below 2^63"));
    EXPECT_EQ(error_of(with("time", "9223372036854775807")), "no error");
    EXPECT_TRUE(has(error_of(with("time", "1e400")), "this number is too large"));
    // Of a register any two values differ that are written differently.
    auto const large = read(with("key", "1") + "\n" + R"({"type":"ok","f":"write"})" + "\n" +
                            R"({"type":"invoke","f":"write","value":99999999999999999999})" + "\n" +
                            R"({"type":"ok","f":"write"})" + "\n" +
                            R"({"type":"invoke","f":"write","value":99999999999999999998})");
    ASSERT_TRUE(large) << large.error().message;
    EXPECT_NE(large->operations[1].value, large->operations[2].value);
    EXPECT_EQ(large->show(large->operations[1].value), "99999999999999999999");
}

TEST(HistoryReader, AnotherModelsLinesAreRefused) {
    EXPECT_TRUE(has(error_of(R"({"process":0,"type":"invoke","f":"transfer","value":{}})"),
                    R"("f" of the model register is one of "read", "write", not "transfer")"));
    EXPECT_TRUE(has(error_of(R"({"process":0,"type":"invoke","f":"write","value":[1,2]})"),
                    "expected the value of this write to be a value, not a list"));
    EXPECT_TRUE(has(error_of(R"({"process":0,"type":"invoke"})"), "\"f\" of the model"));
}

TEST(HistoryReader, WhatIsSaidDoesNotDependOnHowTheFileIsCut) {
    std::string text;
    for (int i = 0; i < 30; ++i)
        text += fmt::format(R"({{"process":{0},"type":"invoke","f":"write","value":{0}}})"
                            "\n"
                            R"({{"process":{0},"type":"ok","f":"write","value":{0}}})"
                            "\n",
                            i);
    for (std::string const& tail : {std::string(), ended, std::string(R"({"type":)")}) {
        std::string const whole = error_of(text + tail);
        for (std::size_t const piece : {1U, 7U, 50U, 1000U})
            for (unsigned const threads : {1U, 3U})
                EXPECT_EQ(error_of(text + tail, {.threads = threads, .piece = piece}), whole)
                    << piece << " bytes, " << threads << " threads";
    }
}

}  // namespace
}  // namespace interregnum::checkers
