// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "harness/lab/inventory_file.h"
#include "harness/lab/settings.h"
#include "harness/probe.h"
#include "harness/scenario/scenario.h"

namespace interregnum::test {
namespace {

namespace fs = std::filesystem;

TEST(Defects, EachDoesSomethingThatTheLabOrTheShopUnderstands) {
    ASSERT_FALSE(Registry<Defect>::all().empty());
    for (Defect const* defect : Registry<Defect>::all()) {
        std::vector<std::string> const name{std::string(defect->name)};
        auto const settings = parse_lab_settings({}, name);
        ASSERT_TRUE(settings) << settings.error().message;
        bool const does_something = !defect->settings.empty() || !defect->sql.empty() ||
                                    !defect->job.empty() || !defect->bug.empty();
        EXPECT_TRUE(does_something) << defect->name;
        EXPECT_NE(describe_defects().find(defect->name), std::string::npos);
        EXPECT_EQ(defect->customer.empty(), defect->bug.empty()) << defect->name;
        if (defect->customer.empty()) continue;
        auto const* const probe = Registry<ProbeKind>::find(defect->customer);
        ASSERT_NE(probe, nullptr) << defect->customer;
        auto const option = std::ranges::find(probe->options, "bug", &OptionSpec::name);
        ASSERT_NE(option, probe->options.end()) << defect->name;
        EXPECT_NE(std::ranges::find(option->choices, defect->bug), option->choices.end());
        EXPECT_TRUE(option->doc.empty()) << "it would be listed";
    }
}

TEST(Defects, WinOverSettingsAndStandInTheLinesOfTheState) {
    std::vector<std::string> const set{"patroni.synchronous_mode=true"};
    std::vector<std::string> const names{"async_lag"};
    auto const settings = parse_lab_settings(set, names);
    ASSERT_TRUE(settings);
    EXPECT_FALSE(settings->values.flag("patroni.synchronous_mode"));
    auto const found = defects_among(settings->lines());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]->name, "async_lag");
    EXPECT_NE(settings->lines(), parse_lab_settings(set)->lines());
    std::vector<std::string> const wrong{"asink_lag"};
    EXPECT_NE(parse_lab_settings({}, wrong).error().message.find("\"async_lag\""),
              std::string::npos);
}

TEST(Defects, JobsCarryNoNames) {
    std::vector<std::string> names;
    for (Defect const* defect : Registry<Defect>::all()) names.emplace_back(defect->name);
    auto const all = find_defects(names);
    ASSERT_TRUE(all);
    std::string const script = jobs_script(*all);
    EXPECT_NE(script.find(std::to_string(job_orders)), std::string::npos);
    EXPECT_EQ(jobs_script({}), "");
    for (std::string const& name : names) {
        EXPECT_EQ(script.find(name), std::string::npos) << name;
        EXPECT_EQ(lab_inventory_text().find(name), std::string::npos) << name;
    }
}

/// A judgement that knows what is wrong proves nothing: no file of reports has a defect's name, or
/// asks what bug a shop has.
TEST(Defects, NoCheckCanReadTheirNames) {
    for (auto const& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / "reports")) {
        if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
        std::ifstream const file(entry.path());
        std::ostringstream text;
        text << file.rdbuf();
        EXPECT_EQ(text.str().find("lab/"), std::string::npos) << entry.path();
        for (Defect const* defect : Registry<Defect>::all()) {
            EXPECT_EQ(text.str().find(defect->name), std::string::npos)
                << entry.path() << " " << defect->name;
            if (!defect->bug.empty()) {
                EXPECT_EQ(text.str().find("\"" + std::string(defect->bug)), std::string::npos)
                    << entry.path() << " " << defect->bug;
            }
        }
    }
}

TEST(Defects, EachHasADrillThatProvokesIt) {
    std::set<std::string> drills;
    for (auto const& entry : fs::directory_iterator(fs::path(TEST_DATA_DIR) / "defects")) {
        drills.insert(entry.path().stem());
        Mistakes mistakes;
        auto const drill = load_scenario(entry.path(), {}, {}, mistakes);
        EXPECT_TRUE(drill && mistakes.empty()) << mistakes.text();
    }
    std::set<std::string> names;
    for (Defect const* defect : Registry<Defect>::all()) names.emplace(defect->name);
    EXPECT_EQ(drills, names);
}

}  // namespace
}  // namespace interregnum::test
