// SPDX-License-Identifier: MIT
// Results that a team shares: the same tables as in SQLite, in a schema of their own.
#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <map>
#include <tuple>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "harness/base/database_url.h"
#include "harness/results.h"

namespace interregnum {
namespace {

// Entry n brings a schema of version n to version n + 1. What was released never changes.
constexpr std::array<char const*, 2> migrations{R"sql(
CREATE TABLE interregnum_results.run (
    id text NOT NULL,
    seed numeric(20) NOT NULL,
    cluster text NOT NULL,
    scenario text NOT NULL,
    started text NOT NULL,      -- UTC, 2026-11-22T03:10:44.123Z
    version text NOT NULL,
    verdict int NOT NULL,       -- 0 pass, 1 inconclusive, 2 fail, 3 error, 4 aborted
    because text NOT NULL,
    etcd_with_leader boolean,   -- NULL: not recorded
    PRIMARY KEY (id, seed, cluster));
CREATE INDEX run_by_scenario ON interregnum_results.run (scenario, started);
CREATE TABLE interregnum_results.measure (
    run text NOT NULL,
    seed numeric(20) NOT NULL,
    cluster text NOT NULL,
    name text NOT NULL,
    unit int NOT NULL,          -- 0 nanoseconds, 1 count, 2 bytes
    best bigint NOT NULL,
    at_least bigint NOT NULL,
    at_most bigint,             -- NULL: no upper bound
    limited boolean NOT NULL,   -- the scenario has an expectation of it
    PRIMARY KEY (run, seed, cluster, name),
    FOREIGN KEY (run, seed, cluster) REFERENCES interregnum_results.run ON DELETE CASCADE);
)sql",
                                                R"sql(
ALTER TABLE interregnum_results.run         -- inconclusive, and its measures good
    ADD COLUMN undecided boolean NOT NULL DEFAULT false;
)sql"};
constexpr int newest_version = static_cast<int>(migrations.size());

// Any number that nobody else takes: who holds it may change the schema.
constexpr std::int64_t migration_lock = 0x696E'7465'7272'6567;

/// With deadlines of its own: a server that is silent must not hold a night up.
std::string with_deadlines(std::string const& where) {
    return where + (where.find('?') == std::string::npos ? "?" : "&") +
           "connect_timeout=10&tcp_user_timeout=20000&keepalives_idle=5&keepalives_interval=5&"
           "keepalives_count=3&application_name=interregnum&"
           "options=-c%20statement_timeout%3D30s%20-c%20lock_timeout%3D10s";
}

class PostgresqlStore final : public ResultsStore {
public:
    explicit PostgresqlStore(std::string const& where)
        : where_(shown_database_url(where)), connection_(with_deadlines(where)) {}

    Status prepare() {
        return working("make", [this](pqxx::work& work) -> Status {
            work.exec_params("SELECT pg_advisory_xact_lock($1)", migration_lock);
            work.exec("CREATE SCHEMA IF NOT EXISTS interregnum_results");
            work.exec(
                "CREATE TABLE IF NOT EXISTS interregnum_results.version (version int NOT NULL)");
            pqxx::result const rows = work.exec("SELECT version FROM interregnum_results.version");
            int const version = rows.empty() ? 0 : rows[0][0].as<int>();
            if (version < 0 || version > newest_version)
                return fail(Error::Kind::invalid,
                            fmt::format("the results {} have schema version {}; this program "
                                        "knows up to {}: use the newer interregnum that wrote them",
                                        where_, version, newest_version));
            if (version == newest_version) return {};
            for (int next = version; next < newest_version; ++next)
                work.exec(migrations.at(static_cast<std::size_t>(next)));
            work.exec("DELETE FROM interregnum_results.version");
            work.exec_params("INSERT INTO interregnum_results.version VALUES ($1)", newest_version);
            return {};
        });
    }

    Status add(RunSummary const& run) override {
        return working("write", [&](pqxx::work& work) -> Status {
            std::string const seed = std::to_string(run.seed);
            // Two writers of one run come one after the other.
            work.exec_params("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
                             fmt::format("{} {} {}", run.id, seed, run.cluster));
            work.exec_params(
                "DELETE FROM interregnum_results.run "
                "WHERE id = $1 AND seed = $2::numeric AND cluster = $3",
                run.id, seed, run.cluster);
            std::string const with = !run.etcd_with_leader   ? ""
                                     : *run.etcd_with_leader ? "true"
                                                             : "false";
            work.exec_params(
                "INSERT INTO interregnum_results.run VALUES "
                "($1, $2::numeric, $3, $4, $5, $6, $7, $8, nullif($9, '')::boolean, $10)",
                run.id, seed, run.cluster, run.scenario, run.started, run.version,
                static_cast<int>(run.verdict), run.because, with, run.undecided);
            for (auto const& [name, measured] : run.measures)
                if (measured.value.known) add_measure(work, run, name, measured);
            return {};
        });
    }

    Result<std::vector<RunSummary>> runs(std::string const& scenario, std::size_t most) override {
        std::vector<RunSummary> found;
        Status const read = working("read", [&](pqxx::work& work) -> Status {
            // One snapshot for both questions.
            work.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            auto const limit = static_cast<std::int64_t>(most);
            std::map<Key, RunSummary*> by_key;
            pqxx::result const rows = work.exec_params(
                "SELECT id, seed, cluster, scenario, started, version, verdict, because, "
                "etcd_with_leader, undecided FROM interregnum_results.run "
                "WHERE $1 = '' OR scenario = $1 "
                "ORDER BY started DESC, id DESC LIMIT $2",
                scenario, limit);
            found.reserve(rows.size());
            for (pqxx::row const& row : rows) found.push_back(run_of(row));
            std::ranges::reverse(found);
            for (RunSummary& run : found)
                by_key[{run.id, std::to_string(run.seed), run.cluster}] = &run;
            pqxx::result const measures = work.exec_params(
                "SELECT m.run, m.seed, m.cluster, m.name, m.unit, m.best, m.at_least, m.at_most, "
                "m.limited FROM interregnum_results.measure m JOIN (SELECT id, seed, cluster "
                "FROM interregnum_results.run WHERE $1 = '' OR scenario = $1 "
                "ORDER BY started DESC, id DESC LIMIT $2) r "
                "ON m.run = r.id AND m.seed = r.seed AND m.cluster = r.cluster",
                scenario, limit);
            for (pqxx::row const& row : measures) {
                auto const run = by_key.find(
                    {row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>()});
                if (run != by_key.end()) read_measure(row, *run->second);
            }
            return {};
        });
        if (!read) return std::unexpected(read.error());
        return found;
    }

private:
    using Key = std::tuple<std::string, std::string, std::string>;

    /// Whole or not at all. Every exception of libpqxx ends here.
    template <class Action>
    Status working(std::string_view what, Action const& action) {
        try {
            pqxx::work work(connection_);
            if (Status done = action(work); !done) return done;
            work.commit();
            return {};
        } catch (std::exception const& error) {
            std::string_view reason = error.what();
            while (reason.ends_with('\n')) reason.remove_suffix(1);
            return fail(Error::Kind::failed,
                        fmt::format("cannot {} the results {}: {}", what, where_, reason));
        }
    }

    static void add_measure(pqxx::work& work, RunSummary const& run, std::string const& name,
                            RunSummary::Measured const& measured) {
        bool const limited = std::ranges::find(run.limited, name) != run.limited.end();
        std::string const at_most = measured.value.at_most == unbounded
                                        ? std::string()
                                        : std::to_string(measured.value.at_most);
        work.exec_params(
            "INSERT INTO interregnum_results.measure VALUES "
            "($1, $2::numeric, $3, $4, $5, $6, $7, nullif($8, '')::bigint, $9)",
            run.id, std::to_string(run.seed), run.cluster, name, static_cast<int>(measured.unit),
            measured.value.best, measured.value.at_least, at_most, limited);
    }

    static RunSummary run_of(pqxx::row const& row) {
        RunSummary run{.id = row[0].as<std::string>(),
                       .started = row[4].as<std::string>(),
                       .scenario = row[3].as<std::string>(),
                       .cluster = row[2].as<std::string>(),
                       .version = row[5].as<std::string>(),
                       .because = row[7].as<std::string>()};
        std::string const seed = row[1].as<std::string>();
        std::from_chars(seed.data(), seed.data() + seed.size(), run.seed);
        int const verdict = row[6].as<int>();
        run.verdict = verdict >= 0 && verdict <= 4 ? static_cast<Verdict>(verdict) : Verdict::error;
        if (!row[8].is_null()) run.etcd_with_leader = row[8].as<bool>();
        run.undecided = row[9].as<bool>();
        return run;
    }

    static void read_measure(pqxx::row const& row, RunSummary& run) {
        int const unit = row[4].as<int>();
        std::string const name = row[3].as<std::string>();
        RunSummary::Measured& measured = run.measures[name];
        measured.unit = unit >= 0 && unit <= 2 ? static_cast<Unit>(unit) : Unit::count;
        measured.value = {.known = true,
                          .at_least = row[6].as<std::int64_t>(),
                          .at_most = row[7].is_null() ? unbounded : row[7].as<std::int64_t>(),
                          .best = row[5].as<std::int64_t>()};
        if (row[8].as<bool>()) run.limited.push_back(name);
    }

    std::string where_;  // as it may be shown
    pqxx::connection connection_;
};

Result<std::unique_ptr<ResultsStore>> open(std::string const& where) {
    if (Status const safe = without_password(
            where, "the results", "give it in $PGPASSWORD or in the file that $PGPASSFILE names");
        !safe)
        return std::unexpected(safe.error());
    try {
        auto store = std::make_unique<PostgresqlStore>(where);
        if (Status ready = store->prepare(); !ready) return std::unexpected(ready.error());
        return store;
    } catch (std::exception const& error) {
        std::string_view reason = error.what();
        while (reason.ends_with('\n')) reason.remove_suffix(1);
        return fail(Error::Kind::failed, fmt::format("cannot open the results {}: {}",
                                                     shown_database_url(where), reason));
    }
}

RegisterResults const registered{{.name = "postgresql", .open = open}};

}  // namespace
}  // namespace interregnum
