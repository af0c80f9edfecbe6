// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/remote/unique_fd.h"
#include "harness/remote/waiter.h"

namespace interregnum {

/// A running ssh-agent. Spoken to directly (draft-miller-ssh-agent: two requests) because
/// libssh2's own client reads from it without a deadline: an agent that waits for a touch or a
/// confirmation would hang a drill. Errors: `refused`, `stopped`.
class Agent {
public:
    struct Identity {
        std::string blob;     ///< the public key as SSH sends it
        std::string type;     ///< "ssh-ed25519"
        std::string comment;  ///< for messages
    };

    /// `socket`: the path in SSH_AUTH_SOCK.
    [[nodiscard]] static Result<Agent> connect(std::string const& socket);

    /// At most 64; more are left out.
    [[nodiscard]] Result<std::vector<Identity>> identities(Waiter const& waiter);

    /// The signature without its format name, as libssh2 wants it.
    [[nodiscard]] Result<std::string> sign(Identity const& key, std::string_view data,
                                           Waiter const& waiter);

private:
    explicit Agent(UniqueFd fd) : fd_(std::move(fd)) {}
    [[nodiscard]] Result<std::string> ask(std::string_view request, Waiter const& waiter);
    [[nodiscard]] Status read_exactly(std::string& into, std::size_t size, Waiter const& waiter);
    UniqueFd fd_;
};

}  // namespace interregnum
