// SPDX-License-Identifier: MIT
// A commit whose wait for a replica was cancelled is on one server only, and comes back as done:
// nothing but a warning tells. The lab's leader waits for a standby that nobody is, and somebody
// cancels its waits.
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include <gtest/gtest.h>

#include "harness/lab/lab.h"
#include "harness/record/event.h"
#include "tests/cluster/support/probes_on_lab.h"

namespace interregnum::test {
namespace {

class SyncWait : public Probes {
protected:
    void SetUp() override {
        Probes::SetUp();
        if (IsSkipped()) return;
        await_routing();
        Options some;
        some.set("vouchers", std::int64_t{1});
        some.set("max_usages", std::int64_t{10});
        prepare(3, some);
        leads_ = leader();
        ASSERT_NE(leads_, "");
        sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        sql("ALTER ROLE drill SET client_min_messages = error");
        sql("SELECT pg_reload_conf()");
    }

    void TearDown() override {
        if (!leads_.empty()) {
            sql("ALTER SYSTEM RESET synchronous_standby_names");
            sql("ALTER ROLE drill RESET client_min_messages");
            sql("SELECT pg_reload_conf()");
        }
        Probes::TearDown();
    }

    std::string sql(std::string const& statement) const {
        // Not with the statement: ALTER SYSTEM runs in no transaction of several.
        constexpr char const* shell =
            "cd /; exec runuser -u postgres -- env PGOPTIONS='-c synchronous_commit=local' "
            "psql -XqAtc \"$1\"";
        auto const said = lab_exec(leads_, {.argv = {"sh", "-c", shell, "sh", statement}});
        EXPECT_TRUE(said && said->exit_status == 0) << statement << (said ? said->err : "");
        return said ? said->out : "";
    }

    /// The first attempt whose wait was cancelled in time.
    record::Attempt act_and_cancel(std::string_view probe) {
        record::Attempt attempt;
        auto const all = customers(probe);
        for (std::int64_t number = 0; number < 5; ++number) {
            std::jthread const canceller([this](std::stop_token const& stop) {
                while (!stop.stop_requested())
                    sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
                        "WHERE usename = 'drill' AND wait_event = 'SyncRep'");
            });
            attempt = act(*all.front(), 1, number);
            if (attempt.error != "timeout") break;
        }
        return attempt;
    }

    std::string leads_;
};

TEST_F(SyncWait, ThatWasCancelledIsNoSuccessThoughTheRoleHidesTheWarning) {
    for (std::string_view const probe : {"orders", "vouchers"}) {
        record::Attempt const attempt = act_and_cancel(probe);
        EXPECT_EQ(attempt.outcome, record::Outcome::unknown) << probe;
        EXPECT_EQ(attempt.error, "sync_wait_cancelled") << probe << ": " << attempt.detail;
    }
}

}  // namespace
}  // namespace interregnum::test
