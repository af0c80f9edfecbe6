// SPDX-License-Identifier: MIT
#include "harness/engine/spot_watch.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/log.h"
#include "harness/base/units.h"
#include "harness/engine/spot_answer.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::SpotNotice;

// What AWS recommends: the notice comes two minutes ahead, at best.
constexpr Duration period = 5s;
// Above what the script takes at most, so that its own reasons are heard.
constexpr Duration limit = 8s;

bool same(SpotNotice const& one, SpotNotice const& other) {
    return one.action == other.action && one.time == other.time;
}

}  // namespace

bool has_come(std::string const& time, Duration wall) {
    constexpr std::size_t seconds = 19;  // "2026-11-23T03:12:07": sorts as text
    return time.size() >= seconds &&
           format_wall(wall).substr(0, seconds) >= time.substr(0, seconds);
}

SpotWatch::SpotWatch(record::Sink& next, Fleet& fleet, std::vector<std::string> nodes,
                     SpotSettings settings, Clock& clock, Instant origin)
    : next_(next),
      fleet_(fleet),
      nodes_(std::move(nodes)),
      settings_(std::move(settings)),
      clock_(clock),
      origin_(origin) {}

void SpotWatch::write(record::Event event) {
    if (auto const* fault = std::get_if<record::FaultEvent>(&event)) {
        std::scoped_lock const lock(mutex_);
        if (faults_.learn(*fault)) {
            fault_over_ = true;
            changed_.notify_all();
        }
    }
    next_.write(std::move(event));
}

void SpotWatch::look(std::stop_token stop) {
    if (settings_.watched) ask(nodes_, std::move(stop));
}

void SpotWatch::start() {
    if (!settings_.watched) return;
    next_.write(record::Fact{.name = std::string(record::spot_watched_fact),
                             .value = fmt::format("{}", fmt::join(nodes_, " ")),
                             .at = clock_.now() - origin_});
    thread_ = std::jthread([this](std::stop_token const& stop) { run(stop); });
}

void SpotWatch::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

std::vector<SpotNotice> SpotWatch::interruptions() const {
    std::scoped_lock const lock(mutex_);
    std::vector<SpotNotice> all;
    for (auto const& [node, notices] : told_)
        std::ranges::copy_if(notices, std::back_inserter(all), &SpotNotice::is_interruption);
    return all;
}

std::string SpotWatch::why_gone(std::string const& node) const {
    std::scoped_lock const lock(mutex_);
    auto const told = told_.find(node);
    if (told == told_.end()) return {};
    for (SpotNotice const& notice : told->second)
        if (notice.action == "terminate" && has_come(notice.time, wall_now()))
            return fmt::format("AWS announced to terminate it at {}, and it does not answer",
                               notice.time);
    return {};
}

void SpotWatch::ask(std::vector<std::string> const& nodes, std::stop_token stop) {
    std::vector<Fleet::Task> tasks;
    tasks.reserve(nodes.size());
    for (std::string const& node : nodes)
        tasks.push_back({.node = node,
                         .command = {.argv = {"sh", "-s", "--", settings_.base},
                                     .input = std::string(spot_script()),
                                     .timeout = limit,
                                     .as_root = false,
                                     .bounds_itself = true,
                                     .output_limit = 16'384}});
    auto const results = fleet_.run_all(tasks, stop);
    if (stop.stop_requested()) return;
    for (std::size_t index = 0; index < results.size(); ++index) take(nodes[index], results[index]);
}

void SpotWatch::take(std::string const& node, Result<RemoteResult> const& result) {
    std::scoped_lock const lock(mutex_);
    if (!result) {
        silent_.insert(node);  // whether it is gone the watch of the nodes says
        return;
    }
    silent_.erase(node);
    record::Offset const at = result->returned - origin_;
    auto const notices =
        result->exit_status == 0
            ? parse_spot_answer(result->out)
            : fail(Error::Kind::protocol,
                   fmt::format("the shell there ended with status {}", result->exit_status));
    if (!notices) {
        if (blind_.insert(node).second) {
            std::string const text = fmt::format(
                "{}: its instance metadata ({}) cannot be read, so that nothing would "
                "announce its interruption: {}",
                node, settings_.base, notices.error().message);
            log::warn("spot.blind", text);
            next_.write(record::Note{.text = text, .at = at});
        }
        return;
    }
    for (SpotNotice notice : *notices) {
        notice.node = node;
        notice.at = at;
        // An instance has one interruption, and seldom more than one recommendation.
        constexpr std::size_t most_of_a_node = 20;
        std::vector<SpotNotice>& told = told_[node];
        if (told.size() == most_of_a_node) continue;
        if (std::ranges::any_of(told, [&](SpotNotice const& one) { return same(one, notice); }))
            continue;
        log::warn("spot.notice",
                  fmt::format("{}: AWS says {} at {}", node, notice.action, notice.time));
        next_.write(to_fact(notice));
        told.push_back(std::move(notice));
    }
}

void SpotWatch::run(std::stop_token const& stop) {
    while (!stop.stop_requested()) {
        std::vector<std::string> asked;
        {
            std::unique_lock lock(mutex_);
            changed_.wait_until(lock, stop, clock_.now() + period, [this] { return fault_over_; });
            if (stop.stop_requested()) return;
            fault_over_ = false;
            if (faults_.any_under_way()) continue;
            std::set<std::string> const targets = faults_.targets();
            for (std::string const& node : nodes_)
                if (!targets.contains(node) || !silent_.contains(node)) asked.push_back(node);
        }
        ask(asked, stop);
    }
}

}  // namespace interregnum
