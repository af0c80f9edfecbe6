// SPDX-License-Identifier: MIT
// Two databases side by side: whole, and each way in which one can fall short of the other.
#include "harness/fitness/migration.h"

#include <algorithm>

#include "tests/unit/fitness/good_cluster.h"

namespace interregnum::test {
namespace {

using enum Severity;

Catalogue shop() {
    Catalogue has{.version = "15.14", .time_zone = "Etc/UTC"};
    has.tables.push_back(
        {.name = {"public", "orders"},
         .columns = {{"bought", "timestamp with time zone"}, {"code", "text"}, {"id", "integer"}}});
    has.tables.push_back({.name = {"public", "vouchers"}, .columns = {{"code", "text"}}});
    has.sequences.push_back({.name = {"public", "orders_id_seq"},
                             .table = {"public", "orders"},
                             .column = "id",
                             .last = 1000,
                             .next = 1001,
                             .reached = 998});
    return has;
}

TableSum sum(std::int64_t rows, std::string text, std::int64_t shift_ms = 0) {
    constexpr std::int64_t began = 1'760'000'000'000;
    return {.rows = rows,
            .sum = std::move(text),
            .times = {{.column = "bought",
                       .least_ms = began + shift_ms,
                       .greatest_ms = began + 86'400'000 + shift_ms}}};
}

/// A migration that went well, of catalogues that may not be.
Migration moved(Catalogue source, Catalogue target) {
    Migration both{.where = {"\"postgresql://old/shop\"", "\"postgresql://new/shop\""},
                   .tables = tables_of_both(source, target)};
    for (ComparedTable& table : both.tables) table.whole = {sum(998, "17"), sum(998, "17")};
    both.has = {std::move(source), std::move(target)};
    return both;
}
Migration moved() { return moved(shop(), shop()); }

ClusterFacts with(Migration migration) {
    ClusterFacts facts = good_cluster();
    facts.migration = std::move(migration);
    return facts;
}

void expect_all_good(Migration const& migration) {
    for (char const* item : {"migration.tables", "migration.rows", "migration.checksums",
                             "migration.time_zones", "migration.sequences"})
        expect_good(item, with(migration));
}

TEST(Migration, IsGoodWhenAllArrived) { expect_all_good(moved()); }

TEST(Migration, IsNotJudgedWhereNobodyAsked) {
    auto const judged = [](ClusterFacts const& facts) {
        return std::ranges::count_if(judge_fitness(facts).items, [](JudgedItem const& item) {
            return item.name.starts_with("migration.");
        });
    };
    EXPECT_EQ(judged(good_cluster()), 0);
    EXPECT_EQ(judged(with(moved())), 5);
}

TEST(Migration, WantsEveryTableAndColumn) {
    Catalogue target = shop();
    target.tables.pop_back();
    expect_found("migration.tables", with(moved(shop(), target)), stop,
                 "public.vouchers: the target has no such table", "schema");
    expect_found("migration.tables", with(moved(target, shop())), note,
                 "public.vouchers: only the target has it");
    target = shop();
    target.tables[0].columns.erase(target.tables[0].columns.begin() + 1);
    expect_found("migration.tables", with(moved(shop(), target)), stop,
                 "public.orders: the target has no column code");
    expect_found("migration.tables", with(moved({}, shop())), stop, "has no table");
}

TEST(Migration, CouldNotBeReadIsNoProof) {
    Migration both = moved();
    both.problem.source = "no route to host";
    expect_found("migration.tables", with(both), stop,
                 "\"postgresql://old/shop\" could not be read: no route to host", "reachable");
    both = moved();
    both.tables[0].whole.reset();
    both.tables[0].problem = "the target: this login may not SELECT from it";
    expect_found("migration.rows", with(both), stop,
                 "public.orders was not compared: the target: this login may not SELECT",
                 "pg_read_all_data");
    Catalogue source = shop();
    source.sequences[0].problem = "this login may not SELECT from it";
    expect_found("migration.sequences", with(moved(source, shop())), stop, "was not compared");
}

TEST(Migration, CountsRows) {
    Migration both = moved();
    both.tables[0].whole->target.rows = 990;
    expect_found("migration.rows", with(both), stop,
                 "public.orders: 998 rows in the source, 990 in the target: 8 missing", "copy");
    expect_good("migration.checksums", with(both));  // said once
    both.tables[0].whole->target.rows = 1998;
    expect_found("migration.rows", with(both), stop, "1,000 too many");
    both = moved();
    both.written.source = 12;
    expect_found("migration.rows", with(both), warn,
                 "12 rows of the source were written while it was read", "shut");
}

TEST(Migration, ComparesWhatTheRowsSay) {
    Migration both = moved();
    both.tables[1].whole->target.sum = "18";
    expect_found("migration.checksums", with(both), stop,
                 "public.vouchers: as many rows as in the source, but not the same ones");
    // A wider id writes the same text: nothing to say.
    Catalogue target = shop();
    target.tables[0].columns[2].type = "bigint";
    both = moved(shop(), target);
    ASSERT_EQ(both.tables[0].retyped.size(), 1U);
    expect_all_good(both);
    // A type that writes its values in another way is not mistaken for a change of all others.
    both.tables[0].whole->target.sum = "18";
    both.tables[0].same_typed = {sum(998, "5"), sum(998, "5")};
    expect_found("migration.checksums", with(both), warn,
                 "values of id (integer, now bigint) have another text");
    both.tables[0].same_typed->target.sum = "6";
    expect_found("migration.checksums", with(both), stop, "not the same ones");
}

TEST(Migration, KnowsTimesThatMeanAnotherMoment) {
    char const* item = "migration.time_zones";
    Catalogue target = shop();
    target.tables[0].columns[0].type = "timestamp without time zone";
    expect_found(item, with(moved(shop(), target)), stop,
                 "public.orders.bought is timestamp with time zone in the source, timestamp "
                 "without time zone in the target",
                 "AT TIME ZONE");
    target.tables[0].columns[0].type = "timestamp(3) with time zone";
    expect_good(item, with(moved(shop(), target)));
    Migration both = moved();
    both.tables[0].whole->target = sum(998, "18", -2LL * 3600 * 1000);
    expect_found(item, with(both), stop,
                 "public.orders.bought: all times are -2.00 h from the source's", "TimeZone");
    // Another end, or one that no time zone explains, is no shift: the rows say so themselves.
    both.tables[0].whole->target.times[0].greatest_ms.reset();
    expect_good(item, with(both));
    both.tables[0].whole->target = sum(998, "18", 61'000);
    expect_good(item, with(both));
    both.tables[0].whole->target = sum(998, "18", 27LL * 3600 * 1000);
    expect_good(item, with(both));
}

TEST(Migration, ComparesTheZonesThatSessionsGet) {
    char const* item = "migration.time_zones";
    Catalogue target = shop();
    target.time_zone = "Europe/Berlin";
    expect_found(item, with(moved(shop(), target)), note,
                 "TimeZone is Etc/UTC in the source, Europe/Berlin in the target",
                 "ALTER DATABASE");
    target.tables[0].columns.push_back({"doors", "timestamp without time zone"});
    expect_found(item, with(moved(shop(), target)), warn, "Europe/Berlin");
    target = shop();
    target.zones.push_back({.whose = "role app", .zone = "Asia/Tokyo"});
    expect_found(item, with(moved(shop(), target)), note, "role app Asia/Tokyo");
}

TEST(Migration, HandsNoNumberOutTwice) {
    char const* item = "migration.sequences";
    auto const at = [](std::optional<std::int64_t> last, std::int64_t next) {
        Catalogue target = shop();
        target.sequences[0].last = last;
        target.sequences[0].next = next;
        return with(moved(shop(), target));
    };
    expect_good(item, at(1000, 1001));
    expect_good(item, at(5000, 5001));
    expect_good(item, at({}, 1001));  // setval(..., 1001, false)
    expect_found(item, at({}, 1), stop,
                 "the target hands out 1 next, but public.orders.id has come to 998", "setval");
    expect_found(item, at(998, 999), stop,
                 "the target hands out 999 next, the source has handed out 1000");
    Catalogue down = shop();
    down.sequences[0].increment = -1;
    down.sequences[0].last = -1000;
    down.sequences[0].next = -1001;
    down.sequences[0].reached = -998;
    expect_good(item, with(moved(down, down)));
    Catalogue back = down;
    back.sequences[0].next = -998;
    expect_found(item, with(moved(down, back)), stop, "hands out -998 next");
}

TEST(Migration, FindsTheSequenceOfAColumnByTheColumn) {
    char const* item = "migration.sequences";
    Catalogue target = shop();
    target.sequences[0].name.name = "orders_id_seq1";  // as an identity column calls it
    expect_good(item, with(moved(shop(), target)));
    target.sequences[0].table = {};
    target.sequences[0].column = "";
    expect_found(item, with(moved(shop(), target)), stop,
                 "public.orders_id_seq of public.orders.id: the target has no such sequence");
    Catalogue loose = shop();
    loose.sequences[0].table = {};
    loose.sequences[0].column = "";
    expect_good(item, with(moved(loose, loose)));
}

}  // namespace
}  // namespace interregnum::test
