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

private:
    struct State;
    explicit AdminSession(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace interregnum
