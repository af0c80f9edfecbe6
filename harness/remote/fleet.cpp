// SPDX-License-Identifier: MIT
#include "harness/remote/fleet.h"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "harness/base/nearest.h"
#include "harness/base/units.h"

namespace interregnum {

/// One user of a node at a time, for the life of this object.
class Fleet::Turn {
public:
    Turn(Member& member, Instant deadline, std::stop_token stop) : member_(&member) {
        std::unique_lock lock(member.mutex);
        mine_ = member.freed.wait_until(lock, std::move(stop), deadline,
                                        [&member] { return !member.busy; });
        if (mine_) member.busy = true;
    }
    Turn(Turn const&) = delete;
    Turn& operator=(Turn const&) = delete;
    ~Turn() {
        if (!mine_) return;
        {
            std::scoped_lock const lock(member_->mutex);
            member_->busy = false;
        }
        member_->freed.notify_one();
    }
    [[nodiscard]] bool mine() const { return mine_; }

private:
    Member* member_;
    bool mine_{};
};

void Fleet::add(std::string node, std::unique_ptr<Transport> transport) {
    if (members_.contains(node)) {
        std::fprintf(stderr, "interregnum: bug: two nodes are named %s\n", node.c_str());
        std::abort();
    }
    members_[std::move(node)].transport = std::move(transport);
}

Result<RemoteResult> Fleet::run_on(std::string_view node, RemoteCommand const& command,
                                   std::stop_token stop) {
    auto const found = members_.find(node);
    if (found == members_.end())
        return fail(Error::Kind::not_found,
                    fmt::format("there is no node {}{}", node, did_you_mean(node, names())));
    Turn const turn(found->second, SteadyClock().now() + command.timeout, stop);
    if (turn.mine()) return found->second.transport->run(command, std::move(stop));
    if (stop.stop_requested())
        return fail(Error::Kind::stopped, fmt::format("{}: stopped before a command", node));
    return fail(Error::Kind::unreachable,
                fmt::format("{}: busy with another command for {}; nothing was sent", node,
                            format_duration(command.timeout)));
}

std::vector<Result<RemoteResult>> Fleet::run_all(std::vector<Task> const& tasks,
                                                 std::stop_token stop) {
    std::vector<std::optional<Result<RemoteResult>>> results(tasks.size());
    std::map<std::string_view, std::vector<std::size_t>> by_node;
    for (std::size_t i = 0; i < tasks.size(); ++i) by_node[tasks[i].node].push_back(i);
    {
        std::vector<std::jthread> threads;
        threads.reserve(by_node.size());
        for (auto const& one : by_node)
            threads.emplace_back([this, &tasks, &results, &one, stop] {
                for (std::size_t const i : one.second)
                    results[i] = run_on(tasks[i].node, tasks[i].command, stop);
            });
    }
    std::vector<Result<RemoteResult>> all;
    all.reserve(results.size());
    for (auto& result : results) all.push_back(*std::move(result));
    return all;
}

std::map<std::string, Status> Fleet::connect_all(std::stop_token stop) {
    std::map<std::string, Status> outcome;
    for (auto const& one : members_) outcome[one.first] = Status();
    std::vector<std::jthread> threads;
    threads.reserve(members_.size());
    for (auto& one : members_) {
        Status& mine = outcome[one.first];
        threads.emplace_back([&member = one.second, &mine, stop] {
            // Longer than any command that could be in the way is not worth waiting for here.
            Turn const turn(member, SteadyClock().now() + std::chrono::seconds(10), stop);
            mine = turn.mine() ? member.transport->connect(stop)
                               : fail(Error::Kind::unreachable, "busy with another command");
        });
    }
    threads.clear();  // joins
    return outcome;
}

std::vector<std::string> Fleet::names() const {
    std::vector<std::string> all;
    all.reserve(members_.size());
    for (auto const& one : members_) all.push_back(one.first);
    return all;
}

std::vector<std::string> Fleet::notes() const {
    std::vector<std::string> all;
    for (auto const& one : members_)
        for (std::string& note : one.second.transport->notes()) all.push_back(std::move(note));
    return all;
}

std::unique_ptr<Fleet> make_ssh_fleet(std::vector<SshTarget> targets) {
    auto fleet = std::make_unique<Fleet>();
    for (SshTarget& target : targets) {
        std::string name = target.node;
        fleet->add(std::move(name), make_ssh_transport(std::move(target)));
    }
    return fleet;
}

}  // namespace interregnum
