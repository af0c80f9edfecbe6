// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/result.h"
#include "harness/remote/ssh.h"
#include "harness/remote/transport.h"

namespace interregnum {

/// All nodes that commands can be run on, by name. Safe to use from several threads: a node runs
/// one command at a time, and the others wait for it.
class Fleet {
public:
    Fleet() = default;
    Fleet(Fleet const&) = delete;
    Fleet& operator=(Fleet const&) = delete;

    /// Names must differ: a second node of one name is a bug and ends the program.
    void add(std::string node, std::unique_ptr<Transport> transport);

    /// Runs a command on a node. Errors: those of `Transport::run`; `not_found` when there is no
    /// such node; `unreachable` when the node was busy with other commands for the whole timeout
    /// (nothing was sent).
    [[nodiscard]] Result<RemoteResult> run_on(std::string_view node, RemoteCommand const& command,
                                              std::stop_token stop);

    struct Task {
        std::string node;
        RemoteCommand command;
    };
    /// Whether the rest of a node's commands is to run after this one (by index) came to this.
    /// Called by several threads at once, for different nodes.
    using GoOn = std::function<bool(std::size_t task, Result<RemoteResult> const& result)>;
    /// Runs all of them, the nodes in parallel, the commands of one node in the order given. The
    /// first command of each node is sent to all nodes before any is waited for, so that they
    /// begin as close together as can be. The results are in the order given too; one that fails
    /// keeps no other from running, but for what `go_on` says: what it leaves out is `stopped`.
    [[nodiscard]] std::vector<Result<RemoteResult>> run_all(std::vector<Task> const& tasks,
                                                            std::stop_token stop,
                                                            GoOn const& go_on = {});

    /// Holds the first command of each node before its first line, where it is a shell file and the
    /// node is there to do so (see Transport): `run_all` of the same tasks then has one short line
    /// to send to each.
    void poise(std::vector<Task> const& tasks, std::stop_token const& stop);

    /// Opens all sessions in parallel. What came of it, by node.
    [[nodiscard]] std::map<std::string, Status> connect_all(std::stop_token stop);

    [[nodiscard]] std::vector<std::string> names() const;
    /// The notes of all transports. Not while commands are under way.
    [[nodiscard]] std::vector<std::string> notes() const;

private:
    struct Member {
        std::unique_ptr<Transport> transport;
        std::mutex mutex;
        std::condition_variable_any freed;
        bool busy{};
    };
    class Turn;

    std::map<std::string, Member, std::less<>> members_;
};

/// A fleet of SSH transports, not yet connected.
[[nodiscard]] std::unique_ptr<Fleet> make_ssh_fleet(std::vector<SshTarget> targets);

}  // namespace interregnum
