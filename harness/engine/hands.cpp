// SPDX-License-Identifier: MIT
#include "harness/engine/hands.h"

#include <thread>

#include <fmt/format.h>

#include "harness/base/process.h"

namespace interregnum {

namespace {

/// `@interregnum` in a plan or a journal is this very program, wherever it is installed.
std::vector<std::string> with_own_path(std::vector<std::string> argv) {
    if (!argv.empty() && argv[0] == "@interregnum") argv[0] = "/proc/self/exe";
    return argv;
}

Result<RemoteResult> run_here(FaultCommand const& command, std::stop_token stop) {
    RemoteResult result{};
    result.sent = SteadyClock().now();
    auto done = run_local({.argv = with_own_path(command.argv), .timeout = command.timeout},
                          std::move(stop));
    result.returned = SteadyClock().now();
    if (!done) return std::unexpected(done.error());
    result.exit_status = done->exit_status;
    result.out = std::move(done->out);
    result.err = std::move(done->err);
    return result;
}

RemoteCommand remote(FaultCommand const& command) {
    return {.argv = command.argv,
            .input = command.input,
            .timeout = command.timeout,
            .bounds_itself = command.bounds_itself};
}

Error describe(CommandOutcome const& outcome, std::string const& what) {
    std::string const where =
        outcome.command.node.empty() ? "the controller" : outcome.command.node;
    return {Error::Kind::failed,
            fmt::format("on {}: {}: {}", where, show_command(outcome.command.argv), what)};
}

}  // namespace

Result<RemoteResult> Hands::run_one(FaultCommand const& command, std::stop_token stop) {
    if (command.node.empty()) return run_here(command, std::move(stop));
    return fleet_.run_on(command.node, remote(command), std::move(stop));
}

std::vector<CommandOutcome> Hands::run(std::span<FaultCommand const> commands, std::stop_token stop,
                                       Here after_failure) {
    std::vector<CommandOutcome> outcomes;
    std::vector<Fleet::Task> tasks;
    std::vector<std::size_t> on_nodes;
    std::vector<std::size_t> here;
    for (std::size_t index = 0; index < commands.size(); ++index) {
        outcomes.push_back(
            {commands[index], fail(Error::Kind::stopped, "not run: an earlier command failed")});
        (commands[index].node.empty() ? here : on_nodes).push_back(index);
        if (!commands[index].node.empty())
            tasks.push_back({commands[index].node, remote(commands[index])});
    }
    std::jthread beside;
    if (!here.empty())
        beside = std::jthread([&] {
            for (std::size_t const index : here) {
                outcomes[index].result = run_here(commands[index], stop);
                bool const good = first_failure(std::span(&outcomes[index], 1)).has_value();
                if (!good && after_failure == Here::in_order) return;
            }
        });
    auto results =
        fleet_.run_all(tasks, stop, [&](std::size_t task, Result<RemoteResult> const& result) {
            CommandOutcome const outcome{commands[on_nodes[task]], result};
            return first_failure(std::span(&outcome, 1)).has_value();
        });
    for (std::size_t task = 0; task < results.size(); ++task)
        outcomes[on_nodes[task]].result = std::move(results[task]);
    if (beside.joinable()) beside.join();
    return outcomes;
}

void Hands::poise(std::span<FaultCommand const> commands, std::stop_token const& stop) {
    std::vector<Fleet::Task> tasks;
    for (FaultCommand const& command : commands)
        if (!command.node.empty()) tasks.push_back({command.node, remote(command)});
    fleet_.poise(tasks, stop);
}

Status first_failure(std::span<CommandOutcome const> outcomes) {
    for (CommandOutcome const& outcome : outcomes) {
        if (!outcome.result) {
            bool const sent = outcome.result.error().kind == Error::Kind::timeout ||
                              outcome.result.error().kind == Error::Kind::protocol;
            if (outcome.command.ends_session && sent) continue;
            return std::unexpected(describe(outcome, outcome.result.error().message));
        }
        if (outcome.result->exit_status != 0) {
            std::string said =
                outcome.result->err.empty() ? outcome.result->out : outcome.result->err;
            if (said.size() > 500) said.resize(500);
            while (!said.empty() && said.back() == '\n') said.pop_back();
            return std::unexpected(describe(
                outcome, fmt::format("exit status {}: {}", outcome.result->exit_status, said)));
        }
    }
    return {};
}

}  // namespace interregnum
