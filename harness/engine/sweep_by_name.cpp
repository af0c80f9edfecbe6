// SPDX-License-Identifier: MIT
#include "harness/engine/sweep_by_name.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "harness/engine/access.h"
#include "harness/engine/sweep.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

constexpr Duration patience = 60s;
constexpr Duration try_again = 1s;

}  // namespace

SweptByName sweep_by_name(Fleet& fleet, Inventory const& inventory,
                          std::set<std::string> const& injected, Clock& clock,
                          std::stop_token stop) {
    Instant const deadline = clock.now() + patience;
    auto const time_is_left = [&] {
        return clock.now() < deadline && clock.sleep_for(try_again, stop);
    };
    SweptByName swept;
    auto answers = ask_consent(fleet, inventory, stop);
    while (std::ranges::any_of(answers,
                               [](Consent const& one) { return one.no_session.has_value(); }) &&
           time_is_left())
        answers = ask_consent(fleet, inventory, stop);
    std::vector<Fleet::Task> tasks;
    for (Consent const& answer : answers) {
        swept.any_consents = swept.any_consents || answer.refusal.empty();
        if (answer.no_session)
            swept.left.push_back(
                fmt::format("{} could not be swept: {}", answer.node, answer.refusal));
        else if (!answer.refusal.empty() && !injected.contains(answer.node))
            swept.untouched.push_back(
                fmt::format("{}: not touched: no consent: {}", answer.node, answer.refusal));
        else
            tasks.push_back({answer.node,
                             RemoteCommand{.argv = {"sh", "-c", sweep_script()}, .timeout = 120s}});
    }
    // Again from the beginning where a session broke: on a clean node it does nothing.
    auto results = fleet.run_all(tasks, stop);
    while (!std::ranges::all_of(results, [](auto const& one) { return one.has_value(); }) &&
           time_is_left())
        results = fleet.run_all(tasks, stop);
    for (std::size_t index = 0; index < results.size(); ++index) {
        std::string const& node = tasks[index].node;
        auto const& result = results[index];
        if (!result) {
            swept.left.push_back(
                fmt::format("{} could not be swept: {}", node, result.error().message));
            continue;
        }
        if (!result->out.empty()) swept.done.push_back(fmt::format("on {}: {}", node, result->out));
        if (result->exit_status != 0)
            swept.left.push_back(fmt::format("on {}: {}", node, result->err));
    }
    return swept;
}

}  // namespace interregnum
