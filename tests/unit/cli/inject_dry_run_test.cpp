// SPDX-License-Identifier: MIT
// `inject --dry-run` of a cluster of which nobody answers.
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/exit_code.h"
#include "harness/cli/program.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

/// Production, so that a run would want its name typed; with power by commands of this machine,
/// each of which would leave a file.
constexpr char const* inventory = R"({ "cluster": "shop", "environment": "production",
  "ssh": { "user": "a" },
  "db": { "db1": "127.83.0.1", "db2": "127.83.0.2", "db3": "127.83.0.3" },
  "write": ["db1:5432"],
  "power": { "off": ["touch", "TOUCHED", "{node}"], "on": ["touch", "TOUCHED", "{address}"] } })";

class InjectDryRun : public testing::Test {
protected:
    void SetUp() override {
        std::string text = inventory;
        for (std::size_t at = text.find("TOUCHED"); at != std::string::npos;
             at = text.find("TOUCHED"))
            text.replace(at, 7, touched_);
        std::ofstream(folder_ / "inventory.json") << text;
    }
    /// `interregnum inject WORDS --dry-run`: its exit code; what it printed is in `out_`.
    int inject(std::vector<std::string> words) {
        words.insert(words.begin(), {std::string("interregnum"), "inject"});
        words.insert(words.end(), {"--dry-run", "--inventory", folder_ / "inventory.json", "--out",
                                   folder_ / "runs"});
        std::vector<char*> argv;
        for (std::string& word : words) argv.push_back(word.data());
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        int const code = run_program(static_cast<int>(argv.size()), argv.data());
        out_ = testing::internal::GetCapturedStdout();
        err_ = testing::internal::GetCapturedStderr();
        EXPECT_FALSE(std::filesystem::exists(folder_ / "runs"));
        EXPECT_FALSE(std::filesystem::exists(touched_));
        return code;
    }
    [[nodiscard]] std::string file() const { return touched_; }

    std::string out_;
    std::string err_;

private:
    test::TempFolder folder_;
    std::string touched_ = folder_ / "touched";
};

TEST_F(InjectDryRun, ShowsTheCommandsAndTheirUndoAndTouchesNothing) {
    EXPECT_EQ(inject({"node.crash", "--target", "db2", "--for", "50s"}), 0) << err_;
    for (std::string const& part :
         {std::string("node.crash on shop"), std::string("nothing is touched"),
          std::string("targets db2"), "the controller: 'touch' '" + file() + "' 'db2'",
          std::string("proof   "), "'touch' '" + file() + "' '127.83.0.2'",
          std::string("50s, then it is undone")})
        EXPECT_TRUE(out_.contains(part)) << part << "\n" << out_;
}

TEST_F(InjectDryRun, IsForProgramsToo) {
    EXPECT_EQ(inject({"process.kill", "--target", "db1", "--set", "process=redis", "--for", "30s",
                      "--json"}),
              0)
        << err_;
    auto const json = nlohmann::json::parse(out_);
    EXPECT_EQ(json.at("scenario"), "process.kill");
    EXPECT_EQ(json.at("steps").at(0).at("targets").at(0), "db1");
    EXPECT_EQ(json.at("steps").at(0).at("armed").at(0), "db1");
}

TEST_F(InjectDryRun, EndsAsThatOfADrillDoes) {
    EXPECT_EQ(inject({"node.crash", "--target", "leader"}), 2);
    EXPECT_TRUE(out_.contains("NOT POSSIBLE: nobody has that role now")) << out_;
    EXPECT_EQ(inject({"node.crash", "--target", "db1,db2"}), 2);
    EXPECT_TRUE(out_.contains("     REFUSED ")) << out_;
    EXPECT_EQ(inject({"node.crash", "--target", "db1,db2", "--allow-quorum-loss"}), 0) << out_;
    EXPECT_EQ(inject({"node.crush", "--target", "db1"}), 64);
    EXPECT_EQ(inject({"node.crash", "--target", "db9"}), 64);
}

}  // namespace
}  // namespace interregnum
