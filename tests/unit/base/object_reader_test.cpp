// SPDX-License-Identifier: MIT
#include "harness/base/object_reader.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

/// A file that is read by a test: owns the tree that the reader looks at.
struct File {
    explicit File(std::string_view text) : mistakes("f.json", all) {
        if (auto parsed = parse_json(text, mistakes)) root = std::move(*parsed);
    }
    Mistakes all;
    FileMistakes mistakes;
    Value root;
};

std::vector<OptionSpec> const specs = {
    {.name = "unit", .type = OptionType::text, .choices = {"patroni", "redis"}},
    {.name = "count", .type = OptionType::integer, .fallback = "3", .at_least = 1, .at_most = 9},
    {.name = "hard", .type = OptionType::flag, .fallback = "false"},
    {.name = "for", .type = OptionType::duration},
    {.name = "rate", .type = OptionType::rate},
    {.name = "size", .type = OptionType::bytes},
    {.name = "target", .type = OptionType::role, .doc = "who is hit", .required = true},
};

TEST(ObjectReader, ReadsEveryTypeOfOption) {
    File file(R"({"unit": "redis", "count": 4, "hard": true, "for": "1m30s", "rate": "50/s",
                  "size": "16MiB", "target": ["db1", "leader"]})");
    ObjectReader reader(file.root, "", file.mistakes);
    Options const options = reader.options(specs);
    reader.finish();
    EXPECT_EQ(file.all.text(), "");
    EXPECT_EQ(options.text("unit"), "redis");
    EXPECT_EQ(options.integer("count"), 4);
    EXPECT_TRUE(options.flag("hard"));
    EXPECT_EQ(options.duration("for"), std::chrono::seconds(90));
    EXPECT_DOUBLE_EQ(options.rate_per_s("rate"), 50);
    EXPECT_EQ(options.bytes("size"), 16U << 20U);
    EXPECT_EQ(options.roles("target"), (std::vector<std::string>{"db1", "leader"}));
}

TEST(ObjectReader, WhatIsAbsentHasItsFallback) {
    File file(R"({"target": "leader"})");
    ObjectReader reader(file.root, "", file.mistakes);
    Options const options = reader.options(specs);
    EXPECT_EQ(file.all.text(), "");
    EXPECT_EQ(options.integer("count"), 3);
    EXPECT_FALSE(options.flag("hard"));
    EXPECT_FALSE(options.has("for"));
    EXPECT_EQ(options.roles("target"), std::vector<std::string>{"leader"});
}

TEST(ObjectReader, ReportsEveryMistakeAtOnce) {
    File file(R"({
  "unit": "rediss",
  "count": 10,
  "hard": "yes",
  "for": 30,
  "rate": "50",
  "size": 16,
  "trget": "leader",
  "zzzzzzzz": 1
})");
    ObjectReader reader(file.root, "steps[0]", file.mistakes);
    static_cast<void>(reader.options(specs));
    reader.finish();
    EXPECT_EQ(file.all.text(),
              "f.json:1:1: steps[0]: missing key \"target\": who is hit\n"
              "f.json:2:11: steps[0].unit: expected one of \"patroni\", \"redis\", got \"rediss\" "
              "(did you mean \"redis\"?)\n"
              "f.json:3:12: steps[0].count: expected a whole number from 1 to 9, got 10\n"
              "f.json:4:11: steps[0].hard: expected true or false, got \"yes\"\n"
              "f.json:5:10: steps[0].for: expected a duration such as \"30s\", \"1m30s\" or "
              "\"500ms\", got 30\n"
              "f.json:6:11: steps[0].rate: expected a rate such as \"50/s\", got \"50\"\n"
              "f.json:7:11: steps[0].size: expected a size such as \"16MiB\" or \"10MB\", got 16\n"
              "f.json:8:3: steps[0].trget: unknown key (did you mean \"target\"?)\n"
              "f.json:9:3: steps[0].zzzzzzzz: unknown key (known here: count, for, hard, rate, "
              "size, target, unit)\n");
}

TEST(ObjectReader, TellsWrongKindsFromWrongValues) {
    File file(R"({"unit": 1, "count": 1.5, "hard": 0, "for": "30", "rate": [], "size": "1 MB",
                  "target": []})");
    ObjectReader reader(file.root, "", file.mistakes);
    static_cast<void>(reader.options(specs));
    EXPECT_EQ(file.all.text(),
              "f.json:1:10: unit: expected one of \"patroni\", \"redis\", got 1\n"
              "f.json:1:22: count: expected a whole number from 1 to 9, got 1.5\n"
              "f.json:1:35: hard: expected true or false, got 0\n"
              "f.json:1:45: for: expected a duration such as \"30s\", \"1m30s\" or \"500ms\", got "
              "\"30\"\n"
              "f.json:1:59: rate: expected a rate such as \"50/s\", got a list\n"
              "f.json:1:71: size: expected a size such as \"16MiB\" or \"10MB\", got \"1 MB\"\n"
              "f.json:2:29: target: expected at least one role or node, got an empty list\n");
}

TEST(ObjectReader, WordsAreAListInWhichOneMayBeEmpty) {
    std::vector<OptionSpec> const words = {{.name = "inject", .type = OptionType::words},
                                           {.name = "undo", .type = OptionType::words}};
    File file(R"({"inject": ["printf", ""], "undo": ["rm", 3]})");
    ObjectReader reader(file.root, "steps[0]", file.mistakes);
    Options const options = reader.options(words);
    EXPECT_EQ(options.words("inject"), (std::vector<std::string>{"printf", ""}));
    EXPECT_FALSE(options.has("undo"));
    EXPECT_EQ(file.all.text(),
              "f.json:1:43: steps[0].undo[1]: expected a text in double quotes, got 3\n");
    File text(R"({"inject": "ls"})");
    ObjectReader of_text(text.root, "", text.mistakes);
    EXPECT_FALSE(of_text.options(words).has("inject"));
    EXPECT_EQ(
        text.all.text(),
        "f.json:1:12: inject: expected a list of texts such as [\"ls\", \"-l\"], got \"ls\"\n");
}

TEST(ObjectReader, RolesInListsHavePlaces) {
    File file(R"({"target": ["db1", 7, ""]})");
    ObjectReader reader(file.root, "", file.mistakes);
    EXPECT_FALSE(reader.option(specs.back()));
    EXPECT_EQ(file.all.text(),
              "f.json:1:20: target[1]: expected a text in double quotes, got 7\n"
              "f.json:1:23: target[2]: expected a text in double quotes, got \"\"\n");
    auto const names = role_names_in(*file.root.find("target"), "target");
    ASSERT_EQ(names.size(), 3U);
    EXPECT_EQ(names[0].name, "db1");
    EXPECT_EQ(names[0].path, "target[0]");
    EXPECT_EQ(names[0].at, (Place{1, 13}));
}

TEST(ObjectReader, ReadsSingleKeys) {
    File file(R"({"title": "t", "wait": "5s", "on": false, "kind": "b", "list": ["x", "y"]})");
    ObjectReader reader(file.root, "", file.mistakes);
    EXPECT_EQ(reader.text("title"), "t");
    EXPECT_EQ(reader.duration("wait"), std::chrono::seconds(5));
    EXPECT_EQ(reader.flag("on"), false);
    EXPECT_EQ(reader.one_of("kind", {"a", "b"}), "b");
    EXPECT_EQ(reader.text_list("list"), (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(reader.text("absent"), std::nullopt);
    EXPECT_EQ(reader.text_list("absent"), std::nullopt);
    reader.finish();
    EXPECT_EQ(file.all.text(), "");
}

TEST(ObjectReader, SingleKeysOfTheWrongKindAreMistakes) {
    File file(R"({"title": "", "wait": true, "on": null, "kind": "ba", "list": "x"})");
    ObjectReader reader(file.root, "", file.mistakes);
    EXPECT_FALSE(reader.text("title"));
    EXPECT_FALSE(reader.duration("wait"));
    EXPECT_FALSE(reader.flag("on"));
    EXPECT_FALSE(reader.one_of("kind", {"a", "b"}));
    EXPECT_FALSE(reader.text_list("list"));
    EXPECT_EQ(file.all.text(),
              "f.json:1:11: title: expected a text in double quotes, got \"\"\n"
              "f.json:1:23: wait: expected a duration such as \"30s\", \"1m30s\" or \"500ms\", got "
              "true\n"
              "f.json:1:35: on: expected true or false, got null\n"
              "f.json:1:49: kind: expected one of \"a\", \"b\", got \"ba\" (did you mean "
              "\"a\"?)\n"
              "f.json:1:63: list: expected a list of texts, got \"x\"\n");
}

TEST(ObjectReader, WhatIsNoObjectIsOneMistakeOnly) {
    File file("[1]");
    ObjectReader reader(file.root, "workload", file.mistakes);
    reader.require("title", "a sentence");
    EXPECT_FALSE(reader.text("title"));
    reader.finish();
    EXPECT_EQ(file.all.text(),
              "f.json:1:1: workload: expected an object in braces { }, got a list\n");
}

TEST(Mistakes, AreShownInFileOrderWithTheCommandLineLast) {
    Mistakes all;
    FileMistakes b("b.json", all);
    FileMistakes a("a.json", all);
    b.add({.line = 9, .column = 1}, "x", "late");
    b.add({}, "y", "given");
    a.add({.line = 1, .column = 1}, "", "other file");
    b.add({.line = 2, .column = 7}, "z", "early");
    EXPECT_EQ(all.text(),
              "b.json:2:7: z: early\nb.json:9:1: x: late\na.json:1:1: other file\n"
              "command line: y: given\n");
}

}  // namespace
}  // namespace interregnum
