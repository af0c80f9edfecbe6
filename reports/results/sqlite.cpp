// SPDX-License-Identifier: MIT
// The only file that knows SQLite.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "harness/base/mistakes.h"
#include "harness/results.h"

namespace interregnum {
namespace {

constexpr int wait_for_writers_ms = 10'000;

// Entry n brings a file of version n to version n + 1. What was released never changes.
constexpr std::array<char const*, 2> migrations{R"sql(
CREATE TABLE run (
    id TEXT NOT NULL,
    seed TEXT NOT NULL,         -- decimal: it may be beyond a signed integer
    cluster TEXT NOT NULL,
    scenario TEXT NOT NULL,
    started TEXT NOT NULL,      -- UTC, 2026-11-22T03:10:44.123Z
    version TEXT NOT NULL,
    verdict INTEGER NOT NULL,   -- 0 pass, 1 inconclusive, 2 fail, 3 error, 4 aborted
    because TEXT NOT NULL,
    etcd_with_leader INTEGER,   -- NULL: not recorded
    PRIMARY KEY (id, seed, cluster)) WITHOUT ROWID;
CREATE INDEX run_by_scenario ON run (scenario, started);
CREATE TABLE measure (
    run TEXT NOT NULL,
    seed TEXT NOT NULL,
    cluster TEXT NOT NULL,
    name TEXT NOT NULL,
    unit INTEGER NOT NULL,      -- 0 nanoseconds, 1 count, 2 bytes
    best INTEGER NOT NULL,
    at_least INTEGER NOT NULL,
    at_most INTEGER,            -- NULL: no upper bound
    limited INTEGER NOT NULL,   -- the scenario has an expectation of it
    PRIMARY KEY (run, seed, cluster, name),
    FOREIGN KEY (run, seed, cluster) REFERENCES run ON DELETE CASCADE) WITHOUT ROWID;
)sql",
                                                R"sql(
ALTER TABLE run ADD COLUMN undecided INTEGER NOT NULL DEFAULT 0;  -- inconclusive, its measures good
)sql"};
constexpr int newest_version = static_cast<int>(migrations.size());

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct EndStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, EndStatement>;

class SqliteStore final : public ResultsStore {
public:
    SqliteStore(Database database, std::string where)
        : where_(std::move(where)), database_(std::move(database)) {}

    Status prepare() {
        sqlite3_busy_timeout(database_.get(), wait_for_writers_ms);
        if (Status done = execute("PRAGMA foreign_keys = ON"); !done) return done;
        return in_transaction([this] { return migrate(); });
    }

    Status add(RunSummary const& run) override {
        return in_transaction([&]() -> Status {
            if (Status done = remove(run); !done) return done;
            if (Status done = add_run(run); !done) return done;
            for (auto const& [name, measured] : run.measures)
                if (Status done = add_measure(run, name, measured); !done) return done;
            return {};
        });
    }

    Result<std::vector<RunSummary>> runs(std::string const& scenario, std::size_t most) override {
        auto statement = prepared(
            "SELECT id, seed, cluster, scenario, started, version, verdict, because, "
            "etcd_with_leader, undecided FROM run WHERE ?1 = '' OR scenario = ?1 "
            "ORDER BY started DESC, id DESC LIMIT ?2");
        if (!statement) return std::unexpected(statement.error());
        sqlite3_stmt* const row = statement->get();
        bind(row, 1, scenario);
        sqlite3_bind_int64(row, 2, static_cast<sqlite3_int64>(most));
        std::vector<RunSummary> found;
        int code = SQLITE_ROW;
        while ((code = sqlite3_step(row)) == SQLITE_ROW) {
            RunSummary run{.id = text(row, 0),
                           .started = text(row, 4),
                           .scenario = text(row, 3),
                           .cluster = text(row, 2),
                           .version = text(row, 5),
                           .because = text(row, 7)};
            std::string const seed = text(row, 1);
            std::from_chars(seed.data(), seed.data() + seed.size(), run.seed);
            int const verdict = sqlite3_column_int(row, 6);
            run.verdict =
                verdict >= 0 && verdict <= 4 ? static_cast<Verdict>(verdict) : Verdict::error;
            if (sqlite3_column_type(row, 8) != SQLITE_NULL)
                run.etcd_with_leader = sqlite3_column_int(row, 8) != 0;
            run.undecided = sqlite3_column_int(row, 9) != 0;
            if (Status read = read_measures(run); !read) return std::unexpected(read.error());
            found.push_back(std::move(run));
        }
        if (code != SQLITE_DONE) return std::unexpected(error("cannot read"));
        std::ranges::reverse(found);
        return found;
    }

private:
    Error error(std::string_view what) const {
        return {.kind = Error::Kind::failed,
                .message = fmt::format("{} the results {}: {}", what, in_quotes(where_),
                                       sqlite3_errmsg(database_.get()))};
    }

    Status execute(char const* sql) {
        if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            return std::unexpected(error("cannot write"));
        return {};
    }

    // IMMEDIATE: who will write takes the lock at once, since two readers that both want to write
    // later would each wait for the other.
    template <class Action>
    Status in_transaction(Action const& action) {
        if (Status begun = execute("BEGIN IMMEDIATE"); !begun) return begun;
        Status done = action();
        if (done) done = execute("COMMIT");
        if (!done) static_cast<void>(execute("ROLLBACK"));
        return done;
    }

    Result<Statement> prepared(char const* sql) const {
        sqlite3_stmt* made = nullptr;
        if (sqlite3_prepare_v2(database_.get(), sql, -1, &made, nullptr) != SQLITE_OK)
            return std::unexpected(error("cannot ask"));
        return Statement(made);
    }

    Status migrate() {
        int version = 0;
        {
            auto const statement = prepared("PRAGMA user_version");
            if (!statement) return std::unexpected(statement.error());
            if (sqlite3_step(statement->get()) != SQLITE_ROW)
                return std::unexpected(error("cannot read"));
            version = sqlite3_column_int(statement->get(), 0);
        }
        if (version < 0 || version > newest_version)
            return fail(Error::Kind::invalid,
                        fmt::format("the results {} have schema version {}; this program knows up "
                                    "to {}: use the newer interregnum that wrote them",
                                    in_quotes(where_), version, newest_version));
        for (int next = version; next < newest_version; ++next)
            if (Status done = execute(migrations.at(static_cast<std::size_t>(next))); !done)
                return done;
        return execute(fmt::format("PRAGMA user_version = {}", newest_version).c_str());
    }

    static void bind(sqlite3_stmt* statement, int place, std::string const& value) {
        sqlite3_bind_text(statement, place, value.data(), static_cast<int>(value.size()),
                          SQLITE_TRANSIENT);
    }

    static std::string text(sqlite3_stmt* row, int column) {
        auto const* const bytes = sqlite3_column_blob(row, column);
        auto const size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
        return bytes == nullptr ? std::string()
                                : std::string(static_cast<char const*>(bytes), size);
    }

    static void bind_key(sqlite3_stmt* statement, RunSummary const& run) {
        bind(statement, 1, run.id);
        bind(statement, 2, std::to_string(run.seed));
        bind(statement, 3, run.cluster);
    }

    Status finish(Statement const& statement) const {
        if (sqlite3_step(statement.get()) != SQLITE_DONE)
            return std::unexpected(error("cannot write"));
        return {};
    }

    Status remove(RunSummary const& run) {
        auto const statement =
            prepared("DELETE FROM run WHERE id = ?1 AND seed = ?2 AND cluster = ?3");
        if (!statement) return std::unexpected(statement.error());
        bind_key(statement->get(), run);
        return finish(*statement);
    }

    Status add_run(RunSummary const& run) {
        auto const statement =
            prepared("INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
        if (!statement) return std::unexpected(statement.error());
        bind_key(statement->get(), run);
        bind(statement->get(), 4, run.scenario);
        bind(statement->get(), 5, run.started);
        bind(statement->get(), 6, run.version);
        sqlite3_bind_int(statement->get(), 7, static_cast<int>(run.verdict));
        bind(statement->get(), 8, run.because);
        if (run.etcd_with_leader) sqlite3_bind_int(statement->get(), 9, *run.etcd_with_leader);
        sqlite3_bind_int(statement->get(), 10, run.undecided ? 1 : 0);
        return finish(*statement);
    }

    Status add_measure(RunSummary const& run, std::string const& name,
                       RunSummary::Measured const& measured) {
        if (!measured.value.known) return {};
        auto const statement =
            prepared("INSERT INTO measure VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        if (!statement) return std::unexpected(statement.error());
        bind_key(statement->get(), run);
        bind(statement->get(), 4, name);
        sqlite3_bind_int(statement->get(), 5, static_cast<int>(measured.unit));
        sqlite3_bind_int64(statement->get(), 6, measured.value.best);
        sqlite3_bind_int64(statement->get(), 7, measured.value.at_least);
        if (measured.value.at_most != unbounded)
            sqlite3_bind_int64(statement->get(), 8, measured.value.at_most);
        bool const limited = std::ranges::find(run.limited, name) != run.limited.end();
        sqlite3_bind_int(statement->get(), 9, limited ? 1 : 0);
        return finish(*statement);
    }

    Status read_measures(RunSummary& run) const {
        auto const statement = prepared(
            "SELECT name, unit, best, at_least, at_most, limited FROM measure "
            "WHERE run = ?1 AND seed = ?2 AND cluster = ?3");
        if (!statement) return std::unexpected(statement.error());
        sqlite3_stmt* const row = statement->get();
        bind_key(row, run);
        int code = SQLITE_ROW;
        while ((code = sqlite3_step(row)) == SQLITE_ROW) {
            int const unit = sqlite3_column_int(row, 1);
            RunSummary::Measured measured;
            measured.unit = unit >= 0 && unit <= 2 ? static_cast<Unit>(unit) : Unit::count;
            measured.value = {.known = true,
                              .at_least = sqlite3_column_int64(row, 3),
                              .at_most = sqlite3_column_type(row, 4) == SQLITE_NULL
                                             ? unbounded
                                             : sqlite3_column_int64(row, 4),
                              .best = sqlite3_column_int64(row, 2)};
            std::string const name = text(row, 0);
            if (sqlite3_column_int(row, 5) != 0) run.limited.push_back(name);
            run.measures[name] = std::move(measured);
        }
        if (code != SQLITE_DONE) return std::unexpected(error("cannot read"));
        return {};
    }

    std::string where_;
    Database database_;
};

Result<std::unique_ptr<ResultsStore>> open(std::string const& where) {
    sqlite3* raw = nullptr;
    int const code =
        sqlite3_open_v2(where.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    Database database(raw);
    if (code != SQLITE_OK)
        return fail(Error::Kind::failed, fmt::format("cannot open the results {}: {}",
                                                     in_quotes(where), sqlite3_errstr(code)));
    auto store = std::make_unique<SqliteStore>(std::move(database), where);
    if (Status ready = store->prepare(); !ready) return std::unexpected(ready.error());
    return store;
}

RegisterResults const registered{{.name = "sqlite", .open = open}};

}  // namespace
}  // namespace interregnum
