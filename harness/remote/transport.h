// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"

namespace interregnum {

/// A command for a node: an argument vector that arrives there exactly as it is here, whatever
/// it contains. There is no way to hand a transport a line of shell.
struct RemoteCommand {
    std::vector<std::string> argv;
    std::string input{};  ///< the command's stdin; never shown in logs
    Duration timeout{std::chrono::seconds(10)};
    bool as_root{true};  ///< through `sudo -n` where the login is not root
    /// It ends by itself within `timeout`: nothing is started on the node to see to that, which
    /// takes about a millisecond off. Should it not end, the session is dropped all the same.
    bool bounds_itself{false};
    std::size_t output_limit{1U << 20U};  ///< bytes of each stream; more is an error
};

struct RemoteResult {
    int exit_status{};
    std::string out;
    std::string err;
    Instant sent;      ///< just before the command left
    Instant returned;  ///< just after its status arrived
};

/// One node that can be told to run commands. Used by one thread at a time.
///
/// A status other than 0 is a result. Errors are of the path to the node: `unreachable` (nothing
/// was sent: safe to repeat), `refused` (host key, authentication), `timeout` and `protocol`
/// (the command may have run). After an error the next call reconnects.
class Transport {
public:
    virtual ~Transport() = default;
    [[nodiscard]] virtual Result<RemoteResult> run(RemoteCommand const& command,
                                                   std::stop_token stop) = 0;
    /// Sends a command and does not wait for its end, so that several nodes can be told before the
    /// first is waited for. True: the next call must be `run` of the same command, which waits.
    /// False, with nothing sent, where that cannot be done at once (no session yet).
    [[nodiscard]] virtual bool send_ahead(RemoteCommand const& /*command*/) { return false; }
    /// Starts a shell file (`{"sh", "/FILE"}` that bounds itself) and holds it before its first
    /// line, so that `run` or `send_ahead` of the same command has one short line to send. True: it
    /// is held there. Whatever else is run next lets it go unrun, as does the end of the session.
    [[nodiscard]] virtual bool poise(RemoteCommand const& /*command*/, std::stop_token /*stop*/) {
        return false;
    }
    /// Opens the session now, so that the first `run` is quick. Idempotent.
    [[nodiscard]] virtual Status connect(std::stop_token stop) = 0;
    /// Things a report must mention: "host key of db1 accepted unseen (--trust-new-hosts)".
    [[nodiscard]] virtual std::vector<std::string> notes() const { return {}; }
};

}  // namespace interregnum
