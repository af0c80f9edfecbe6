// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/probe.h"
#include "probes/session/sql_rows.h"

namespace interregnum {

/// A connection to PostgreSQL for work that is not timed: making and dropping a schema, reading
/// it back. libpqxx; bounded all the same: 5 s to connect, 60 s a statement on the server, and
/// about 15 s of silence from the network. For one thread.
///
/// Errors: unreachable (no session), refused (login, permission), failed (any other SQL error,
/// with its SQLSTATE in the message), timeout.
class AdminSession {
public:
    [[nodiscard]] static Result<AdminSession> open(PostgresAccess const& access,
                                                   std::string const& host, std::uint16_t port);
    /// The same by libpq's URI, which holds no password; the password apart, which may be empty
    /// (then libpq looks into $PGPASSFILE). A statement may take `longest`.
    [[nodiscard]] static Result<AdminSession> open_url(std::string const& url,
                                                       Secret const& password, Duration longest);
    ~AdminSession();
    AdminSession(AdminSession&&) noexcept;
    AdminSession& operator=(AdminSession&&) noexcept;

    /// Runs one or more statements as one transaction.
    [[nodiscard]] Status run(std::string const& sql);

    /// One read that sees one snapshot with every other read until `end_snapshot`.
    [[nodiscard]] Result<SqlRows> query(std::string const& sql,
                                        std::vector<std::string> const& parameters = {});

    /// The next read begins a new snapshot.
    void end_snapshot();

    /// Runs a statement in a transaction that stays open, with whatever it has locked, until the
    /// session ends: then it is rolled back. `run` and `query` fail meanwhile. After an error the
    /// transaction is gone, and the next call begins another one.
    [[nodiscard]] Result<SqlRows> hold(std::string const& sql);

    /// Ends the statement under way, which fails as a timeout; nothing when there is none. The one
    /// call that another thread may make.
    void cancel();

private:
    struct State;
    [[nodiscard]] static Result<AdminSession> connect(std::string const& where,
                                                      std::string const& how, Duration longest);
    explicit AdminSession(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace interregnum
