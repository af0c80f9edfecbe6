// SPDX-License-Identifier: MIT
#include "harness/engine/live_view.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "harness/record/judgement.h"
#include "harness/record/names.h"

namespace interregnum {

namespace {

using record::Service;

/// As the report calls it.
std::string path_name(record::StreamDeclared const& stream) {
    if (stream.service == Service::cache) return "redis";
    if (stream.service == Service::write && stream.connection == record::Connection::fresh)
        return "new conn.";
    return std::string(record::to_string(stream.service));
}

/// The value that lies so far along the sorted ones: 0.5 is the median. 0 of none.
Duration quantile(std::vector<Duration>& values, double share) {
    if (values.empty()) return {};
    auto const place = static_cast<std::size_t>(static_cast<double>(values.size() - 1) * share);
    auto const at = values.begin() + static_cast<std::ptrdiff_t>(place);
    std::ranges::nth_element(values, at);
    return *at;
}

}  // namespace

void LiveView::write(record::Event event) {
    {
        std::scoped_lock const lock(mutex_);
        if (auto const* stream = std::get_if<record::StreamDeclared>(&event)) add(*stream);
        if (auto const* attempt = std::get_if<record::Attempt>(&event)) add(*attempt);
        if (auto const* member = std::get_if<record::MemberSeen>(&event))
            members_[member->node] = {.holds_lock = member->reachable && member->holds_lock,
                                      .timeline = member->timeline,
                                      .at = member->at};
        if (auto const* seen = std::get_if<record::RedisMasterSeen>(&event))
            masters_[seen->sentinel] = seen->master;
    }
    next_.write(std::move(event));
}

void LiveView::add(record::StreamDeclared const& stream) {
    // A database node's own path says which node takes writes; standbys never do.
    if (stream.way == "direct" && stream.service != Service::read) return;
    std::string const name = path_name(stream);
    auto const found = std::ranges::find(paths_, name, &Path::name);
    auto const place = static_cast<std::size_t>(found - paths_.begin());
    if (found == paths_.end()) paths_.push_back({.name = name});
    streams_[stream.id] = {.path = place, .entry = stream.entry, .deadline = stream.deadline};
}

void LiveView::add(record::Attempt const& attempt) {
    auto const found = streams_.find(attempt.stream);
    if (found == streams_.end()) return;
    Stream& stream = found->second;
    Path& path = paths_[stream.path];
    ++path.asked;
    if (record::answered(attempt, stream.deadline)) {
        path.latencies.push_back(attempt.finished - attempt.started);
        stream.served = std::max(stream.served, attempt.started);
        if (stream.missing && *stream.missing < stream.served) stream.missing.reset();
    } else if (attempt.started > stream.served) {
        stream.missing = std::min(stream.missing.value_or(attempt.started), attempt.started);
    }
}

Standing LiveView::standing_now() const {
    Standing made;
    record::Offset newest = record::Offset::min();
    for (auto const& [node, member] : members_) {
        if (!member.holds_lock) continue;
        made.leaders.push_back(node);
        if (member.at < newest) continue;
        newest = member.at;
        made.timeline = member.timeline;
    }
    std::set<std::string> masters;
    for (auto const& [sentinel, master] : masters_)
        if (!master.empty()) masters.insert(master);
    made.redis_masters.assign(masters.begin(), masters.end());
    for (auto const& [id, stream] : streams_) {
        if (!stream.missing) continue;
        auto& since = made.down[paths_[stream.path].name]
                          .emplace(stream.entry, *stream.missing)
                          .first->second;
        since = std::min(since, *stream.missing);
    }
    return made;
}

Standing LiveView::standing() const {
    std::scoped_lock const lock(mutex_);
    return standing_now();
}

LiveLook LiveView::take() {
    LiveLook made;
    std::vector<std::vector<Duration>> latencies;
    {
        std::scoped_lock const lock(mutex_);
        made.standing = standing_now();
        for (Path& path : paths_) {
            made.paths.push_back({.name = path.name,
                                  .asked = std::exchange(path.asked, 0),
                                  .served = static_cast<std::int64_t>(path.latencies.size())});
            latencies.push_back(std::exchange(path.latencies, {}));
        }
    }
    for (std::size_t index = 0; index < latencies.size(); ++index) {
        made.paths[index].median = quantile(latencies[index], 0.5);
        made.paths[index].p99 = quantile(latencies[index], 0.99);
    }
    return made;
}

}  // namespace interregnum
