// SPDX-License-Identifier: MIT
#include "harness/remote/sudoers.h"

#include <gtest/gtest.h>

#include "harness/base/process.h"

namespace interregnum {
namespace {

TEST(Sudoers, OneShellAsRootAndNothingElse) {
    std::string const text = sudoers_text("drill");
    EXPECT_NE(text.find("\ndrill ALL=(root) NOPASSWD: /bin/sh \"\", /usr/bin/sh \"\"\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("NOPASSWD: ALL"), std::string::npos);
}

TEST(Sudoers, ANameIsNeverMoreThanAName) {
    EXPECT_NE(sudoers_text("ALL").find("\n\\ALL ALL="), std::string::npos);
    EXPECT_NE(sudoers_text("%wheel").find("\n\\%wheel ALL="), std::string::npos);
    EXPECT_NE(sudoers_text("a b").find("\na\\ b ALL="), std::string::npos);
    EXPECT_EQ(sudoers_text("a\nroot").find("\nroot"), std::string::npos);
}

TEST(Sudoers, SudoItselfReadsIt) {
    for (char const* user : {"drill", "ALL", "%wheel", "a b", "Some.One-2"}) {
        auto const checked =
            run_local({.argv = {"visudo", "-cf", "-"}, .input = sudoers_text(user)});
        if (!checked) GTEST_SKIP() << checked.error().message;
        EXPECT_EQ(checked->exit_status, 0) << user << ": " << checked->err << checked->out;
    }
}

}  // namespace
}  // namespace interregnum
