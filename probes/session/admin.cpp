// SPDX-License-Identifier: MIT
#include "probes/session/admin.h"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "harness/base/database_url.h"
#include "probes/session/socket.h"

namespace interregnum {

namespace {

constexpr Duration usual_statement = std::chrono::seconds(60);

using Snapshot = pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>;

/// One setting of a connection string. The string holds the password: it goes to libpqxx only.
std::string setting(std::string_view name, std::string_view value) {
    if (value.empty()) return {};
    std::string text(name);
    text += "='";
    for (char const each : value) {
        if (each == '\'' || each == '\\') text += '\\';
        text += each;
    }
    text += "' ";
    return text;
}

std::string connection_string(PostgresAccess const& access, std::string const& host,
                              std::string const& address, std::uint16_t port) {
    return setting("host", host) + setting("hostaddr", address) +
           setting("port", std::to_string(port)) + setting("user", access.user) +
           setting("dbname", access.dbname) + setting("password", access.password.reveal()) +
           setting("sslmode", access.sslmode) + setting("sslrootcert", access.sslrootcert) +
           setting("sslcert", access.sslcert) + setting("sslkey", access.sslkey) +
           "application_name=interregnum gssencmode=disable client_encoding=UTF8 "
           "connect_timeout=5 keepalives_idle=5 keepalives_interval=3 keepalives_count=3 "
           "tcp_user_timeout=15000";
}

std::string first_line(std::string_view message) {
    return std::string(message.substr(0, message.find('\n')));
}

std::unexpected<Error> sql_failure(pqxx::sql_error const& error) {
    std::string const& state = error.sqlstate();
    Error::Kind kind = Error::Kind::failed;
    if (state == "42501" || state.starts_with("28")) kind = Error::Kind::refused;
    if (state == "57014") kind = Error::Kind::timeout;
    return fail(kind, fmt::format("{} (SQLSTATE {})", first_line(error.what()),
                                  state.empty() ? "unknown" : state));
}

SqlRows rows_of(pqxx::result const& result) {
    SqlRows answer;
    for (pqxx::row const& row : result) {
        auto& values = answer.rows.emplace_back();
        for (pqxx::field const& value : row)
            values.push_back(value.is_null() ? std::nullopt
                                             : std::optional<std::string>(value.c_str()));
    }
    return answer;
}

/// Calls `work`; every exception of libpqxx ends here.
template <class Work>
auto guarded(Work&& work) -> decltype(work()) {
    try {
        return std::forward<Work>(work)();
    } catch (pqxx::sql_error const& error) {
        return sql_failure(error);
    } catch (pqxx::broken_connection const& error) {
        return fail(Error::Kind::unreachable, first_line(error.what()));
    } catch (pqxx::failure const& error) {
        return fail(Error::Kind::failed, first_line(error.what()));
    } catch (std::exception const& error) {
        return fail(Error::Kind::failed, first_line(error.what()));
    }
}

}  // namespace

struct AdminSession::State {
    std::string where;  ///< for messages
    std::optional<pqxx::connection> connection;
    std::optional<Snapshot> snapshot;
    std::optional<pqxx::work> held;
};

AdminSession::AdminSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
AdminSession::~AdminSession() = default;
AdminSession::AdminSession(AdminSession&&) noexcept = default;
AdminSession& AdminSession::operator=(AdminSession&&) noexcept = default;

Result<AdminSession> AdminSession::open(PostgresAccess const& access, std::string const& host,
                                        std::uint16_t port) {
    std::string const where = fmt::format("PostgreSQL at {}:{}", host, port);
    Result<std::string> const address = numeric_address(host);
    if (!address) return fail_in(where, address.error());
    return connect(where, connection_string(access, host, *address, port), usual_statement);
}

Result<AdminSession> AdminSession::open_url(std::string const& url, Secret const& password,
                                            Duration longest) {
    // Numbers that libpq knows as settings of a connection, not of the server: a pooler that does
    // not know "options" lets them pass.
    std::string whole = url;
    for (auto const& [name, value] : {std::pair("connect_timeout", "10"),
                                      {"tcp_user_timeout", "20000"},
                                      {"keepalives_idle", "5"},
                                      {"keepalives_interval", "5"},
                                      {"keepalives_count", "3"},
                                      {"application_name", "interregnum"},
                                      {"client_encoding", "UTF8"}})
        whole = with_parameter(whole, name, value);
    if (!password.empty()) whole = with_parameter(whole, "password", password.reveal());
    return connect("PostgreSQL at " + shown_database_url(url), whole, longest);
}

Result<AdminSession> AdminSession::connect(std::string const& where, std::string const& how,
                                           Duration longest) {
    Result<AdminSession> opened = guarded([&]() -> Result<AdminSession> {
        auto state = std::make_unique<State>();
        state->where = where;
        state->connection.emplace(how);
        // A variable, not a statement: libpqxx sets it again if it has to reconnect.
        state->connection->set_variable(
            "statement_timeout",
            fmt::format("'{}ms'",
                        std::chrono::duration_cast<std::chrono::milliseconds>(longest).count()));
        return AdminSession(std::move(state));
    });
    if (!opened) return fail_in(where, opened.error());
    return opened;
}

Status AdminSession::run(std::string const& sql) {
    end_snapshot();
    Status const done = guarded([&]() -> Status {
        pqxx::work transaction(*state_->connection);
        transaction.exec(sql);
        transaction.commit();
        return {};
    });
    if (!done) return fail_in(state_->where, done.error());
    return {};
}

Result<SqlRows> AdminSession::query(std::string const& sql,
                                    std::vector<std::string> const& parameters) {
    Result<SqlRows> rows = guarded([&]() -> Result<SqlRows> {
        if (!state_->snapshot) state_->snapshot.emplace(*state_->connection);
        return rows_of(
            state_->snapshot->exec_params(sql, pqxx::prepare::make_dynamic_params(parameters)));
    });
    if (!rows) {
        end_snapshot();
        return fail_in(state_->where, rows.error());
    }
    return rows;
}

void AdminSession::end_snapshot() { state_->snapshot.reset(); }

Result<SqlRows> AdminSession::hold(std::string const& sql) {
    end_snapshot();
    Result<SqlRows> rows = guarded([&]() -> Result<SqlRows> {
        if (!state_->held) state_->held.emplace(*state_->connection);
        return rows_of(state_->held->exec(sql));
    });
    if (rows) return rows;
    state_->held.reset();
    return fail_in(state_->where, rows.error());
}

void AdminSession::cancel() {
    // That it came too late, or that the server is gone, is for whoever waits for the statement.
    try {
        state_->connection->cancel_query();
    } catch (std::exception const&) {
        return;
    }
}

}  // namespace interregnum
