// SPDX-License-Identifier: MIT
#include "harness/remote/fleet.h"

#include <cstdio>
#include <cstdlib>
#include <set>
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
                                                 std::stop_token stop, GoOn const& go_on) {
    std::vector<Result<RemoteResult>> results(
        tasks.size(), fail(Error::Kind::stopped, "not run: an earlier command failed"));
    struct Queue {
        std::vector<std::size_t> tasks;
        Member* member{};
        std::unique_ptr<Turn> turn{};  ///< held while its first command is under way
    };
    std::map<std::string_view, Queue> queues;
    for (std::size_t i = 0; i < tasks.size(); ++i) queues[tasks[i].node].tasks.push_back(i);
    for (auto& [node, queue] : queues) {
        auto const found = members_.find(node);
        if (found == members_.end() || stop.stop_requested()) continue;
        auto turn = std::make_unique<Turn>(found->second, SteadyClock().now(), stop);
        if (!turn->mine() ||
            !found->second.transport->send_ahead(tasks[queue.tasks.front()].command))
            continue;
        queue.member = &found->second;
        queue.turn = std::move(turn);
    }
    auto const wait_for = [this, &tasks, &results, &go_on, &stop](Queue& queue) {
        for (std::size_t const i : queue.tasks) {
            if (queue.turn) {
                results[i] = queue.member->transport->run(tasks[i].command, stop);
                queue.turn.reset();
            } else {
                results[i] = run_on(tasks[i].node, tasks[i].command, stop);
            }
            if (go_on && !go_on(i, results[i])) return;
        }
    };
    std::vector<std::jthread> threads;
    threads.reserve(queues.size());
    for (auto& one : queues) {
        if (threads.size() + 1 == queues.size()) {
            wait_for(one.second);  // the last one needs no thread of its own
            break;
        }
        threads.emplace_back([&wait_for, &queue = one.second] { wait_for(queue); });
    }
    threads.clear();  // joins
    return results;
}

void Fleet::poise(std::vector<Task> const& tasks, std::stop_token const& stop) {
    std::set<std::string_view> told;
    for (Task const& task : tasks) {
        auto const found = members_.find(task.node);
        if (found == members_.end() || !told.insert(task.node).second) continue;
        Turn const turn(found->second, SteadyClock().now(), stop);
        // A node that cannot be poised now is told the whole command when it is fired.
        if (turn.mine()) static_cast<void>(found->second.transport->poise(task.command, stop));
    }
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
