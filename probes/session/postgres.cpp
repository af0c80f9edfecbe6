// SPDX-License-Identifier: MIT
#include "probes/session/postgres.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "probes/session/socket.h"

namespace interregnum {

/// What libpq holds, and what its notices said since the last request.
struct PostgresConnection::State {
    PGconn* connection{};
    bool sync_wait_cancelled{};
    bool waiting{};              ///< an answer is owed, and waited for beyond its deadline
    std::string farewell_state;  ///< SQLSTATE of a FATAL message that came while idle
    std::string farewell_text;
    std::set<std::string, std::less<>> prepared;  ///< statements this session knows
};

namespace {

using ResultOwner = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string field(PGresult const* result, int code) {
    char const* const text = PQresultErrorField(result, code);
    return text == nullptr ? "" : text;
}

std::string first_line(std::string_view message) {
    return std::string(message.substr(0, message.find('\n')));
}

/// The cause in libpq's words about a connection that did not come to be. It tells them in text
/// only, so the text is compared with what the C library says for the codes.
EndCause cause_in_words(std::string_view message) {
    struct Words {
        int code;
        EndCause cause;
    };
    constexpr std::array known{
        Words{ECONNREFUSED, EndCause::refused},    Words{EHOSTUNREACH, EndCause::unreachable},
        Words{ENETUNREACH, EndCause::unreachable}, Words{EADDRNOTAVAIL, EndCause::unreachable},
        Words{ETIMEDOUT, EndCause::deadline},
    };
    for (auto const& [code, cause] : known)
        if (message.find(std::strerror(code)) != std::string_view::npos) return cause;
    return EndCause::closed;
}

Ending connect_ending(PGconn const* connection) {
    std::string_view const message = PQerrorMessage(connection);
    auto [state, text] = state_in_message(message);
    Ending ending{.phase = RequestPhase::connecting, .detail = std::move(text)};
    ending.cause = state.empty() ? cause_in_words(message) : EndCause::server;
    // A password that is asked for and not given has no SQLSTATE: the client gives up by itself.
    if (state.empty() && PQconnectionNeedsPassword(connection) != 0) {
        state = "28P01";
        ending.cause = EndCause::server;
    }
    // That a server is not of the kind that was asked for is the client's own finding too.
    if (state.empty() && message.find("session is read-only") != std::string_view::npos) {
        state = "25006";
        ending.cause = EndCause::server;
    }
    ending.sqlstate = std::move(state);
    return ending;
}

Ending late(RequestPhase phase, std::string_view what) {
    return {.phase = phase,
            .cause = EndCause::deadline,
            .detail = fmt::format("{} within the deadline", what)};
}

Ending lost(RequestPhase phase, PGconn const* connection) {
    std::string detail = first_line(PQerrorMessage(connection));
    if (detail.empty()) detail = "the connection was lost";
    return {.phase = phase, .cause = EndCause::closed, .detail = std::move(detail)};
}

SqlRows rows_of(PGresult const* result) {
    SqlRows answer;
    answer.tag = PQcmdStatus(const_cast<PGresult*>(result));  // libpq forgot the const
    for (int row = 0; row < PQntuples(result); ++row) {
        auto& values = answer.rows.emplace_back();
        for (int column = 0; column < PQnfields(result); ++column) {
            if (PQgetisnull(result, row, column) != 0)
                values.emplace_back();
            else
                values.emplace_back(
                    std::string(PQgetvalue(result, row, column),
                                static_cast<std::size_t>(PQgetlength(result, row, column))));
        }
    }
    return answer;
}

/// Adds what one result tells to an ending. A lost connection is a result without SQLSTATE.
void take_result(PGresult const* result, Ending& ending, SqlRows& answer) {
    ExecStatusType const status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) {
        answer = rows_of(result);
        return;
    }
    if (ending.cause != EndCause::none) return;  // the first error counts
    ending.sqlstate = field(result, PG_DIAG_SQLSTATE);
    ending.severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    ending.detail = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (status != PGRES_FATAL_ERROR) {
        ending.cause = EndCause::protocol;
        ending.detail = fmt::format("an answer of an unexpected kind ({})", PQresStatus(status));
    } else if (ending.sqlstate.empty()) {
        ending.phase = RequestPhase::sent;
        ending.cause = EndCause::closed;
        if (ending.detail.empty()) ending.detail = first_line(PQresultErrorMessage(result));
    } else {
        ending.cause = EndCause::server;
    }
}

/// Begins to dial; the parameters never become one text that could end up in a message.
PGconn* start(PostgresAccess const& access, std::string const& host, std::string const& address,
              std::string const& port, std::string const& session_attrs, WhenLate when_late) {
    std::array const settings{
        std::pair{"host", &host},
        std::pair{"hostaddr", &address},
        std::pair{"port", &port},
        std::pair{"user", &access.user},
        std::pair{"dbname", &access.dbname},
        std::pair{"password", &access.password.reveal()},
        std::pair{"sslmode", &access.sslmode},
        std::pair{"sslrootcert", &access.sslrootcert},
        std::pair{"sslcert", &access.sslcert},
        std::pair{"sslkey", &access.sslkey},
        std::pair{"target_session_attrs", &session_attrs},
    };
    std::vector<char const*> names{"application_name", "gssencmode", "client_encoding"};
    std::vector<char const*> values{"interregnum", "disable", "UTF8"};
    for (auto const& [name, value] : settings) {
        if (value->empty()) continue;
        names.push_back(name);
        values.push_back(value->c_str());
    }
    if (when_late == WhenLate::keep) {
        for (auto const& [name, value] :
             {std::pair{"keepalives_idle", "1"}, std::pair{"keepalives_interval", "1"},
              std::pair{"keepalives_count", "3"}, std::pair{"tcp_user_timeout", "3000"}}) {
            names.push_back(name);
            values.push_back(value);
        }
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    return PQconnectStartParams(names.data(), values.data(), 0);
}

/// Looks at a session that was idle: it may have ended since, which is better known before
/// anything is sent than after.
bool ended_while_idle(PGconn* connection) {
    constexpr int looks = 4;  // a message, then the end of the stream, TLS records between
    for (int look = 0; look < looks && readable_now(PQsocket(connection)); ++look) {
        if (PQconsumeInput(connection) == 0) return true;
        static_cast<void>(PQisBusy(connection));  // parses what came
    }
    return PQstatus(connection) == CONNECTION_BAD;
}

}  // namespace

PostgresConnection::PostgresConnection(PostgresAccess access, std::string host, std::uint16_t port,
                                       WhenLate when_late)
    : PostgresConnection(std::move(access),
                         Endpoint{.entry = {}, .host = std::move(host), .port = port}, when_late) {}

PostgresConnection::PostgresConnection(PostgresAccess access, Endpoint const& entry,
                                       WhenLate when_late)
    : access_(std::move(access)),
      port_(entry.port),
      session_attrs_(entry.session_attrs),
      when_late_(when_late),
      state_(std::make_unique<State>()) {
    for (std::size_t from = 0; from <= entry.host.size();) {
        std::size_t const comma = std::min(entry.host.find(',', from), entry.host.size());
        Host host{.name = entry.host.substr(from, comma - from)};
        if (Result<std::string> address = numeric_address(host.name))
            host.address = std::move(*address);
        else
            host.no_address_because = address.error().message;
        hosts_.push_back(std::move(host));
        from = comma + 1;
    }
}

PostgresConnection::~PostgresConnection() { close(); }

bool PostgresConnection::open() const { return state_->connection != nullptr; }

bool PostgresConnection::waiting() const { return open() && state_->waiting; }

Ending PostgresConnection::resume(Instant deadline, SqlRows& answer) {
    if (!waiting())
        return {.phase = RequestPhase::unsent,
                .cause = EndCause::closed,
                .detail = "no answer is owed"};
    return finish_asking(deadline, answer);
}

void PostgresConnection::close() {
    // The socket does not block (PQsetnonblocking), so Terminate and TLS's close_notify are sent
    // when they fit into its buffer, and dropped when not.
    if (state_->connection != nullptr) PQfinish(std::exchange(state_->connection, nullptr));
}

Ending PostgresConnection::abandon(Ending ending) {
    if (state_->connection != nullptr) shut_down(PQsocket(state_->connection));
    close();
    return ending;
}

Ending PostgresConnection::connect(Instant deadline) {
    Ending ending;
    auto left = static_cast<std::int64_t>(hosts_.size());
    for (Host const& host : hosts_) {
        Instant const now = SteadyClock{}.now();
        Instant const until = left == 1 ? deadline : now + (deadline - now) / left;
        --left;
        close();
        *state_ = State{};
        if (host.address.empty())
            ending = {.phase = RequestPhase::connecting,
                      .cause = EndCause::unreachable,
                      .detail = host.no_address_because};
        else
            ending = dial(host.name, host.address, until);
        if (ending.good()) break;
    }
    return ending;
}

Ending PostgresConnection::dial(std::string const& host, std::string const& address,
                                Instant deadline) {
    PGconn* const connection =
        start(access_, host, address, std::to_string(port_), session_attrs_, when_late_);
    state_->connection = connection;
    if (connection == nullptr)
        return {.phase = RequestPhase::connecting,
                .cause = EndCause::closed,
                .detail = "out of memory"};
    // Verbose, because the SQLSTATE of a refused login stands in the text only.
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
    auto const on_notice = [](void* argument, PGresult const* notice) {
        auto* const state = static_cast<State*>(argument);
        std::string const sqlstate = field(notice, PG_DIAG_SQLSTATE);
        std::string const text = field(notice, PG_DIAG_MESSAGE_PRIMARY);
        if (is_sync_wait_cancelled(sqlstate, text, field(notice, PG_DIAG_SOURCE_FUNCTION)))
            state->sync_wait_cancelled = true;
        if (field(notice, PG_DIAG_SEVERITY_NONLOCALIZED) == "FATAL") {
            state->farewell_state = sqlstate;
            state->farewell_text = text;
        }
    };
    PQsetNoticeReceiver(connection, on_notice, state_.get());
    // As libpq demands: behave as if the last poll had said "writing".
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    if (PQstatus(connection) == CONNECTION_BAD) next = PGRES_POLLING_FAILED;
    while (next != PGRES_POLLING_OK) {
        if (next == PGRES_POLLING_FAILED) return abandon(connect_ending(connection));
        WaitFor const what = next == PGRES_POLLING_READING ? WaitFor::reading : WaitFor::writing;
        if (wait_socket(PQsocket(connection), what, deadline) == Waited::deadline)
            return abandon(late(RequestPhase::connecting, "no session was made"));
        next = PQconnectPoll(connection);
    }
    PQsetnonblocking(connection, 1);
    return {};
}

Ending PostgresConnection::look_before_asking() {
    PGconn* const connection = state_->connection;
    if (connection == nullptr)
        return {.phase = RequestPhase::unsent, .cause = EndCause::closed, .detail = "no session"};
    state_->sync_wait_cancelled = false;
    bool const ended = ended_while_idle(connection);
    if (!ended && state_->farewell_text.empty()) return {};
    Ending ending = lost(RequestPhase::unsent, connection);
    ending.sqlstate = state_->farewell_state;
    if (!state_->farewell_text.empty()) ending.detail = state_->farewell_text;
    return abandon(std::move(ending));
}

Ending PostgresConnection::ask(std::string_view sql, std::vector<std::string> const& parameters,
                               Instant deadline, SqlRows& answer) {
    if (Ending dead = look_before_asking(); !dead.good()) return dead;
    std::vector<char const*> values;
    values.reserve(parameters.size());
    for (std::string const& each : parameters) values.push_back(each.c_str());
    int const sent = PQsendQueryParams(state_->connection, std::string(sql).c_str(),
                                       static_cast<int>(values.size()), nullptr, values.data(),
                                       nullptr, nullptr, 0);
    // Even when it failed a part may have left.
    if (sent == 0) return abandon(lost(RequestPhase::sent, state_->connection));
    return finish_asking(deadline, answer);
}

Ending PostgresConnection::ask_prepared(std::string_view name, std::string_view sql,
                                        std::vector<std::string> const& parameters,
                                        Instant deadline, SqlRows& answer) {
    if (Ending dead = look_before_asking(); !dead.good()) return dead;
    std::string const known(name);
    if (!state_->prepared.contains(known)) {
        if (PQsendPrepare(state_->connection, known.c_str(), std::string(sql).c_str(), 0,
                          nullptr) == 0)
            return abandon(lost(RequestPhase::unsent, state_->connection));
        Ending parsed = finish_asking(deadline, answer);
        if (!parsed.good()) {
            // Nothing of the statement itself has been sent.
            if (parsed.phase == RequestPhase::sent) parsed.phase = RequestPhase::unsent;
            return parsed;
        }
        state_->prepared.insert(known);
    }
    std::vector<char const*> values;
    values.reserve(parameters.size());
    for (std::string const& each : parameters) values.push_back(each.c_str());
    if (PQsendQueryPrepared(state_->connection, known.c_str(), static_cast<int>(values.size()),
                            values.data(), nullptr, nullptr, 0) == 0)
        return abandon(lost(RequestPhase::sent, state_->connection));
    return finish_asking(deadline, answer);
}

bool PostgresConnection::in_transaction() const {
    if (state_->connection == nullptr) return false;
    PGTransactionStatusType const status = PQtransactionStatus(state_->connection);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

Ending PostgresConnection::ask_many(std::string_view sql, Instant deadline, SqlRows& answer) {
    if (Ending dead = look_before_asking(); !dead.good()) return dead;
    if (PQsendQuery(state_->connection, std::string(sql).c_str()) == 0)
        return abandon(lost(RequestPhase::sent, state_->connection));
    return finish_asking(deadline, answer);
}

Ending PostgresConnection::finish_asking(Instant deadline, SqlRows& answer) {
    PGconn* const connection = state_->connection;
    state_->waiting = false;
    auto const too_late = [&](std::string_view what) {
        state_->waiting = when_late_ == WhenLate::keep;
        Ending ending = late(RequestPhase::sent, what);
        return state_->waiting ? ending : abandon(std::move(ending));
    };
    int flushed = PQflush(connection);
    while (flushed == 1) {
        if (wait_socket(PQsocket(connection), WaitFor::either, deadline) == Waited::deadline)
            return too_late("the request did not leave");
        if (PQconsumeInput(connection) == 0) return abandon(lost(RequestPhase::sent, connection));
        flushed = PQflush(connection);
    }
    if (flushed < 0) return abandon(lost(RequestPhase::sent, connection));
    Ending ending;
    while (true) {
        while (PQisBusy(connection) != 0) {
            if (wait_socket(PQsocket(connection), WaitFor::reading, deadline) == Waited::deadline)
                return too_late("no answer");
            // What came with the loss is still parsed: a FATAL message explains it.
            if (PQconsumeInput(connection) == 0 && PQisBusy(connection) != 0)
                return abandon(lost(RequestPhase::sent, connection));
        }
        ResultOwner const result(PQgetResult(connection), &PQclear);
        if (result == nullptr) break;
        take_result(result.get(), ending, answer);
    }
    ending.sync_wait_cancelled = state_->sync_wait_cancelled;
    if (ending.sync_wait_cancelled && ending.detail.empty())
        ending.detail = "the server cancelled its wait for synchronous replication";
    bool const session_over = PQstatus(connection) == CONNECTION_BAD ||
                              ending.severity == "FATAL" || ending.severity == "PANIC";
    return session_over ? abandon(std::move(ending)) : ending;
}

}  // namespace interregnum
