// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/clock.h"
#include "harness/probe.h"
#include "probes/session/outcome.h"
#include "probes/session/sql_rows.h"

namespace interregnum {

/// What becomes of a session whose answer has not come by the deadline.
enum class WhenLate {
    close,  ///< it is closed: the next attempt dials, as a customer would
    /// It is kept, and `resume` goes on waiting: a server that stood still goes on where it was.
    /// The kernel gives it up when the peer's kernel has not answered for about 3 s.
    keep,
};

/// One connection to PostgreSQL on which every call returns by its deadline, whatever the network
/// does: packets dropped, a peer that is frozen, one that sends a byte a second.
///
/// It stands on libpq, not on libpqxx as everything else that speaks to PostgreSQL here: libpqxx
/// 6.4 blocks in every call, knows whole seconds only, and reconnects behind one's back, each of
/// which would end up in the measured downtime. libpq is what libpqxx stands on; its calls that
/// do not block are driven by poll(2) here. For work that is not timed see `admin.h`.
///
/// No name is looked up (the address is resolved in the constructor), no GSS negotiation costs a
/// round trip, and closing never waits. For one thread.
class PostgresConnection {
public:
    PostgresConnection(PostgresAccess access, std::string host, std::uint16_t port,
                       WhenLate when_late = WhenLate::close);
    /// An entry point may be several addresses ("multi") and want a kind of server. Then they are
    /// dialled in turn, as libpq does, with one difference: each gets an equal share of the time
    /// that is left, since libpq's own limit for one (connect_timeout) is 2 s at least, longer
    /// than customers wait.
    PostgresConnection(PostgresAccess access, Endpoint const& entry,
                       WhenLate when_late = WhenLate::close);
    ~PostgresConnection();
    PostgresConnection(PostgresConnection const&) = delete;
    PostgresConnection& operator=(PostgresConnection const&) = delete;

    [[nodiscard]] bool open() const;

    /// Dials and logs in. What was open is closed first.
    [[nodiscard]] Ending connect(Instant deadline);

    /// Sends one statement with parameters ($1, $2...: all text) and takes its answer. After any
    /// end but an answer, and after an error that ends the session, the connection is closed.
    [[nodiscard]] Ending ask(std::string_view sql, std::vector<std::string> const& parameters,
                             Instant deadline, SqlRows& answer);

    /// The same for a statement that the server parses and plans once a session, under `name`: one
    /// more round trip at its first use. Not through a transaction pooler.
    [[nodiscard]] Ending ask_prepared(std::string_view name, std::string_view sql,
                                      std::vector<std::string> const& parameters, Instant deadline,
                                      SqlRows& answer);

    /// Whether a transaction is open, or has failed and waits for its end.
    [[nodiscard]] bool in_transaction() const;

    /// `ask` for several statements without parameters, separated by semicolons, in one round
    /// trip; the answer is the last one's.
    [[nodiscard]] Ending ask_many(std::string_view sql, Instant deadline, SqlRows& answer);

    /// Whether an answer is still owed, of a session that is kept when late. Until it has come, or
    /// the session is closed, nothing else can be asked.
    [[nodiscard]] bool waiting() const;
    /// Goes on waiting for it.
    [[nodiscard]] Ending resume(Instant deadline, SqlRows& answer);

    /// Says goodbye if that needs no waiting, and closes.
    void close();

private:
    struct State;
    /// Good, or why nothing can be sent on the session.
    [[nodiscard]] Ending look_before_asking();
    [[nodiscard]] Ending dial(std::string const& host, std::string const& address,
                              Instant deadline);
    [[nodiscard]] Ending finish_asking(Instant deadline, SqlRows& answer);
    /// Closes without a word to the peer, and gives the ending back.
    Ending abandon(Ending ending);

    PostgresAccess access_;
    struct Host {
        std::string name;
        std::string address;  ///< "" when the host has none
        std::string no_address_because;
    };
    std::vector<Host> hosts_;
    std::uint16_t port_{};
    std::string session_attrs_;
    WhenLate when_late_;
    std::unique_ptr<State> state_;
};

}  // namespace interregnum
