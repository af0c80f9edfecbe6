// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/probe.h"
#include "probes/session/outcome.h"
#include "probes/session/postgres.h"
#include "probes/session/sql_rows.h"

namespace interregnum {

/// An observer's session with PostgreSQL on one node, past every proxy: kept while it works, and
/// dialled anew, at most once a call and more rarely where nobody answers the dial. A server that
/// stands still is waited for on the session that it has: dials would queue up in front of it, and
/// the first thing it does when it goes on would be seen late. For one thread.
class NodeSession {
public:
    NodeSession(ProbeContext const& context, ProbeNode const& node);

    struct Answer {
        Ending ending{};
        SqlRows rows{};
        Instant asked{};  ///< when what was answered here was sent, or dialled
        /// The server had owed an answer, which came now; then it was asked anew, so this answer
        /// is of the time after that.
        bool woke{};
        /// False: nobody answered the dial a moment ago, and it was not dialled again. The ending
        /// is that dial's, and says nothing of now.
        bool looked{true};
    };
    /// Asks one statement with parameters. Returns after at most three times `limit`.
    [[nodiscard]] Answer ask(std::string_view sql, std::vector<std::string> const& parameters,
                             Duration limit);

private:
    [[nodiscard]] Ending dial(Duration limit);

    Clock& clock_;
    PostgresConnection connection_;
    Instant dial_again_{};  ///< not before
    Ending last_dial_;
};

}  // namespace interregnum
