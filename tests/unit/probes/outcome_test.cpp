// SPDX-License-Identifier: MIT
#include "probes/session/outcome.h"

#include <gtest/gtest.h>

namespace interregnum::test {
namespace {

using record::Outcome;

struct SqlCase {
    char const* sqlstate;
    char const* severity;
    Outcome outcome;
    char const* error;
};

class SqlError : public testing::TestWithParam<SqlCase> {};

TEST_P(SqlError, OfAStatementThatCommits) {
    auto const& [sqlstate, severity, outcome, error] = GetParam();
    Ending const ending{.phase = RequestPhase::answered,
                        .cause = EndCause::server,
                        .sqlstate = sqlstate,
                        .severity = severity};
    for (StatementKind const kind : {StatementKind::autocommit, StatementKind::commit}) {
        EXPECT_EQ(judge_sql(ending, kind).outcome, outcome);
        EXPECT_EQ(judge_sql(ending, kind).error, error);
    }
    EXPECT_EQ(judge_sql(ending, StatementKind::in_transaction).outcome, Outcome::failed);
}

INSTANTIATE_TEST_SUITE_P(
    Classes, SqlError,
    testing::Values(SqlCase{"57P01", "FATAL", Outcome::unknown, "shutdown"},
                    SqlCase{"57P02", "FATAL", Outcome::unknown, "shutdown"},
                    SqlCase{"08006", "FATAL", Outcome::unknown, "connection_lost"},
                    SqlCase{"08P01", "FATAL", Outcome::unknown, "connection_lost"},
                    SqlCase{"08003", "ERROR", Outcome::unknown, "connection_lost"},
                    SqlCase{"40003", "ERROR", Outcome::unknown, "server_error"},
                    SqlCase{"XX000", "PANIC", Outcome::unknown, "server_error"},
                    SqlCase{"XX000", "FATAL", Outcome::unknown, "server_error"},
                    SqlCase{"XX000", "ERROR", Outcome::failed, "server_error"},
                    SqlCase{"58030", "", Outcome::unknown, "server_error"},
                    SqlCase{"40001", "ERROR", Outcome::failed, "serialization"},
                    SqlCase{"40P01", "ERROR", Outcome::failed, "deadlock"},
                    SqlCase{"25006", "ERROR", Outcome::failed, "read_only"},
                    SqlCase{"53300", "FATAL", Outcome::failed, "too_many_connections"},
                    SqlCase{"57P03", "FATAL", Outcome::failed, "starting_up"},
                    SqlCase{"55P03", "ERROR", Outcome::failed, "lock_timeout"},
                    SqlCase{"53100", "ERROR", Outcome::failed, "disk_full"},
                    SqlCase{"53100", "PANIC", Outcome::unknown, "disk_full"},
                    SqlCase{"57014", "ERROR", Outcome::failed, "cancelled"},
                    SqlCase{"23505", "ERROR", Outcome::failed, "constraint"},
                    SqlCase{"23514", "ERROR", Outcome::failed, "constraint"},
                    SqlCase{"42P01", "ERROR", Outcome::failed, "server_error"}),
    [](auto const& each) { return std::string(each.param.sqlstate) + "_" + each.param.severity; });

struct LossCase {
    RequestPhase phase;
    EndCause cause;
    Outcome outcome;
    char const* error;
};

TEST(Judge, LossesAndDeadlines) {
    for (auto const& [phase, cause, outcome, error] :
         {LossCase{RequestPhase::connecting, EndCause::refused, Outcome::failed, "connect_refused"},
          LossCase{RequestPhase::connecting, EndCause::unreachable, Outcome::failed,
                   "connect_unreachable"},
          LossCase{RequestPhase::connecting, EndCause::deadline, Outcome::failed,
                   "connect_timeout"},
          LossCase{RequestPhase::connecting, EndCause::closed, Outcome::failed, "connect_closed"},
          LossCase{RequestPhase::connecting, EndCause::protocol, Outcome::failed, "protocol"},
          LossCase{RequestPhase::unsent, EndCause::closed, Outcome::failed, "connection_lost"},
          LossCase{RequestPhase::sent, EndCause::closed, Outcome::unknown, "connection_lost"},
          LossCase{RequestPhase::sent, EndCause::deadline, Outcome::unknown, "timeout"},
          LossCase{RequestPhase::sent, EndCause::protocol, Outcome::unknown, "protocol"},
          LossCase{RequestPhase::answered, EndCause::none, Outcome::ok, ""}}) {
        Ending const ending{.phase = phase, .cause = cause};
        EXPECT_EQ(judge_sql(ending, StatementKind::autocommit).outcome, outcome) << error;
        EXPECT_EQ(judge_sql(ending, StatementKind::autocommit).error, error);
        EXPECT_EQ(judge_redis(ending).outcome, outcome) << error;
        EXPECT_EQ(judge_redis(ending).error, error);
    }
}

TEST(Judge, BeforeCommitALossIsARollback) {
    for (EndCause const cause : {EndCause::closed, EndCause::deadline}) {
        Ending const ending{.phase = RequestPhase::sent, .cause = cause};
        EXPECT_EQ(judge_sql(ending, StatementKind::in_transaction).outcome, Outcome::failed);
        EXPECT_EQ(judge_sql(ending, StatementKind::commit).outcome, Outcome::unknown);
    }
}

TEST(Judge, ACancelledWaitForReplicationIsNoSuccess) {
    Ending const ending{.sync_wait_cancelled = true};
    EXPECT_FALSE(ending.good());
    EXPECT_EQ(judge_sql(ending, StatementKind::commit).outcome, Outcome::unknown);
    EXPECT_EQ(judge_sql(ending, StatementKind::commit).error, "sync_wait_cancelled");
}

TEST(Judge, FindsTheCancelledWaitAmongNotices) {
    EXPECT_TRUE(is_sync_wait_cancelled(
        "01000", "canceling wait for synchronous replication due to user request", ""));
    EXPECT_TRUE(is_sync_wait_cancelled(
        "57P01", "canceling the wait for synchronous replication and terminating connection", ""));
    EXPECT_TRUE(is_sync_wait_cancelled("01000", "etwas anderes", "SyncRepWaitForLSN"));
    EXPECT_FALSE(is_sync_wait_cancelled("01000", "something else", "f"));
    EXPECT_FALSE(is_sync_wait_cancelled("00000", "canceling wait for synchronous replication", ""));
}

TEST(Judge, FindsTheStateInALoginsMessage) {
    StateInMessage const found = state_in_message(
        "connection to server at \"10.0.0.1\", port 5432 failed: FATAL:  57P03: the database "
        "system is starting up\nLOCATION:  ProcessStartupPacket, postmaster.c:2401\n");
    EXPECT_EQ(found.sqlstate, "57P03");
    EXPECT_EQ(found.text, "FATAL:  57P03: the database system is starting up");
    EXPECT_EQ(state_in_message("FATAL:  sorry").sqlstate, "");
    EXPECT_EQ(state_in_message("x:  abcde: no").sqlstate, "");
    EXPECT_EQ(state_in_message("x:  12345").sqlstate, "");
    EXPECT_EQ(state_in_message("").text, "");
}

TEST(Judge, FillsAnAttemptWithoutWhatWouldBreakALine) {
    record::Attempt attempt{.detail = "old"};
    Ending const ending{.phase = RequestPhase::sent,
                        .cause = EndCause::server,
                        .sqlstate = "23505",
                        .detail = "schl\xC3\xBCssel\t" + std::string(300, 'x') + "\nsecond line"};
    fill_attempt(attempt, ending, {Outcome::failed, "constraint"});
    EXPECT_EQ(attempt.outcome, Outcome::failed);
    EXPECT_EQ(attempt.error, "constraint");
    EXPECT_EQ(attempt.sqlstate, "23505");
    EXPECT_EQ(attempt.detail.size(), 200U);
    EXPECT_EQ(attempt.detail.substr(0, 12), "schl??ssel?x");
    fill_attempt(attempt, Ending{.detail = "a notice"}, {});
    EXPECT_EQ(attempt.detail, "");
}

}  // namespace
}  // namespace interregnum::test
