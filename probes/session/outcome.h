// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "harness/record/event.h"

namespace interregnum {

/// How far a request had got when it ended.
enum class RequestPhase {
    connecting,  ///< no usable session yet: nothing of the request can have arrived
    unsent,      ///< a session that was kept turned out dead before anything was sent on it
    sent,        ///< the request left, and no whole answer came back
    answered,    ///< the server answered
};

/// Why it ended there.
enum class EndCause {
    none,         ///< answered as asked
    refused,      ///< connection refused
    unreachable,  ///< no route to host or network, or the address is no address
    closed,       ///< the peer closed or reset the connection
    deadline,     ///< the client-side deadline passed
    server,       ///< the server answered with an error
    protocol,     ///< the answer could not be understood
};

/// The end of one request to PostgreSQL or Redis, as the session saw it.
struct Ending {
    RequestPhase phase{RequestPhase::answered};
    EndCause cause{EndCause::none};
    std::string sqlstate{};  ///< PostgreSQL: five characters, when the server gave one
    std::string severity{};  ///< PostgreSQL: not translated ("ERROR", "FATAL", "PANIC"); may be ""
    std::string detail{};    ///< the message, for people; never holds a secret
    /// PostgreSQL warned that the wait for synchronous replication was cancelled: committed on
    /// this server only.
    bool sync_wait_cancelled{};

    [[nodiscard]] bool good() const { return cause == EndCause::none && !sync_wait_cancelled; }
};

/// What the request would have done. It decides what a lost answer means.
enum class StatementKind {
    autocommit,      ///< commits by itself: a lost answer leaves it open
    commit,          ///< COMMIT: the same
    in_transaction,  ///< before COMMIT: without an answer it is rolled back, certainly
    read,            ///< changes nothing; a lost answer is `unknown` all the same
};

/// The honest outcome and the class of trouble (Attempt::error; "" when ok).
struct OutcomeClass {
    record::Outcome outcome{record::Outcome::ok};
    std::string_view error{};
};

/// Judges a request to PostgreSQL.
///
/// `failed` only where it certainly did not happen: no session, nothing sent, an error before
/// COMMIT, or an error by which the server says so (constraint violations, 40001, 40P01, 25006,
/// 53300, 57P03, 55P03, 53100, and any other of severity ERROR, since PostgreSQL raises no ERROR
/// after its commit point). `unknown` for everything else: the deadline or a loss after sending,
/// 57P01, 57P02, class 08, 40003, other FATAL errors, every PANIC whatever its state, and a success
/// that came with the warning that the wait for synchronous replication was cancelled.
[[nodiscard]] OutcomeClass judge_sql(Ending const& ending, StatementKind kind);

/// Judges a write to Redis. An error reply means that the command was not run (READONLY, LOADING,
/// MASTERDOWN, NOREPLICAS, OOM...); it is found by the first word of `ending.detail`.
[[nodiscard]] OutcomeClass judge_redis(Ending const& ending);

/// Puts ending and judgement into an attempt: outcome, error, sqlstate, and detail (its first 200
/// bytes, one line). `finished` is the caller's.
void fill_attempt(record::Attempt& attempt, Ending const& ending, OutcomeClass judgement);

/// The SQLSTATE and severity in a libpq message of verbosity "verbose", as in
/// `connection to server at "10.0.0.1", port 5432 failed: FATAL:  57P03: starting up`. During
/// connecting libpq gives the state in the message only. Empty when there is none.
struct StateInMessage {
    std::string sqlstate;
    std::string text;  ///< the first line from the severity on, or the message's first line
};
[[nodiscard]] StateInMessage state_in_message(std::string_view message);

/// Whether a notice is PostgreSQL's warning that a synchronous commit was not waited for. By the
/// function that raises it where the server tells (messages can be translated), else by its text.
[[nodiscard]] bool is_sync_wait_cancelled(std::string_view sqlstate, std::string_view text,
                                          std::string_view source_function);

}  // namespace interregnum
