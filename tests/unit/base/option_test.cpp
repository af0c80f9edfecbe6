// SPDX-License-Identifier: MIT
#include "harness/base/option.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using namespace std::chrono_literals;

std::vector<OptionSpec> const specs{
    {.name = "for", .type = OptionType::duration, .fallback = "45s"},
    {.name = "rate", .type = OptionType::rate, .fallback = "50/s"},
    {.name = "process", .choices = {"postgres", "patroni"}},
    {.name = "target", .type = OptionType::role, .required = true},
};

TEST(Option, FallbacksAreReadByTheSameParser) {
    Options const options = fallback_options(specs);
    EXPECT_EQ(options.duration("for"), 45s);
    EXPECT_DOUBLE_EQ(options.rate_per_s("rate"), 50);
    EXPECT_FALSE(options.has("process"));
    EXPECT_FALSE(options.has("target"));
}

TEST(Option, AWrongValueSaysWhatWasExpected) {
    EXPECT_EQ(std::get<std::string>(parse_option(specs[0], "45")),
              "a duration such as \"30s\", \"1m30s\" or \"500ms\"");
    EXPECT_EQ(std::get<std::string>(parse_option(specs[2], "mysql")),
              "one of \"postgres\", \"patroni\"");
}

TEST(Option, RolesAreNamesJoinedByCommas) {
    auto const parsed = parse_option(specs[3], "db1,db2");
    EXPECT_EQ(std::get<Roles>(std::get<OptionValue>(parsed)).names,
              (std::vector<std::string>{"db1", "db2"}));
    EXPECT_TRUE(std::holds_alternative<std::string>(parse_option(specs[3], "db1,,db2")));
    EXPECT_TRUE(std::holds_alternative<std::string>(parse_option(specs[3], "")));
}

TEST(Option, ValuesAreShownInTheNotationOfFiles) {
    EXPECT_EQ(to_text(OptionValue(Duration(90s))), "1m30s");
    EXPECT_EQ(to_text(OptionValue(Rate{50})), "50/s");
    EXPECT_EQ(to_text(OptionValue(Roles{{"db1", "db2"}})), "db1,db2");
    EXPECT_EQ(to_text(OptionValue(true)), "true");
}

TEST(Option, WordsAreAListOfTextsAndReadBackAsShown) {
    OptionSpec const spec{.name = "inject", .type = OptionType::words};
    auto const parsed = parse_option(spec, R"(["printf", "a b\n\"", ""])");
    OptionValue const& value = std::get<OptionValue>(parsed);
    EXPECT_EQ(std::get<Words>(value).list, (std::vector<std::string>{"printf", "a b\n\"", ""}));
    EXPECT_EQ(std::get<OptionValue>(parse_option(spec, to_text(value))), value);
    EXPECT_TRUE(std::get<Words>(std::get<OptionValue>(parse_option(spec, "[]"))).list.empty());
    for (char const* wrong : {"", "ls -l", "[1]", "[\"ls\"", "[\"a\\u0000b\"]", "{}"})
        EXPECT_EQ(std::get<std::string>(parse_option(spec, wrong)),
                  R"(a list of texts such as ["ls", "-l"])")
            << wrong;
}

TEST(OptionDeathTest, AnAbsentValueIsABug) {
    Options const options;
    EXPECT_DEATH(static_cast<void>(options.duration("for")), "option for");
}

}  // namespace
}  // namespace interregnum
