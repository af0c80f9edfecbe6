// SPDX-License-Identifier: MIT
// A shop that was moved: two databases of the lab, for these tests only, compared by `preflight`.
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/lab/lab.h"
#include "probes/session/admin.h"
#include "tests/cluster/support/drill.h"
#include "tests/cluster/support/lab_context.h"

namespace interregnum::test {
namespace {

using Json = nlohmann::ordered_json;

// Values whose text depends on settings, a name that wants quoting, and what owns no sequence.
constexpr char const* shop = R"sql(
CREATE TABLE orders (id serial PRIMARY KEY, code text NOT NULL, price numeric(10, 2) NOT NULL,
    bought timestamptz NOT NULL, weight double precision, proof bytea, extra jsonb, seats int[]);
INSERT INTO orders (code, price, bought, weight, proof, extra, seats)
    SELECT 'C' || n, n / 7.0, timestamptz '2026-10-01 12:00+02' + n * interval '1 minute', n / 3.0,
        sha256(n::text::bytea), jsonb_build_object('n', n), ARRAY[n, n + 1]
    FROM generate_series(1, 3000) n;
CREATE TABLE "vouchers ""old""" (code text PRIMARY KEY, used timestamp, "Left" int);
INSERT INTO "vouchers ""old""" SELECT 'V' || n, timestamp '2026-10-01 08:00' + n * interval '1 h', n
    FROM generate_series(1, 50) n;
CREATE TABLE nothing_in_it (id bigint GENERATED ALWAYS AS IDENTITY, at date);
CREATE SEQUENCE invoice_number START 5000;
SELECT nextval('invoice_number');
)sql";

class MovedShop : public testing::Test {
protected:
    void SetUp() override {
        expect_redundant_lab();
        auto context = lab_context();
        if (auto const* why = std::get_if<std::string>(&context)) GTEST_SKIP() << *why;
        access_ = std::get<ProbeContext>(context).postgres;
        ::setenv("MOVED_PASSWORD", access_.password.reveal().c_str(), 1);
        for (char const* name : {"moved_from", "moved_to"}) {
            drop(name);
            as_owner_of_all(std::string("CREATE DATABASE ") + name + " OWNER drill");
            in(name, shop);
        }
        // Statistics of what was just written arrive within a second, and are no writes meanwhile.
        SteadyClock().sleep_for(std::chrono::milliseconds(1500), {});
    }
    void TearDown() override {
        drop("moved_from");
        drop("moved_to");
    }

    static void drop(std::string const& name) {
        as_owner_of_all("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }
    /// On whichever node is the leader: the others cannot write.
    static void as_owner_of_all(std::string const& statement,
                                std::string const& database = "postgres") {
        for (char const* node : {"db1", "db2", "db3"}) {
            auto const said =
                lab_exec(node, {.argv = {"sh", "-c",
                                         "cd /; runuser -u postgres -- psql -Xqd " + database +
                                             " -c '" + statement + "' 2>/dev/null"}});
            if (said && said->exit_status == 0) return;
        }
        ADD_FAILURE() << statement;
    }
    void in(std::string const& database, std::string const& statements) {
        PostgresAccess access = access_;
        access.dbname = database;
        auto session = AdminSession::open(access, "10.99.0.21", 5000);
        ASSERT_TRUE(session) << session.error().message;
        Status const done = session->run(statements);
        ASSERT_TRUE(done) << done.error().message;
    }

    static std::string url(std::string const& database) {
        return "postgresql://drill@10.99.0.21:5000/" + database;
    }
    static LocalResult compare(std::vector<std::string> const& more = {}) {
        std::vector<std::string> argv{
            "preflight",          "--inventory",       "lab",
            "--source",           url("moved_from"),   "--source-password",
            "env:MOVED_PASSWORD", "--target",          url("moved_to"),
            "--target-password",  "env:MOVED_PASSWORD"};
        argv.insert(argv.end(), more.begin(), more.end());
        return call(argv);
    }
    /// What the migration's items found, each as "item: found".
    static std::vector<std::string> found() {
        LocalResult const said = compare({"--json"});
        std::vector<std::string> all;
        Json const json = Json::parse(said.out, nullptr, false);
        if (json.is_discarded()) {
            ADD_FAILURE() << said.out << said.err;
            return all;
        }
        for (Json const& one : json["production"]["findings"])
            if (one["item"].get<std::string>().starts_with("migration."))
                all.push_back(one["item"].get<std::string>() + ": " +
                              one["found"].get<std::string>());
        return all;
    }
    static void expect_one(std::vector<std::string> const& all, std::string const& words) {
        std::string said;
        for (std::string const& one : all) {
            if (one.contains(words)) return;
            said += one + "\n";
        }
        ADD_FAILURE() << "not found: " << words << "\n" << said;
    }

    PostgresAccess access_;
};

TEST_F(MovedShop, IsWholeWhenNothingIsMissing) {
    // A wider id, and another server's settings, are no difference.
    in("moved_to", R"sql(ALTER TABLE orders ALTER id TYPE bigint;
        ALTER DATABASE moved_to SET extra_float_digits = 0;
        ALTER DATABASE moved_to SET bytea_output = 'escape';
        ALTER DATABASE moved_to SET datestyle = 'German')sql");
    EXPECT_EQ(found(), std::vector<std::string>());
    LocalResult const said = compare();
    EXPECT_EQ(said.exit_status, 0) << said.out << said.err;
    EXPECT_TRUE(said.out.contains("  migration   5 items looked at, all good")) << said.out;
    EXPECT_TRUE(said.err.contains("source: public.nothing_in_it, table 1 of 3")) << said.err;
}

TEST_F(MovedShop, IsToldWhatDidNotArrive) {
    in("moved_to", R"sql(DELETE FROM "vouchers ""old""" WHERE code = 'V7';
        UPDATE orders SET price = price + 0.01 WHERE id = 1234;
        SELECT setval('orders_id_seq', 2000);
        DROP SEQUENCE invoice_number;
        ALTER DATABASE moved_to SET timezone = 'Europe/Berlin')sql");
    in("moved_from", "CREATE TABLE carts (id int)");
    auto const all = found();
    expect_one(all, "migration.tables: public.carts: the target has no such table");
    expect_one(all,
               "migration.rows: public.vouchers \"old\": 50 rows in the source, 49 in the "
               "target: 1 missing");
    expect_one(all,
               "migration.checksums: public.orders: as many rows as in the source, but not "
               "the same ones");
    expect_one(all,
               "migration.sequences: public.orders_id_seq: the target hands out 2001 next, "
               "but public.orders.id has come to 3000");
    expect_one(all, "migration.sequences: public.invoice_number: the target has no such sequence");
    expect_one(all, "migration.time_zones: TimeZone is ");
    EXPECT_EQ(all.size(), 6U);
    EXPECT_EQ(compare().exit_status, 1);
}

TEST_F(MovedShop, IsToldThatItsTimesWereShifted) {
    in("moved_to", R"sql(UPDATE "vouchers ""old""" SET used = used + interval '2 h';
        ALTER TABLE orders ALTER bought TYPE timestamp)sql");
    auto const all = found();
    expect_one(all, "public.vouchers \"old\".used: all times are +2.00 h from the source's");
    expect_one(all,
               "public.orders.bought is timestamp with time zone in the source, timestamp "
               "without time zone in the target");
}

TEST_F(MovedShop, IsNotProvedByWhatCannotBeRead) {
    as_owner_of_all("CREATE TABLE payments (id int); CREATE SEQUENCE bills", "moved_from");
    as_owner_of_all("CREATE TABLE payments (id int); CREATE SEQUENCE bills", "moved_to");
    auto const all = found();
    expect_one(all,
               "migration.rows: public.payments was not compared: the source: this login may "
               "not SELECT from it");
    expect_one(all, "migration.sequences: public.bills was not compared");
    // Nobody there, or a wrong password: said, without a secret.
    ::setenv("MOVED_PASSWORD", "hunter2-wrong", 1);
    LocalResult const said = compare();
    EXPECT_EQ(said.exit_status, 1);
    EXPECT_TRUE(said.out.contains("could not be read: PostgreSQL at \"" + url("moved_from") + "\""))
        << said.out;
    EXPECT_FALSE((said.out + said.err).contains("hunter2")) << said.out << said.err;
}

TEST_F(MovedShop, IsRefusedWithAMistakeInTheCommand) {
    for (auto const& [argv, words] : std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"--source", "postgresql://drill:hunter2@10.99.0.21:5000/x"}, "holds a password"},
             {{"--source", "mysql://old/shop"}, "postgresql://"},
             {{"--source", url("x"), "--source-password", "env:NOT_SET_ANYWHERE"},
              "NOT_SET_ANYWHERE"},
             {{"--source", url("x"), "--statement-time", "12"}, "--statement-time"}}) {
        std::vector<std::string> all{"preflight", "--inventory", "lab"};
        all.insert(all.end(), argv.begin(), argv.end());
        LocalResult const said = call(all);
        EXPECT_EQ(said.exit_status, 64) << said.out << said.err;
        EXPECT_TRUE(said.err.contains(words)) << said.err;
        EXPECT_FALSE(said.err.contains("hunter2")) << said.err;
    }
}

}  // namespace
}  // namespace interregnum::test
