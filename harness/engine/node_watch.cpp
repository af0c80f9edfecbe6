// SPDX-License-Identifier: MIT
#include "harness/engine/node_watch.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/base/log.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::NodeSeen;
using record::Offset;

constexpr Duration period = 10s;
constexpr Duration limit = 3s;

/// A number of exactly these digits; nullopt for anything else.
std::optional<std::int64_t> digits(std::string_view text, std::size_t fewest, std::size_t most) {
    std::int64_t value = 0;
    auto const [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool const whole = trouble == std::errc() && end == text.data() + text.size() && value >= 0 &&
                       text.find('-') == std::string_view::npos;
    if (!whole || text.size() < fewest || text.size() > most) return std::nullopt;
    return value;
}

bool is_boot_id(std::string_view text) {
    constexpr std::size_t length = 36;
    return text.size() == length && text.find_first_not_of("0123456789abcdef-") == text.npos;
}

}  // namespace

Result<NodeReading> parse_node_reading(std::string_view out) {
    auto const wrong = fail(Error::Kind::protocol,
                            "expected the time as \"seconds.nanoseconds\" and a boot id, a line "
                            "each");
    std::size_t const end = out.find('\n');
    if (end == std::string_view::npos) return wrong;
    std::string_view const time = out.substr(0, end);
    std::string_view boot = out.substr(end + 1);
    while (!boot.empty() && boot.back() == '\n') boot.remove_suffix(1);
    std::size_t const dot = time.find('.');
    if (dot == std::string_view::npos || !is_boot_id(boot)) return wrong;
    // Ten digits of seconds last until the year 2286; ten more would not fit.
    auto const seconds = digits(time.substr(0, dot), 1, 10);
    auto const fraction = digits(time.substr(dot + 1), 9, 9);
    // 2^63 ns is the year 2262; a clock that is set beyond that is not told.
    if (!seconds || !fraction || *seconds > 9'000'000'000) return wrong;
    return NodeReading{.wall = std::chrono::seconds(*seconds) + Offset(*fraction),
                       .boot_id = std::string(boot)};
}

bool tells_more(NodeSeen const& before, NodeSeen const& now) {
    if (before.reachable != now.reachable || before.boot_id != now.boot_id) return true;
    Offset const moved = now.clock_offset - before.clock_offset;
    return std::max(moved, -moved) > before.clock_error + now.clock_error;
}

NodeWatch::NodeWatch(record::Sink& next, Fleet& fleet, std::vector<std::string> nodes, Clock& clock,
                     Instant origin)
    : next_(next), fleet_(fleet), nodes_(std::move(nodes)), clock_(clock), origin_(origin) {}

void NodeWatch::write(record::Event event) {
    if (auto const* fault = std::get_if<record::FaultEvent>(&event)) {
        learn(*fault);
    } else if (auto const* run = std::get_if<record::RunStarted>(&event)) {
        std::scoped_lock const lock(mutex_);
        wall_start_ = Offset(run->wall_start_ns);
    }
    next_.write(std::move(event));
}

void NodeWatch::learn(record::FaultEvent const& fault) {
    std::scoped_lock const lock(mutex_);
    if (!faults_.learn(fault)) return;
    fault_over_ = true;
    changed_.notify_all();
}

void NodeWatch::look(std::stop_token stop) { ask(nodes_, std::move(stop)); }

void NodeWatch::ask(std::vector<std::string> const& nodes, std::stop_token stop) {
    std::vector<Fleet::Task> tasks;
    tasks.reserve(nodes.size());
    for (std::string const& node : nodes)
        tasks.push_back(
            {.node = node,
             .command = {.argv = {"sh", "-c", "date +%s.%N && cat /proc/sys/kernel/random/boot_id"},
                         .timeout = limit,
                         .bounds_itself = true}});
    Offset const asked = clock_.now() - origin_;
    auto const results = fleet_.run_all(tasks, stop);
    if (stop.stop_requested()) return;
    std::scoped_lock const lock(mutex_);
    for (std::size_t i = 0; i < results.size(); ++i) {
        NodeSeen seen{.node = nodes[i], .asked = asked, .at = clock_.now() - origin_};
        auto const reading = results[i] && results[i]->exit_status == 0
                                 ? parse_node_reading(results[i]->out)
                                 : fail(Error::Kind::unreachable, "no answer");
        if (reading) {
            RemoteResult const& result = *results[i];
            Duration const half = (result.returned - result.sent) / 2;
            seen.asked = result.sent - origin_;
            seen.at = result.returned - origin_;
            seen.reachable = true;
            seen.boot_id = reading->boot_id;
            seen.clock_offset = reading->wall - (wall_start_ + seen.asked + half);
            seen.clock_error = half;
        } else if (results[i]) {
            log::debug("node.clock", fmt::format("{}: {}", nodes[i], reading.error().message));
        }
        auto const last = last_.find(nodes[i]);
        if (last != last_.end() && !tells_more(last->second, seen)) continue;
        last_[nodes[i]] = seen;
        next_.write(std::move(seen));
    }
}

void NodeWatch::start() {
    thread_ = std::jthread([this](std::stop_token const& stop) { run(stop); });
}

void NodeWatch::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

void NodeWatch::run(std::stop_token const& stop) {
    while (!stop.stop_requested()) {
        std::vector<std::string> quiet;
        {
            std::unique_lock lock(mutex_);
            changed_.wait_until(lock, stop, clock_.now() + period, [this] { return fault_over_; });
            if (stop.stop_requested()) return;
            fault_over_ = false;
            if (faults_.any_under_way()) continue;
            std::set<std::string> const targets = faults_.targets();
            for (std::string const& node : nodes_)
                if (!targets.contains(node)) quiet.push_back(node);
        }
        ask(quiet, stop);
    }
}

}  // namespace interregnum
