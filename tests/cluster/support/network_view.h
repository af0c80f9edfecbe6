// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/cluster/support/fault_trial.h"

namespace interregnum::test {

/// Asks until it is so; false when it is not within `timeout`.
[[nodiscard]] bool poll(std::function<bool()> const& so, Duration timeout);

/// Runs a command on this machine, in the network the thread is in.
LocalResult run_here(std::vector<std::string> argv);

/// Whether a TCP connection from inside a node comes about within a second.
[[nodiscard]] bool reaches(std::string const& from, std::string const& address, int port);
/// All at once: for each node those of the others whose SSH port it reaches.
[[nodiscard]] std::map<std::string, std::set<std::string>> who_reaches_whom(
    std::map<std::string, std::string> const& addresses);
/// Connections from a node to a port where nobody listens: how many get no answer in 0.4 s.
[[nodiscard]] int silent_attempts(std::string const& from, std::string const& address,
                                  int attempts);
/// Whether a connection that is asked for on `from` is seen half-open on `to`.
[[nodiscard]] bool half_open_arrives(std::string const& from, std::string const& to,
                                     std::string const& address);
/// Of a node's eth0, as its neighbours dial it: "fe80::1%eth0".
[[nodiscard]] std::string link_local_of(std::string const& node);
/// Bytes that came in on a node's present connections with a port at either end.
[[nodiscard]] std::int64_t bytes_heard(std::string const& node, int port);
/// Present connections of a node with a port at its end.
[[nodiscard]] int established(std::string const& node, int port);
/// How long so many bytes take from one node to another, until all have arrived.
[[nodiscard]] Duration transfer_time(std::string const& from, std::string const& to,
                                     std::string const& address, int bytes);
/// From a question to the refusal of a port where nobody listens; 1 s when there is none.
[[nodiscard]] Duration round_trip(std::string const& from, std::string const& address);

/// A TCP connection from the controller.
class HeldConnection {
public:
    /// Waits at most a second for it.
    HeldConnection(std::string const& address, int port);
    HeldConnection(HeldConnection const&) = delete;
    HeldConnection& operator=(HeldConnection const&) = delete;
    ~HeldConnection();
    /// It came about and nothing has ended it.
    [[nodiscard]] bool is_open() const;
    /// Asks PostgreSQL whether it speaks TLS; true when it answers in time.
    [[nodiscard]] bool postgres_answers(Duration timeout);
    [[nodiscard]] bool answer_arrives(Duration timeout);
    [[nodiscard]] bool was_reset(Duration timeout) const;

private:
    int socket_{-1};
};

/// Rules and queueing of a node's owner, in force while it lives: rules that accept what is
/// established, and a queueing discipline of their own.
class OwnersRules {
public:
    enum class Tool { nftables, iptables };
    /// iptables (and ip6tables) are this machine's, so see `why_no_iptables` first.
    OwnersRules(std::string node, Tool tool);
    OwnersRules(OwnersRules const&) = delete;
    OwnersRules& operator=(OwnersRules const&) = delete;
    ~OwnersRules();
    /// All of the node's rules but our tables; iptables-save's only with that tool.
    [[nodiscard]] std::string listing() const;
    /// Why nobody's iptables can be tried here, for a test to be skipped with; "" when they can.
    [[nodiscard]] static std::string why_no_iptables();

private:
    /// This machine's iptables in the node's network: the lab's nodes have none of their own.
    std::string tables(std::string const& script) const;

    std::string node_;
    Tool tool_;
};

/// A name server on one node that a second one asks; it gives every name one address.
class NameServer {
public:
    NameServer(std::string node, std::string asking, std::string const& address);
    NameServer(NameServer const&) = delete;
    NameServer& operator=(NameServer const&) = delete;
    ~NameServer();
    /// Whether a lookup on the asking node gets its answer within two seconds.
    [[nodiscard]] bool answers() const;

private:
    std::string node_;
    std::string asking_;
};

}  // namespace interregnum::test
