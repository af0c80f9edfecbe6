// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/remote/ssh.h"

namespace interregnum {

/// Where a forward leads, as the node knows it.
struct ForwardTarget {
    std::string host;
    std::uint16_t port{};
};

/// Ports on this machine's loopback that lead through one node (`ssh -N -L`) as long as this
/// object lives. When the session ends it is made again, once a second, on the same ports.
///
/// It stands on the system's ssh, whatever the inventory's transport: libssh2 1.10 opens one
/// channel of a session at a time, so a single connection that nobody answers would hold up all
/// others for minutes, just when it matters.
class Forwards {
public:
    /// Opens them and sees one work, all within 10 s.
    /// Errors: `refused` (host key, login, or the node's sshd forbids forwarding), `unreachable`,
    /// `not_found` (no ssh on this machine), `invalid`, `stopped`.
    [[nodiscard]] static Result<std::unique_ptr<Forwards>> open(SshTarget via,
                                                                std::vector<ForwardTarget> targets,
                                                                std::stop_token stop);
    ~Forwards();
    Forwards(Forwards const&) = delete;
    Forwards& operator=(Forwards const&) = delete;

    /// The port on 127.0.0.1 that leads to the target of that index.
    [[nodiscard]] std::uint16_t port(std::size_t index) const;
    /// How long it took, median of five, from dialling to the word of the node that its own port
    /// 1 is closed: what a new connection through here takes longer, and about what each round
    /// trip does.
    [[nodiscard]] Duration delay() const { return delay_; }

private:
    struct State;
    explicit Forwards(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
    Duration delay_{};
};

}  // namespace interregnum
