// SPDX-License-Identifier: MIT
#include "harness/base/shell_quote.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/process.h"

namespace interregnum {
namespace {

TEST(ShellQuote, QuotesEverythingAndEscapesOnlyTheQuote) {
    EXPECT_EQ(shell_quote(""), "''");
    EXPECT_EQ(shell_quote("plain"), "'plain'");
    EXPECT_EQ(shell_quote("it's"), R"('it'\''s')");
    EXPECT_EQ(shell_quote("a\nb"), "'a\nb'");
    EXPECT_EQ(shell_quote("-rf"), "'-rf'");
    EXPECT_EQ(shell_quote("$(reboot) `x` \\ \" ; &"), "'$(reboot) `x` \\ \" ; &'");
    EXPECT_EQ(shell_quote(std::vector<std::string>{"rm", "", "a b"}), "'rm' '' 'a b'");
}

TEST(ShellQuote, ARealShellReadsBackTheSameBytes) {
    std::string every;
    for (int c = 1; c < 256; ++c) every += static_cast<char>(c);
    std::vector<std::string> const words{"",
                                         "-rf",
                                         "--",
                                         "'",
                                         "'''",
                                         "\\",
                                         "\n",
                                         "\n\n",
                                         "a\n",
                                         "$(id)",
                                         "`id`",
                                         "$HOME",
                                         "*",
                                         "~",
                                         "!!",
                                         "A=B",
                                         "if",
                                         "\xff\xfe",
                                         every,
                                         "# no comment",
                                         std::string(100'000, '\'')};
    std::string expected;
    for (std::string const& word : words) expected += word + std::string(1, '\0');
    auto const said =
        run_local({.argv = {"sh"}, .input = "printf '%s\\000' " + shell_quote(words) + "\n"});
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(said->exit_status, 0) << said->err;
    EXPECT_EQ(said->out, expected);
}

TEST(ShellQuoteDeathTest, NulEndsTheProgram) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    std::string const word("a\0b", 3);
    EXPECT_TRUE(has_nul(word));
    EXPECT_FALSE(has_nul("ab"));
    EXPECT_DEATH(static_cast<void>(shell_quote(word)), "NUL");
}

}  // namespace
}  // namespace interregnum
