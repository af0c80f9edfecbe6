// SPDX-License-Identifier: MIT
#include "harness/base/json_document.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

struct Read {
    std::optional<Value> value;
    Mistakes mistakes;
};

Read read(std::string_view text, JsonLimits limits = {}) {
    Read result;
    FileMistakes mistakes("f.json", result.mistakes);
    result.value = parse_json(text, mistakes, limits);
    return result;
}

std::string mistakes_of(std::string_view text) { return read(text).mistakes.text(); }

TEST(JsonDocument, KeepsThePlaceOfEveryKeyAndValue) {
    Read const got = read("{\n  \"a\": 1,\n  \"b\" : [true,\n    \"x\", -2.5e1]\n}\n");
    ASSERT_TRUE(got.value);
    EXPECT_EQ(got.mistakes.text(), "");
    EXPECT_EQ(got.value->at, (Place{1, 1}));
    ASSERT_EQ(got.value->members.size(), 2U);
    Member const& a = got.value->members[0];
    EXPECT_EQ(a.key, "a");
    EXPECT_EQ(a.at, (Place{2, 3}));
    EXPECT_EQ(a.value.at, (Place{2, 8}));
    EXPECT_EQ(a.value.integer, 1);
    EXPECT_EQ(a.value.text, "1");
    Value const* const b = got.value->find("b");
    ASSERT_NE(b, nullptr);
    EXPECT_EQ(b->at, (Place{3, 9}));
    ASSERT_EQ(b->items.size(), 3U);
    EXPECT_EQ(b->items[0].at, (Place{3, 10}));
    EXPECT_TRUE(b->items[0].boolean);
    EXPECT_EQ(b->items[1].at, (Place{4, 5}));
    EXPECT_EQ(b->items[2].at, (Place{4, 10}));
    EXPECT_EQ(b->items[2].text, "-2.5e1");
    EXPECT_DOUBLE_EQ(b->items[2].number, -25);
    EXPECT_FALSE(b->items[2].integer);
    EXPECT_EQ(got.value->find("c"), nullptr);
}

TEST(JsonDocument, AllowsCommentsAndTrailingCommas) {
    Read const got = read(
        "// what it is\n{ /* a\n   long one */ \"u\": \"http://x/*y*/\", // end\n"
        "  \"l\": [1, 2, /* last */ ],\n  \"o\": {\"k\": \"a\\\"//b\",},\n}");
    EXPECT_EQ(got.mistakes.text(), "");
    ASSERT_TRUE(got.value);
    EXPECT_EQ(got.value->find("u")->text, "http://x/*y*/");
    EXPECT_EQ(got.value->find("u")->at, (Place{3, 21}));
    EXPECT_EQ(got.value->find("l")->items.size(), 2U);
    EXPECT_EQ(got.value->find("o")->find("k")->text, "a\"//b");
}

TEST(JsonDocument, AllowsAByteOrderMark) {
    Read const got = read("\xEF\xBB\xBF{\"a\": 1}");
    EXPECT_EQ(got.mistakes.text(), "");
    ASSERT_TRUE(got.value);
    EXPECT_EQ(got.value->members.at(0).at.line, 1);
}

TEST(JsonDocument, SaysWhatWasExpectedAndWhere) {
    constexpr std::string_view value =
        "a value (text in double quotes, a number, true, false, null, a list or an object)";
    std::string const a_value(value);
    EXPECT_EQ(mistakes_of(""), "f.json:1:1: expected " + a_value + ", got the end of the file\n");
    EXPECT_EQ(mistakes_of("{\"a\": 1 \"b\": 2}"), "f.json:1:9: expected ',' or '}', got a text\n");
    EXPECT_EQ(mistakes_of("{\n \"a\"\n 1}"), "f.json:3:2: expected ':', got a number\n");
    EXPECT_EQ(mistakes_of("[1 2]"), "f.json:1:4: expected ',' or ']', got a number\n");
    EXPECT_EQ(mistakes_of("{a: 1}"), "f.json:1:2: expected a key in double quotes\n");
    EXPECT_EQ(mistakes_of("{1: 1}"), "f.json:1:2: expected a key in double quotes, got a number\n");
    EXPECT_EQ(mistakes_of("{\"a\": yes}"), "f.json:1:7: expected " + a_value + "\n");
    EXPECT_EQ(mistakes_of("{\"a\": }"), "f.json:1:7: expected " + a_value + ", got '}'\n");
    EXPECT_EQ(mistakes_of("{\"a\": 1"),
              "f.json:1:8: expected ',' or '}', got the end of the file\n");
    EXPECT_EQ(mistakes_of("{} {}"), "f.json:1:4: expected the end of the file, got '{'\n");
    EXPECT_EQ(mistakes_of("[,]"), "f.json:1:2: expected " + a_value + ", got ','\n");
    EXPECT_EQ(mistakes_of("[1,,]"), "f.json:1:4: expected " + a_value + ", got ','\n");
    EXPECT_EQ(mistakes_of("[1, # no\n]"), "f.json:1:5: expected " + a_value + "\n");
    EXPECT_EQ(mistakes_of("{}\n/* for ever"), "f.json:2:1: this comment has no end (\"*/\")\n");
    EXPECT_EQ(mistakes_of("[1e999]"), "f.json:1:2: this number is too large\n");
    EXPECT_EQ(mistakes_of("[\"a\nb\"]"),
              "f.json:1:4: invalid string: control character U+000A (LF) must be escaped to "
              "\\u000A or \\n\n");
    EXPECT_EQ(mistakes_of("[\"abc"), "f.json:1:5: invalid string: missing closing quote\n");
}

TEST(JsonDocument, NeverRepeatsATextThatMayBeAPassword) {
    for (char const* text :
         {R"({"password" "hunter2"})", R"({"password": hunter2})", R"({"password": "hunter2)",
          R"({"password": "hunter2\x"})", R"({"password": "x" "hunter2"})"}) {
        std::string const said = mistakes_of(text);
        EXPECT_NE(said, "");
        EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
    }
}

TEST(JsonDocument, DuplicateKeysAreMistakesAllOfThem) {
    Read const got = read("{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": 2},\n \"a\": 3}");
    EXPECT_EQ(got.mistakes.text(),
              "f.json:2:16: the key \"c\" stands twice in one object, first in line 2\n"
              "f.json:3:2: the key \"a\" stands twice in one object, first in line 1\n");
    EXPECT_TRUE(got.value) << "what else is wrong in the file must still be found";
}

TEST(JsonDocument, WhatIsNotTextIsRefused) {
    using namespace std::string_view_literals;
    EXPECT_EQ(mistakes_of("{}\n\0garbage"sv), "f.json:2:1: a NUL byte, which no text file has\n");
    EXPECT_EQ(mistakes_of("[\"a\\u0000b\"]"),
              "f.json:1:2: a text with a NUL character (\\u0000)\n");
    EXPECT_EQ(mistakes_of("[\"a\xFFz\"]"), "f.json:1:4: invalid string: ill-formed UTF-8 byte\n");
    EXPECT_EQ(mistakes_of("[\"\xC0\xAF\"]"), "f.json:1:3: invalid string: ill-formed UTF-8 byte\n");
    EXPECT_EQ(mistakes_of("[\"\xED\xA0\x80\"]"),
              "f.json:1:4: invalid string: ill-formed UTF-8 byte\n");
}

TEST(JsonDocument, DepthIsLimited) {
    EXPECT_EQ(mistakes_of(std::string(32, '[') + std::string(32, ']')), "");
    EXPECT_EQ(mistakes_of(std::string(33, '[') + std::string(33, ']')),
              "f.json:1:33: nested deeper than 32\n");
    EXPECT_EQ(mistakes_of(std::string(500'000, '[')), "f.json:1:33: nested deeper than 32\n");
}

TEST(JsonDocument, SizeAndNumberOfValuesAreLimited) {
    EXPECT_EQ(mistakes_of(std::string((1U << 20U) + 1, ' ')),
              "f.json: larger than 1048576 bytes, the limit here\n");
    std::string many = "[0";
    for (int index = 0; index < 10'000; ++index) many += ",0";
    EXPECT_EQ(mistakes_of(many + "]"), "f.json:1:20000: more than 10000 values\n");
    EXPECT_EQ(read("[[],[],[]]", {.values = 3}).mistakes.text(),
              "f.json:1:8: more than 3 values\n");
}

TEST(JsonDocument, HugeNumbersKeepTheirText) {
    Read const got = read("[9223372036854775807, 9223372036854775808, -9223372036854775808]");
    ASSERT_TRUE(got.value);
    EXPECT_EQ(got.value->items[0].integer, INT64_MAX);
    EXPECT_FALSE(got.value->items[1].integer);
    EXPECT_EQ(got.value->items[1].text, "9223372036854775808");
    EXPECT_EQ(got.value->items[2].integer, INT64_MIN);
    Read const longer = read("[" + std::string(300, '9') + "]");
    ASSERT_TRUE(longer.value);
    EXPECT_EQ(show(longer.value->items[0]), std::string(40, '9') + "...");
}

TEST(JsonDocument, ShowsValuesWithoutLettingThemDriveTheTerminal) {
    Read const got = read(R"(["\u001b[2J\n\"x\\", true, null, [], {}, 1.50])");
    ASSERT_TRUE(got.value);
    EXPECT_EQ(show(got.value->items[0]), R"("\u001b[2J\n\"x\\")");
    EXPECT_EQ(show(got.value->items[1]), "true");
    EXPECT_EQ(show(got.value->items[2]), "null");
    EXPECT_EQ(show(got.value->items[3]), "a list");
    EXPECT_EQ(show(got.value->items[4]), "an object");
    EXPECT_EQ(show(got.value->items[5]), "1.50");
    // A long text is cut between characters, never inside one.
    EXPECT_EQ(in_quotes(std::string(59, 'a') + "\xC3\xA9z"), "\"" + std::string(59, 'a') + "...\"");
}

TEST(JsonDocument, PathsQuoteWhatIsNoPlainName) {
    EXPECT_EQ(join_path("", "steps"), "steps");
    EXPECT_EQ(join_path(join_path("steps", 0), "for"), "steps[0].for");
    EXPECT_EQ(join_path("expect", "write.downtime"), "expect[\"write.downtime\"]");
    EXPECT_EQ(join_path("a", ""), "a[\"\"]");
}

}  // namespace
}  // namespace interregnum
