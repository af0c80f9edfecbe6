// SPDX-License-Identifier: MIT
#include "harness/cli/program.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

/// What `interregnum WORDS` prints; it must end with 0.
std::string printed(std::vector<std::string> words) {
    words.insert(words.begin(), "interregnum");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    testing::internal::CaptureStdout();
    EXPECT_EQ(run_program(static_cast<int>(argv.size()), argv.data()), 0);
    return testing::internal::GetCapturedStdout();
}

TEST(Help, SaysTheExitCodes) {
    EXPECT_NE(printed({"--help"}).find("0 pass, 1 fail, 2 inconclusive"), std::string::npos);
}

TEST(Help, OfReportDoesNotSpeakOfAVerdictsCodes) {
    std::string const help = printed({"report", "--help"});
    EXPECT_EQ(help.find("1 fail"), std::string::npos) << help;
    EXPECT_NE(help.find("0 reported, whatever the verdict is"), std::string::npos) << help;
}

TEST(Help, OfWatchHasAnExampleAndSaysWhatCtrlCDoes) {
    std::string const help = printed({"watch", "--help"});
    EXPECT_NE(help.find("Example: interregnum watch"), std::string::npos) << help;
    EXPECT_NE(help.find("Ctrl-C ends the watching"), std::string::npos) << help;
}

}  // namespace
}  // namespace interregnum
