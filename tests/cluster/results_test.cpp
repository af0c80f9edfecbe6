// SPDX-License-Identifier: MIT
// Results in a PostgreSQL that several write at once: a database of the lab, for this test only.
#include "harness/results.h"

#include <cstdlib>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "harness/lab/lab.h"
#include "tests/cluster/support/drill.h"
#include "tests/cluster/support/lab_context.h"
#include "tests/unit/statistics/made_runs.h"

namespace interregnum::test {
namespace {

class SharedResults : public testing::Test {
protected:
    void SetUp() override {
        expect_redundant_lab();
        auto context = lab_context();
        if (auto const* why = std::get_if<std::string>(&context)) GTEST_SKIP() << *why;
        ::setenv("PGPASSWORD", std::get<ProbeContext>(context).postgres.password.reveal().c_str(),
                 1);
        sql("DROP DATABASE IF EXISTS shared_results");
        sql("CREATE DATABASE shared_results OWNER drill");
    }
    void TearDown() override { sql("DROP DATABASE IF EXISTS shared_results WITH (FORCE)"); }

    /// On whichever node is the leader: the others cannot write.
    static void sql(std::string const& statement, std::string const& database = "postgres") {
        for (char const* node : {"db1", "db2", "db3"}) {
            auto const said =
                lab_exec(node, {.argv = {"sh", "-c",
                                         "cd /; runuser -u postgres -- psql -Xqd " + database +
                                             " -c '" + statement + "' 2>/dev/null"}});
            if (said && said->exit_status == 0) return;
        }
        ADD_FAILURE() << statement;
    }
    static Result<std::unique_ptr<ResultsStore>> open(std::string const& more = "") {
        return Registry<ResultsKind>::find("postgresql")
            ->open("postgresql://drill@10.99.0.21:5000/shared_results" + more);
    }
};

TEST_F(SharedResults, AreWrittenBySeveralAtOnceAndReadBackWhole) {
    constexpr std::size_t each = 15;
    auto const runs = made_runs(std::vector<double>(2 * each, 31.5));
    std::vector<std::string> wrong(2);
    {
        std::vector<std::jthread> writers;
        writers.reserve(wrong.size());
        for (std::size_t writer = 0; writer < 2; ++writer)
            writers.emplace_back([&, writer] {
                auto const store = open();  // both make the schema
                if (!store) {
                    wrong[writer] = store.error().message;
                    return;
                }
                for (std::size_t i = writer; i < runs.size(); i += 2)
                    if (Status const added = (*store)->add(runs[i]); !added)
                        wrong[writer] = added.error().message;
                // One that both write is there once.
                if (Status const added = (*store)->add(runs[0]); !added)
                    wrong[writer] = added.error().message;
            });
    }
    EXPECT_EQ(wrong, (std::vector<std::string>(2)));
    auto const store = open();
    ASSERT_TRUE(store) << store.error().message;
    auto const read = (*store)->runs("kill-leader", 100);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        EXPECT_EQ((*read)[i].id, runs[i].id);
        EXPECT_EQ((*read)[i].seed, runs[i].seed);
        EXPECT_EQ((*read)[i].etcd_with_leader, runs[i].etcd_with_leader);
        EXPECT_EQ((*read)[i].measures.size(), runs[i].measures.size());
        EXPECT_EQ((*read)[i].measures.at("write.downtime").value.best, 31'500'000'000);
        EXPECT_EQ((std::set<std::string>((*read)[i].limited.begin(), (*read)[i].limited.end())),
                  (std::set<std::string>{"lost", "write.downtime"}));
    }
    EXPECT_TRUE((*store)->runs("switchover", 100)->empty());
    EXPECT_EQ((*store)->runs("", 3)->back().id, runs.back().id);
}

TEST_F(SharedResults, KeepWhatNoOtherTypeHolds) {
    auto const store = open();
    ASSERT_TRUE(store) << store.error().message;
    RunSummary run = made_runs({31.5}).front();
    run.seed = 18'446'744'073'709'551'615ULL;
    run.because = "it's \"down\"; DROP TABLE run; --";
    run.etcd_with_leader.reset();
    run.undecided = true;
    run.measures["read.downtime"].value = {
        .known = true, .at_least = 5, .at_most = unbounded, .best = 6};
    run.measures["ghost"].value = {.known = false, .why_unknown = "no final read"};
    ASSERT_TRUE((*store)->add(run));
    auto const read = (*store)->runs("", 1);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->front().seed, run.seed);
    EXPECT_EQ(read->front().because, run.because);
    EXPECT_FALSE(read->front().etcd_with_leader.has_value());
    EXPECT_TRUE(read->front().undecided);
    EXPECT_EQ(read->front().measures.at("read.downtime").value.at_most, unbounded);
    EXPECT_FALSE(read->front().measures.contains("ghost"));
}

TEST_F(SharedResults, AreBroughtUpToDate) {
    RunSummary run = made_runs({31.5}).front();
    {
        auto const store = open();
        ASSERT_TRUE(store) << store.error().message;
        ASSERT_TRUE((*store)->add(run));
    }
    // As the first version made them: the second is one column more.
    sql("ALTER TABLE interregnum_results.run DROP COLUMN undecided; "
        "UPDATE interregnum_results.version SET version = 1",
        "shared_results");
    auto const store = open();
    ASSERT_TRUE(store) << store.error().message;
    run.id += "-again";
    run.undecided = true;
    ASSERT_TRUE((*store)->add(run));
    auto const read = (*store)->runs("", 10);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 2U);
    EXPECT_FALSE(read->front().undecided);
    EXPECT_TRUE(read->back().undecided);
}

TEST_F(SharedResults, SayWhatIsWrongWithoutThePassword) {
    auto const kind = Registry<ResultsKind>::find("postgresql");
    for (std::string const where : {"postgresql://drill:hunter2@10.99.0.21:5000/shared_results",
                                    "postgresql://drill@10.99.0.21:5000/x?password=hunter2"}) {
        auto const refused = kind->open(where);
        ASSERT_FALSE(refused);
        EXPECT_TRUE(refused.error().message.contains("$PGPASSWORD")) << refused.error().message;
        EXPECT_FALSE(refused.error().message.contains("hunter2")) << refused.error().message;
    }
    auto const nothing = open("_not_there");
    ASSERT_FALSE(nothing);
    EXPECT_TRUE(nothing.error().message.contains("shared_results_not_there"))
        << nothing.error().message;
}

}  // namespace
}  // namespace interregnum::test
