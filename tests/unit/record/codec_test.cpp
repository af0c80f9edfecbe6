// SPDX-License-Identifier: MIT
#include "harness/record/codec.h"

#include <gtest/gtest.h>

#include "harness/record/limits.h"
#include "harness/record/names.h"
#include "harness/record/wal_tail.h"

namespace interregnum::record {
namespace {

using namespace std::chrono_literals;

// Events have no operator==: two are the same when their lines are.
void expect_round_trip(Event const& event) {
    std::string const line = to_line(event);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    Result<Event> const back = from_line(line);
    ASSERT_TRUE(back) << line << ": " << back.error().message;
    EXPECT_EQ(back->index(), event.index());
    EXPECT_EQ(to_line(*back), line);
}

RunStarted full_run() {
    return {
        .run_id = "2026-11-22T03-10-44-kill-leader",
        .version = "0.1.0",
        .scenario = "kill-leader",
        .title = "The leader's server loses power",
        .cluster = "lab",
        .environment = "disposable",
        .seed = 0xFFFF'FFFF'FFFF'FFFFU,
        .wall_start_ns = 1'795'317'044'123'456'789,
        .again = "interregnum run kill-leader --seed 7",
        .nodes = {{"db1", "10.0.1.11", "db"}, {"app1", "10.0.1.21", "app"}},
        .expectations = {{"write.downtime", "<=", 60'000'000'000, "write.downtime <= 60s", false},
                         {"lost", "==", 0, "lost == 0", true}},
        .notes = {"--trust-new-hosts: 2 host keys were accepted"},
        .by_design = "etcd has no majority",
        .why = "Nobody can hold the lock.",
        .watched = true};
}

TEST(Codec, KeepsEveryMemberOfTheFirstLine) {
    expect_round_trip(full_run());
    Result<Event> const back = from_line(to_line(full_run()));
    ASSERT_TRUE(back);
    auto const& run = std::get<RunStarted>(*back);
    EXPECT_EQ(run.seed, 0xFFFF'FFFF'FFFF'FFFFU);
    EXPECT_EQ(run.wall_start_ns, 1'795'317'044'123'456'789);
    ASSERT_EQ(run.nodes.size(), 2U);
    EXPECT_EQ(run.nodes[1].group, "app");
    ASSERT_EQ(run.expectations.size(), 2U);
    EXPECT_EQ(run.expectations[0].limit, 60'000'000'000);
    EXPECT_TRUE(run.expectations[1].by_default);
    EXPECT_EQ(run.notes.size(), 1U);
    EXPECT_EQ(run.by_design, "etcd has no majority");
    EXPECT_EQ(run.why, "Nobody can hold the lock.");
    EXPECT_TRUE(run.watched);
}

TEST(Codec, BringsBackEveryTypeOfEvent) {
    expect_round_trip(
        StreamDeclared{3, "orders", Service::read, "app2:5001", Connection::kept, 20ms, 1s, 40});
    expect_round_trip(StreamDeclared{.id = 4,
                                     .probe = "orders",
                                     .entry = "db1:5432",
                                     .clients = 8,
                                     .way = "direct",
                                     .way_delay = 1500us,
                                     .closed_loop = true});
    expect_round_trip(Attempt{.stream = 3,
                              .number = 77,
                              .due = 1540ms,
                              .started = 1541ms,
                              .finished = 1602ms,
                              .outcome = Outcome::failed,
                              .token = "o-77",
                              .id = -5,
                              .seen = 41,
                              .replicas = 2,
                              .server = "db1",
                              .error = "server_error",
                              .sqlstate = "40001",
                              .detail = "could not serialize access"});
    expect_round_trip(OrdersSeen{.node = "db1",
                                 .timeline = 2,
                                 .from_id = 77,
                                 .numbers = {{1, 0, 41}, {3, 7, 7}},
                                 .asked = 1s,
                                 .at = 1002ms});
    expect_round_trip(StepEvent{2, "fault", "node.crash on leader (db1)", true, true, 12s, "x"});
    expect_round_trip(
        FaultEvent{"f1", "node.crash", FaultStage::verified, {"db1"}, "leader", 12s, "silent"});
    expect_round_trip(
        MemberSeen{"db2", true, "leader", "running", 2, 0, true, true, 40s, 41s, 42s});
    expect_round_trip(RedisMasterSeen{"db3", "db2", 16s, 17s, 17001ms});
    expect_round_trip(BackendSeen{"app1", "write", "db2", "UP", 42s, 43s, 43002ms});
    expect_round_trip(CanarySeen{"db1", false, 0, 12, "read_only", 42s, 43s, 43001ms});
    expect_round_trip(ReplicationSeen{"db2", true, 3, -1, 1 << 20, 1 << 19, 43s, 43002ms});
    expect_round_trip(
        ReplicationSeen{"db1", false, 3, 1 << 20, -1, -1, 43s, 43002ms, "\"db2\"", 1200ms});
    expect_round_trip(LeaderKeySeen{"db2", 4711, "db3", false, 43s});
    expect_round_trip(LeaderKeySeen{"", 4712, "db3", false, 44s, 41s});
    expect_round_trip(SentinelSaid{"db3", "+switch-master", "shop 10.0.0.1 6379 \"x\"", 43s});
    expect_round_trip(NodeSeen{"db1", true, "0f-1", -1200us, 300us, 43s, 43001ms});
    expect_round_trip(ObserverCost{"patroni", "db1", 900, 31, 4s, 99s});
    expect_round_trip(Fact{"etcd_leader", "db3", 1s});
    expect_round_trip(NodeState{"db1", "before", true, {{"nft", "none"}, {"tc", "a\"b"}}, 1s});
    expect_round_trip(
        FinalRows{"orders", "db2", "leader", {{"o-1", 1, 1}, {"o-2", 2, 3}}, true, 99s});
    expect_round_trip(FinalQuota{"hot", 500, 39, "db2", 99s});
    expect_round_trip(Note{Note::Effect::not_undone, "db1 keeps a rule", 99s});
    expect_round_trip(RunEnded{EndReason::interrupted, "SIGINT", 100s});
}

TEST(Codec, LeavesOutWhatAnAttemptDoesNotHave) {
    EXPECT_EQ(to_line(Attempt{.stream = 1,
                              .number = 2,
                              .due = 3ns,
                              .started = 4ns,
                              .finished = 5ns,
                              .outcome = Outcome::ok}),
              R"({"t":"attempt","stream":1,"number":2,"due_ns":3,"started_ns":4,)"
              R"("finished_ns":5,"outcome":"ok"})");
}

TEST(Codec, KeepsHostileTextOnOneLine) {
    std::string const text = "a\"b\\c\nd\te\x01</script>\xE2\x80\xA8 \xC3\xA9";
    std::string const line = to_line(Note{.text = text});
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(line.find('<'), std::string::npos);
    Result<Event> const back = from_line(line);
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<Note>(*back).text, text);
}

TEST(Codec, ReplacesBytesThatAreNoUtf8) {
    // Latin-1, a cut sequence, an overlong slash, a surrogate.
    for (std::string const bad : {"caf\xE9", "x\xE2\x82", "\xC0\xAF", "\xED\xA0\x80"}) {
        Result<Event> const back = from_line(to_line(Note{.text = bad}));
        ASSERT_TRUE(back) << back.error().message;
        EXPECT_NE(std::get<Note>(*back).text.find("\xEF\xBF\xBD"), std::string::npos);
    }
}

TEST(Codec, IgnoresUnknownKeysAndDefaultsMissingOnes) {
    Result<Event> const back = from_line(R"({"t":"fact","name":"a","colour":[1,{"b":2}]})");
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<Fact>(*back).name, "a");
    EXPECT_EQ(std::get<Fact>(*back).value, "");
}

struct Bad {
    std::string line;
    std::string says;
};

TEST(Codec, RefusesWhatIsNoEvent) {
    for (Bad const& bad : std::vector<Bad>{
             {"", "not a JSON object"},
             {"{", "not a JSON object"},
             {"[1]", "expected a JSON object"},
             {"{}", "no \"t\""},
             {R"({"t":7})", "no \"t\""},
             {R"({"t":"holiday"})", "unknown event type \"holiday\""},
             {R"({"t":"fact","name":5})", "\"name\" is not a string"},
             {R"({"t":"fact","at_ns":"5"})", "\"at_ns\" is not nanoseconds"},
             {R"({"t":"fact","at_ns":1.5})", "\"at_ns\" is not nanoseconds"},
             {R"({"t":"attempt","outcome":"maybe"})", "\"outcome\" is not one of the known words"},
             {R"({"t":"attempt","stream":99999999999})", "\"stream\" is not an integer in range"},
             {R"({"t":"step","ok":1})", "\"ok\" is not true or false"},
             {R"({"t":"fault","targets":["a",1]})", "\"targets\" is not a list of strings"},
             {R"({"t":"final_rows","rows":[3]})", "\"rows\" is not a list of objects"},
             {R"({"t":"final_rows","rows":[{"id":"x"}]})", "rows[].\"id\" is not an integer"},
             {R"({"t":"node_state","facts":{"a":1}})", "\"facts\" is not an object of strings"},
             {R"({"t":"run","seed":-1})", "\"seed\" is not an integer"}}) {
        Result<Event> const result = from_line(bad.line);
        ASSERT_FALSE(result) << bad.line;
        EXPECT_NE(result.error().message.find(bad.says), std::string::npos)
            << bad.line << " -> " << result.error().message;
    }
}

TEST(Codec, RefusesLinesOverTheLimitAndDeepNesting) {
    EXPECT_FALSE(from_line(to_line(Note{.text = std::string(line_limit, 'x')})));
    std::string const just_below(line_limit - 100, 'x');
    EXPECT_TRUE(from_line(to_line(Note{.text = just_below})));
    EXPECT_FALSE(from_line(R"({"t":"fact","x":)" + std::string(100'000, '[')));
}

TEST(WalTail, ComesBackFromItsFact) {
    WalTail const tail{.node = "db1",
                       .timeline = 1,
                       .next = "db2",
                       .fork = 0x3008660,
                       .end = 0x30328D0,
                       .end_from = "its WAL",
                       .records = 108,
                       .commits = 3,
                       .first_commit = "2026-11-23 04:39:35.898721 UTC",
                       .last_commit = "2026-11-23 04:39:35.916649 UTC",
                       .kinds = {{"Btree", 53}, {"Heap", 55}},
                       .segments = {"000000010000000000000003"},
                       .not_kept = "a \"reason\""};
    auto const back = wal_tail_from(to_text(tail));
    ASSERT_TRUE(back) << to_text(tail);
    EXPECT_EQ(to_text(*back), to_text(tail));
    EXPECT_EQ(back->kinds.at("Heap"), 55);
    EXPECT_EQ(lost_bytes(*back), 172'656);
    for (std::string_view const wrong : {"", "db1", "[]", "{", R"({"timeline":1})"})
        EXPECT_FALSE(wal_tail_from(wrong)) << wrong;
    EXPECT_EQ(lost_bytes(WalTail{.fork = 5}), std::nullopt);
    EXPECT_EQ(lost_bytes(WalTail{.fork = 5, .end = 4}), 0);
}

TEST(WalPosition, IsTwoNumbersToTheBase16) {
    EXPECT_EQ(parse_wal_position("0/3008660"), 0x3008660);
    EXPECT_EQ(parse_wal_position("1A/000000FF"), 0x1A'0000'00FF);
    EXPECT_EQ(show_wal_position(0x1A'0000'00FF), "1A/FF");
    for (std::string_view const wrong :
         {"", "/", "0", "0/", "0/x", "/1", "-1/0", "0/123456789", "FFFFFFFF/0", "0/1 "})
        EXPECT_FALSE(parse_wal_position(wrong)) << wrong;
}

TEST(Names, AreTheSameInBothDirections) {
    for (auto const stage : {FaultStage::armed, FaultStage::undo_failed, FaultStage::verified})
        EXPECT_EQ(from_word<FaultStage>(to_string(stage)), stage);
    EXPECT_EQ(from_word<Service>("ticket"), Service::ticket);
    EXPECT_EQ(from_word<Service>("tickets"), std::nullopt);
    EXPECT_EQ(from_word<Connection>("fresh"), Connection::fresh);
    EXPECT_EQ(to_string(EndReason::aborted), "aborted");
}

}  // namespace
}  // namespace interregnum::record
