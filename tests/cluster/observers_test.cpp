// SPDX-License-Identifier: MIT
// What observers see of a real cluster in trouble, by what they write into the record: two
// databases that take writes at once, and the lock as etcd tells it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include <gtest/gtest.h>

#include "harness/record/reader.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;
using record::CanarySeen;
using record::FaultStage;
using record::Offset;
using record::Record;

/// When a node certainly took writes: from the end of the first try that was accepted to the begin
/// of the last one. One try alone is the time of that try.
struct Span {
    std::string node;
    Offset from{};
    Offset to{};
};

std::vector<Span> accepting(Record const& record) {
    std::vector<Span> spans;
    std::map<std::string, std::optional<Span>> open;
    Offset const end = record.ended ? record.ended->at : Offset::zero();
    for (CanarySeen const& seen : record.canaries) {
        auto& now = open[seen.node];
        if (seen.accepted) {
            if (!now) now = Span{.node = seen.node, .from = seen.at, .to = end};
        } else if (now) {
            now->to = std::max(now->from, seen.previous);
            spans.push_back(*now);
            now.reset();
        }
    }
    for (auto const& [node, span] : open)
        if (span) spans.push_back(*span);
    return spans;
}

/// When two nodes took writes at the same time, in the order of time. A node that did not answer a
/// try in time, on a busy machine, makes two of one.
std::vector<Span> both_accepted(Record const& record) {
    auto const spans = accepting(record);
    std::vector<Span> found;
    for (Span const& one : spans)
        for (Span const& other : spans) {
            if (one.node >= other.node) continue;
            Span const both{.node = one.node + " and " + other.node,
                            .from = std::max(one.from, other.from),
                            .to = std::min(one.to, other.to)};
            if (both.to >= both.from) found.push_back(both);
        }
    std::ranges::sort(found, {}, &Span::from);
    return found;
}

Offset length(std::vector<Span> const& spans) {
    Offset sum{};
    for (Span const& one : spans) sum += one.to - one.from;
    return sum;
}

double seconds(Offset span) { return std::chrono::duration<double>(span).count(); }

Offset when(Record const& record, FaultStage stage) {
    for (auto const& fault : record.faults)
        if (fault.stage == stage) return fault.at;
    ADD_FAILURE() << "no such stage";
    return {};
}

class Observers : public testing::Test {
protected:
    void SetUp() override { expect_healthy(); }
    void TearDown() override { renew_lab(); }

    /// Plays a drill of one fault and reads what was written.
    void play(std::string const& fault, std::string const& expect) {
        std::string const file = runs_.path() + ".json";
        for (auto const& earlier : std::filesystem::directory_iterator(runs_.path()))
            std::filesystem::remove_all(earlier);
        std::ofstream(file) << R"({"title": "observed", "steady_before": "4s", "steady_after": "3s",
            "steps": [)" << fault
                            << R"(, {"await": "redundant", "within": "2m"}],
            "expect": {)" << expect
                            << "}}";
        LocalResult const result =
            call({"run", file, "--seed", "5", "--inventory", "lab", "--out", runs_.path()});
        std::filesystem::remove(file);
        said_ = result.err;
        auto read = record::read_record(runs_.only_run() + "/record.jsonl");
        ASSERT_TRUE(read) << read.error().message << result.out << result.err;
        record_ = std::move(*read);
        ASSERT_TRUE(record_.ended) << result.err;
        for (FaultStage const stage : {FaultStage::verified, FaultStage::undone})
            EXPECT_GT(when(record_, stage), Offset::zero()) << result.err;
    }

    [[nodiscard]] std::string leader() const { return record_.faults.at(0).targets.at(0); }

    RunsFolder runs_;
    Record record_;
    std::string said_;
};

TEST_F(Observers, ADeadPatroniWithALivingDatabaseIsTwoPrimariesForAsLongAsItLasts) {
    play(R"({"fault": "process.pause", "target": "leader", "process": "patroni",
             "scope": "process", "for": "50s", "random_wait": "0s"})",
         R"("leader.changes": 1, "split_brain": ">= 0", "write.downtime": "<= 60s",
            "lost": ">= 0", "duplicated": ">= 0", "oversold": ">= 0")");
    auto const both = both_accepted(record_);
    ASSERT_FALSE(both.empty()) << said_;
    for (Span const& one : both) {
        std::printf("%s both took writes for %.3f s, from %.3f to %.3f s\n", one.node.c_str(),
                    seconds(one.to - one.from), seconds(one.from), seconds(one.to));
        EXPECT_TRUE(one.node.contains(leader())) << one.node;
    }
    // The new leader can come once the ttl (30 s) is over, and the old one goes on taking writes
    // until Patroni is let go on, some 50 s after it was stopped.
    EXPECT_GT(length(both), 8s);
    EXPECT_LT(length(both), 40s);
    EXPECT_GT(both.front().from, when(record_, FaultStage::injecting) + 15s);
    EXPECT_GE(both.back().to, when(record_, FaultStage::undoing) - 2s);
    EXPECT_TRUE(said_.contains("both take writes, since")) << said_;
    // The lock as etcd tells it: held by the old leader, gone, taken by another, in this order.
    ASSERT_GE(record_.leader_keys.size(), 3U);
    EXPECT_TRUE(record_.leader_keys[0].initial);
    EXPECT_EQ(record_.leader_keys[0].holder, leader());
    EXPECT_EQ(record_.leader_keys[1].holder, "");
    EXPECT_NE(record_.leader_keys[2].holder, "");
    EXPECT_NE(record_.leader_keys[2].holder, leader());
    EXPECT_LT(record_.leader_keys[1].revision, record_.leader_keys[2].revision);
    // The new leader took its first write after it had taken the lock.
    EXPECT_GT(both.front().from, record_.leader_keys[2].at);
}

TEST_F(Observers, AThawedLeaderTakesWritesForAMoment) {
    Offset thawed{};
    std::optional<CanarySeen> woke;
    // Whether it takes one at all is a race of its Patroni with its PostgreSQL: where the first one
    // wins there is nothing to see, and it is frozen again.
    for (int tries = 0; tries < 3 && !woke; ++tries) {
        ASSERT_NO_FATAL_FAILURE(
            play(R"({"fault": "process.pause", "target": "leader", "process": "patroni",
                     "scope": "service", "for": "45s", "random_wait": "0s"})",
                 R"("leader.changes": 1, "split_brain": ">= 0", "write.downtime": "<= 60s",
                    "lost": ">= 0", "duplicated": ">= 0", "oversold": ">= 0")"));
        thawed = when(record_, FaultStage::undoing);
        // While it stood still it took nothing; right after the thaw it did, until Patroni found
        // out.
        for (CanarySeen const& seen : record_.canaries)
            if (seen.node == leader() && seen.accepted &&
                seen.at > when(record_, FaultStage::injected)) {
                EXPECT_GE(seen.at, thawed);
                if (!woke) woke = seen;
            }
    }
    ASSERT_TRUE(woke) << "the thawed leader was not seen to take a write";
    auto const both = both_accepted(record_);
    ASSERT_FALSE(both.empty());
    for (Span const& one : both) {
        std::printf("%s both took writes for %.3f s, from %.3f s after the thaw began\n",
                    one.node.c_str(), seconds(one.to - one.from), seconds(one.from - thawed));
        EXPECT_TRUE(one.node.contains(leader())) << one.node;
        EXPECT_GE(one.from, thawed);
    }
    EXPECT_LT(length(both), 5s);
}

}  // namespace
}  // namespace interregnum::test
