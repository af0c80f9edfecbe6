// SPDX-License-Identifier: MIT
// No false alarm: thirty drills on a lab as it should be, twenty with commits that wait for a
// replica, ten with commits that do not. What the reports say of the data is compared with the rows
// themselves, which are kept when the drill drops its shop, and looked at by psql.
//
// Left out are drills whose findings are true of this Patroni (3.0.2) on any lab: a leader that is
// cut off, or frozen, for longer than its lock lasts and then comes back (partition-leader,
// leader-without-etcd, freeze-leader) may take writes beside the new one, or put its name over it.
// Some 30 minutes.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/record/reader.h"
#include "tests/cluster/support/defects.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

struct DrillPlayed {
    char const* name;
    Words sets{};  ///< of the scenario: what is shorter here than where nobody waits for the end
};

/// Each of them is played twice with commits that wait, and once with commits that do not.
std::array<DrillPlayed, 10> const drills{{
    {"kill-leader", {"steps.0.for=30s"}},
    {"crash-postgres"},
    {"switchover"},
    {"partition-replica"},
    {"lag-replica", {"steps.0.hold=3s behind", "steps.0.for=15s"}},
    {"kill-redis-master", {"steps.0.for=20s"}},
    {"kill-replica", {"steps.0.for=20s"}},
    {"crash-behind"},
    {"redis-failover"},
    {"partition-leader-briefly"},
}};

/// What asynchronous commits may come to, where orders are really lost: the old leader's WAL holds
/// them, their numbers are given out again, who had seen them sees them no more, and what they
/// bought is sold again.
std::set<std::string> const lost_with_the_leader{"lost_orders",    "divergent_timelines",
                                                 "reissued_ids",   "seen_then_gone",
                                                 "oversold_quota", "oversold_seats"};

// The owner of the database keeps what a drill drops.
constexpr char const* keep_rows = R"sql(
CREATE SCHEMA IF NOT EXISTS kept;
CREATE TABLE IF NOT EXISTS kept.orders (channel text, token text, id bigint);
CREATE OR REPLACE FUNCTION kept.keep() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF to_regclass('interregnum.orders') IS NOT NULL THEN
        INSERT INTO kept.orders SELECT channel, token, id FROM interregnum.orders;
    END IF;
END $$;
DROP EVENT TRIGGER IF EXISTS keep;
CREATE EVENT TRIGGER keep ON ddl_command_start WHEN TAG IN ('DROP SCHEMA')
    EXECUTE FUNCTION kept.keep();
TRUNCATE kept.orders)sql";

LocalResult psql(std::string const& node, std::string const& sql) {
    return call({"lab", "exec", node, "psql", "-X", "-A", "-t", "-q", "-h", "127.0.0.1", "-U",
                 "postgres", "-d", "drill", "-v", "ON_ERROR_STOP=1", "-c", sql});
}

/// The one node that takes writes, by its own word; "" with a failure if there is not just one.
std::string leader() {
    Words found;
    for (char const* node : {"db1", "db2", "db3"})
        if (psql(node, "SELECT pg_is_in_recovery()").out == "f\n") found.emplace_back(node);
    EXPECT_EQ(found.size(), 1U) << "nodes that take writes";
    return found.size() == 1 ? found.front() : "";
}

/// Sales by channel and token, with how many rows each has; and their numbers.
struct Rows {
    std::map<std::string, int> sales;
    std::set<std::int64_t> ids;
};

Rows kept_rows() {
    LocalResult const rows =
        psql(leader(), "SELECT id || ' ' || channel || ' ' || token FROM kept.orders");
    EXPECT_EQ(rows.exit_status, 0) << rows.err;
    Rows all;
    std::istringstream text(rows.out);
    for (std::string line; std::getline(text, line);) {
        std::size_t const blank = line.find(' ');
        all.ids.insert(std::stoll(line.substr(0, blank)));
        ++all.sales[line.substr(blank + 1)];
    }
    return all;
}

/// The books as the rows have them, by means of none of the reports.
struct Books {
    std::set<std::string> lost;  ///< tokens that were acknowledged and have no row
    int doubled{};               ///< of which there are several rows
    int ghosts{};                ///< rows of which customers were told that they failed
    int acknowledged{};
    std::set<std::int64_t> told;   ///< the numbers of what was acknowledged
    std::set<std::int64_t> there;  ///< and of what has a row
};

Books compare(record::Record const& record, Rows const& rows) {
    std::map<int, std::string> channels;
    for (auto const& stream : record.streams)
        if (stream.probe == "orders" || stream.probe == "tickets" || stream.probe == "vouchers")
            channels[stream.id] = stream.probe;
    Books books{.there = rows.ids};
    for (auto const& attempt : record.attempts) {
        auto const channel = channels.find(attempt.stream);
        if (channel == channels.end()) continue;
        bool const there = rows.sales.contains(channel->second + ' ' + attempt.token);
        if (attempt.outcome == record::Outcome::ok) {
            ++books.acknowledged;
            books.told.insert(attempt.id);
            if (!there) books.lost.insert(attempt.token);
        }
        if (attempt.outcome == record::Outcome::failed && there) ++books.ghosts;
    }
    for (auto const& [row, times] : rows.sales) books.doubled += times > 1 ? 1 : 0;
    return books;
}

bool is_of_data(Json const& finding) {
    return finding.at("class") == "durability" || finding.at("class") == "safety";
}

/// Whether a drill proves nothing only since this machine stood still.
bool only_stalled(Json const& summary) {
    if (summary.at("verdict") != "inconclusive") return false;
    bool stalled = false;
    for (auto const& finding : summary.at("findings")) {
        if (finding.at("verdict") != "inconclusive") continue;
        if (finding.at("check") != "controller_stalled") return false;
        stalled = true;
    }
    return stalled;
}

class Thirty {
public:
    explicit Thirty(bool synchronous) : synchronous_(synchronous) {
        if (!synchronous)
            lab_words_ = {"--set", "patroni.synchronous_mode=false", "--set",
                          "patroni.synchronous_mode_strict=false"};
    }

    [[nodiscard]] Words const& lab_words() const { return lab_words_; }

    /// Plays one, judges it and adds its line to the table. What proves nothing since the machine
    /// stood still is played once more.
    void play(DrillPlayed const& drill, int seed) {
        heal_lab_for_shops(lab_words_);
        if (play_once(drill, seed, false)) return;
        heal_lab_for_shops(lab_words_);
        play_once(drill, seed, true);
    }

    [[nodiscard]] int inconclusive() const { return inconclusive_; }
    [[nodiscard]] int played() const { return played_; }

private:
    bool play_once(DrillPlayed const& drill, int seed, bool again) {
        std::string const where =
            fmt::format("{} {}, seed {}: ", synchronous_ ? "sync" : "async", drill.name, seed);
        std::string const prepared_on = leader();
        LocalResult const prepared = psql(prepared_on, keep_rows);
        EXPECT_EQ(prepared.exit_status, 0) << where << prepared.err;
        RunsFolder const runs;
        LocalResult const result = call(words_of(drill, seed, runs));
        auto const summary =
            Json::parse(read_file(runs.only_run() + "/summary.json"), nullptr, false);
        auto const record = record::read_record(runs.only_run() + "/record.jsonl");
        if (!summary.is_object() || !record) {
            ADD_FAILURE() << where << "no report\n" << result.out << result.err;
            return true;
        }
        if (!again && only_stalled(summary)) {
            std::printf("%sthe machine stood still; again\n", where.c_str());
            return false;
        }
        ++played_;
        std::string const verdict = summary.at("verdict");
        EXPECT_NE(verdict, "error") << where << result.out << result.err;
        inconclusive_ += verdict == "inconclusive" ? 1 : 0;
        Books const books = compare(*record, kept_rows());
        EXPECT_GT(books.acknowledged, 100) << where << result.out;
        compare_with_report(where, summary, books);
        std::set<std::string> const data = judge(where, summary, books);
        print(drill, seed, again, summary, books, data);
        return true;
    }

    static Words words_of(DrillPlayed const& drill, int seed, RunsFolder const& runs) {
        std::string const own =
            fmt::format("{}/tests/data/no_false_alarm/{}.json", SOURCE_DIR, drill.name);
        Words words{"run",         std::ifstream(own) ? own : drill.name,
                    "--inventory", "lab",
                    "--seed",      std::to_string(seed),
                    "--out",       runs.path()};
        // All that is sold, as fast as customers and servers that share two processors can, and a
        // quota that runs out on the way.
        Words sets{"steady_before=5s",          "steady_after=5s",
                   "workload.orders.rate=25/s", "workload.orders.fresh_rate=5/s",
                   "workload.reads.rate=5/s",   "workload.cache.rate=5/s",
                   "workload.tickets.rate=2/s", "workload.tickets.quota=40",
                   "workload.vouchers.rate=5/s"};
        sets.insert(sets.end(), drill.sets.begin(), drill.sets.end());
        for (std::string& set : sets) {
            words.emplace_back("--set");
            words.push_back(std::move(set));
        }
        return words;
    }

    /// The reports' numbers are those of the rows, in both directions.
    static void compare_with_report(std::string const& where, Json const& summary,
                                    Books const& books) {
        std::size_t lost = 0;
        int doubled = 0;
        int ghosts = 0;
        for (auto const& ledger : summary.at("ledgers")) {
            std::string const kind = ledger.at("kind");
            if (kind != "orders" && kind != "tickets" && kind != "vouchers") continue;
            if (!ledger.at("read_back").get<bool>()) {
                ADD_FAILURE() << where << kind << " were not read back";
                continue;
            }
            lost += ledger.at("lost").get<std::size_t>();
            ghosts += ledger.at("ghost").get<int>();
            doubled += ledger.at("duplicated").get<int>();
        }
        EXPECT_EQ(lost, books.lost.size()) << where;
        EXPECT_EQ(ghosts, books.ghosts) << where;
        EXPECT_EQ(doubled, books.doubled) << where;
    }

    /// The checks of the data that failed, each of which has to be true.
    [[nodiscard]] std::set<std::string> judge(std::string const& where, Json const& summary,
                                              Books const& books) const {
        EXPECT_TRUE(!synchronous_ || books.lost.empty())
            << where << books.lost.size() << " acknowledged orders have no row";
        std::set<std::string> failed;
        for (auto const& finding : summary.at("findings")) {
            if (finding.at("verdict") == "pass") continue;
            std::string const check = finding.at("check");
            std::printf("%s%s: %s\n", where.c_str(), check.c_str(),
                        finding.at("sentence").get<std::string>().c_str());
            for (auto const& line : finding.at("proof"))
                std::printf("    %s\n", line.get<std::string>().c_str());
            if (!is_of_data(finding) || finding.at("verdict") != "fail") continue;
            failed.insert(check);
            bool const may = synchronous_
                                 ? was_shown_too_early(finding, books)
                                 : !books.lost.empty() && lost_with_the_leader.contains(check);
            EXPECT_TRUE(may) << where << "a false alarm of " << check;
            if (check == "divergent_timelines") is_where_they_are(where, finding, books);
            if (check != "lost_orders") continue;
            for (auto const& line : finding.at("proof")) {
                std::string const text = line;
                std::string const token = text.substr(0, text.find(' '));
                EXPECT_TRUE(token == "..." || books.lost.contains(token))
                    << where << token << " has a row";
            }
        }
        return failed;
    }

    /// The one thing that commits which wait do not keep from happening: a replica that nobody
    /// waits for shows an order before the one has it that its customer waits for, and that one
    /// takes over. True where what was shown has no row, and nobody was told that it was bought.
    static bool was_shown_too_early(Json const& finding, Books const& books) {
        if (finding.at("check") != "seen_then_gone") return false;
        int shown = 0;
        for (auto const& line : finding.at("proof")) {
            std::string const text = line;
            if (!text.starts_with("id ")) return false;
            std::int64_t const id = std::stoll(text.substr(3));
            if (books.told.contains(id) || books.there.contains(id)) return false;
            ++shown;
        }
        return shown > 0;
    }

    /// What the old leader's WAL holds beyond the new one's is all that has no row.
    static void is_where_they_are(std::string const& where, Json const& finding,
                                  Books const& books) {
        std::string sentence = finding.at("sentence");
        std::erase(sentence, ',');  // of thousands
        EXPECT_NE(sentence.find(fmt::format("; {} order", books.lost.size())), std::string::npos)
            << where << sentence;
        EXPECT_NE(sentence.find("lost with it"), std::string::npos) << where << sentence;
    }

    void print(DrillPlayed const& drill, int seed, bool again, Json const& summary,
               Books const& books, std::set<std::string> const& data) const {
        std::string line = fmt::format("{:<5} {:<25} {:>3}  {:<13} {:>5} sold, {} without a row",
                                       synchronous_ ? "sync" : "async", drill.name, seed,
                                       summary.at("verdict").get<std::string>(), books.acknowledged,
                                       books.lost.size());
        for (std::string const& check : data) line += "  " + check;
        if (summary.at("verdict") != "pass")
            line += "  (" + summary.at("because").get<std::string>() + ")";
        if (again) line += "  (second try)";
        std::printf("%s\n", line.c_str());
        if (char const* const file = std::getenv("INTERREGNUM_THIRTY_DRILLS"))
            std::ofstream(file, std::ios::app) << line << '\n';
    }

    bool synchronous_;
    Words lab_words_;
    int inconclusive_{};
    int played_{};
};

TEST(NoFalseAlarm, ThirtyDrillsFindOnlyWhatIsTrue) {
    int seed = 50;
    int played = 0;
    int inconclusive = 0;
    for (bool const synchronous : {true, false}) {
        Thirty some(synchronous);
        lab_for_shops(some.lab_words());
        if (HasFatalFailure()) return;
        for (int round = 0; round < (synchronous ? 2 : 1); ++round)
            for (DrillPlayed const& drill : drills) some.play(drill, ++seed);
        played += some.played();
        inconclusive += some.inconclusive();
    }
    renew_lab();  // the other long proofs go on with the lab that they had
    EXPECT_EQ(played, 30);
    EXPECT_LE(inconclusive, 1);
}

}  // namespace
}  // namespace interregnum::test
