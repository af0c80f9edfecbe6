// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/format.h"
#include "reports/judge.h"
#include "tests/unit/support/golden.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

std::string render(std::string_view format, record::Record const& record) {
    FormatKind const* const kind = Registry<FormatKind>::find(format);
    EXPECT_NE(kind, nullptr) << format;
    Judgement judgement = judge_record(record);
    judgement.folder = "runs/" + record.run.run_id;
    return kind == nullptr ? "" : kind->render(record, judgement);
}

record::Record failed_drill() {
    auto made = test::killed_leader();
    made.record.run.expectations[1] = {.measure = "write.downtime",
                                       .op = "<=",
                                       .limit = 1'000'000'000,
                                       .text = "write.downtime <= 1s"};
    made.lose = {"orders-1-300", "orders-1-301"};
    made.record.run.notes.emplace_back("--trust-new-hosts: 2 host keys were accepted");
    return made.build();
}

record::Record hostile_drill() {
    auto made = test::killed_leader();
    std::string const bad = "</script><script>alert(1)</script>\"'&]]>|`*\x1b[31m\n";
    made.record.run.title = made.record.run.cluster = made.record.run.scenario = bad;
    made.record.run.again = bad;
    made.record.notes.push_back({.text = bad});
    made.record.run.expectations[0].text = bad;
    made.record.faults[2].detail = made.record.faults[2].kind = bad;
    made.record.node_states[1].facts["f"] = bad;
    made.record.steps[2].text = bad + "redundant";
    return made.build();
}

TEST(Terminal, LooksLikeTheSampleOfTheDesign) {
    test::expect_golden("kill-leader.terminal.txt",
                        render("terminal", test::killed_leader().build()));
}
TEST(Terminal, ShowsWhatFailedWithItsProof) {
    test::expect_golden("lost.terminal.txt", render("terminal", failed_drill()));
}
TEST(Terminal, ReportsAKilledRun) {
    auto record = test::killed_leader().build();
    record.ended.reset();
    record.final_rows.clear();
    record.final_quotas.clear();
    std::erase_if(record.attempts, [](auto const& attempt) { return attempt.started > 30s; });
    std::erase_if(record.members, [](auto const& member) { return member.at > 30s; });
    std::erase_if(record.faults, [](auto const& fault) { return fault.at > 30s; });
    std::erase_if(record.steps, [](auto const& step) { return step.at > 30s; });
    std::erase_if(record.node_states, [](auto const& state) { return state.at > 30s; });
    test::expect_golden("killed.terminal.txt", render("terminal", record));
}
TEST(Terminal, SaysWhatThePhasesLeaveOut) {
    auto made = test::killed_leader();
    for (auto const& stream : made.record.streams) made.down(stream.id, 50s, 51s);
    std::string const text = render("terminal", made.build());
    EXPECT_TRUE(text.contains(" | other outages 1.0 | redundant again after 58 s")) << text;
}
TEST(Terminal, KeepsControlCharactersOut) {
    for (char const c : render("terminal", hostile_drill()))
        ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
}

TEST(Json, HoldsEveryNumberWithItsBounds) {
    std::string const text = render("json", test::killed_leader().build());
    test::expect_golden("kill-leader.summary.json", text);
    auto const json = nlohmann::json::parse(text);
    EXPECT_EQ(json.at("schema"), 1);
    EXPECT_EQ(json.at("verdict"), "pass");
    auto const& write = json.at("measures").at("write.downtime");
    EXPECT_LE(write.at("at_least"), write.at("best"));
    EXPECT_LE(write.at("best"), write.at("at_most"));
    EXPECT_EQ(write.at("unit"), "ns");
}

TEST(Junit, HasACaseForEachExpectationAndCheck) {
    test::expect_golden("kill-leader.junit.xml", render("junit", test::killed_leader().build()));
    test::expect_golden("lost.junit.xml", render("junit", failed_drill()));
}
TEST(Junit, HasNoFailureOfADrillThatProvesNothing) {
    auto made = test::killed_leader();
    made.record.run.expectations[1] = {.measure = "write.downtime",
                                       .op = "<=",
                                       .limit = 1'000'000'000,
                                       .text = "write.downtime <= 1s"};
    made.record.notes.push_back(
        {.effect = record::Note::Effect::inconclusive, .text = "the controller stood still"});
    std::string const text = render("junit", made.build());
    EXPECT_NE(text.find("value=\"INCONCLUSIVE\""), std::string::npos) << text;
    EXPECT_EQ(text.find("<failure"), std::string::npos) << text;
    EXPECT_NE(text.find("(not judged: the drill proves nothing)"), std::string::npos) << text;
}
TEST(Junit, EscapesWhateverTheRecordHolds) {
    std::string const text = render("junit", hostile_drill());
    EXPECT_EQ(text.find("<script"), std::string::npos);
    EXPECT_EQ(text.find("]]>"), std::string::npos);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(Prometheus, HasEveryKnownMeasureInBaseUnits) {
    test::expect_golden("lost.metrics.prom", render("prometheus", failed_drill()));
    // A name that would end its label.
    auto record = failed_drill();
    record.run.scenario = "a\"} 1\n\\";
    std::string const text = render("prometheus", record);
    EXPECT_NE(text.find("scenario=\"a\\\"} 1\\n\\\\\""), std::string::npos) << text;
}

TEST(Markdown, IsATableAndTheReason) {
    test::expect_golden("lost.summary.md", render("markdown", failed_drill()));
}

TEST(Html, LetsNoStringOfTheRecordOutOfItsPlace) {
    std::string const text = render("html", hostile_drill());
    EXPECT_EQ(text.find("<script>alert"), std::string::npos);
    std::size_t scripts = 0;
    for (std::size_t at = text.find("<script"); at != std::string::npos;
         at = text.find("<script", at + 1))
        ++scripts;
    EXPECT_EQ(scripts, 3U) << "the data, dygraphs and page.js";
}
TEST(Html, IsOneFileThatLoadsNothing) {
    std::string const text = render("html", test::killed_leader().build());
    EXPECT_EQ(text.find("<link"), std::string::npos);
    EXPECT_EQ(text.find(" src="), std::string::npos);
    EXPECT_NE(text.find("default-src 'none'"), std::string::npos);
    EXPECT_NE(text.find("db2 leads on timeline 2"), std::string::npos);
    EXPECT_NE(text.find("node.crash on db1 injected"), std::string::npos);
    EXPECT_NE(text.find("31.94 s"), std::string::npos);
}

TEST(Formats, TakeARecordWithNothingInIt) {
    for (FormatKind const* kind : Registry<FormatKind>::all()) {
        record::Record const empty;
        EXPECT_FALSE(kind->render(empty, judge_record(empty)).empty()) << kind->name;
    }
    EXPECT_EQ(Registry<FormatKind>::all().size(), 6U);
}

}  // namespace
}  // namespace interregnum
