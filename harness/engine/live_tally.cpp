// SPDX-License-Identifier: MIT
#include "harness/engine/live_tally.h"

#include <algorithm>
#include <utility>

#include "harness/record/judgement.h"

namespace interregnum {

using record::Attempt;
using record::Outcome;

void LiveTally::write(record::Event event) {
    if (auto const* declared = std::get_if<record::StreamDeclared>(&event)) {
        std::scoped_lock const lock(mutex_);
        // A database node's own path says which node takes writes; standbys never do.
        if (declared->way != "direct" || declared->service == record::Service::read)
            streams_[declared->id] = *declared;
        if (declared->service == record::Service::write && declared->way != "direct")
            last_good_write_.emplace(declared->entry, record::Offset::min());
    } else if (auto const* attempt = std::get_if<Attempt>(&event)) {
        std::scoped_lock const lock(mutex_);
        if (attempt->outcome == Outcome::ok) ++totals_.ok;
        if (attempt->outcome == Outcome::failed) ++totals_.failed;
        if (attempt->outcome == Outcome::unknown) ++totals_.unknown;
        auto const stream = streams_.find(attempt->stream);
        if (stream != streams_.end()) {
            auto& served = last_good_.emplace(attempt->stream, attempt->started).first->second;
            if (!record::answered(*attempt, stream->second.deadline)) {
                last_missing_ =
                    std::max(last_missing_.value_or(attempt->started), attempt->started);
            } else {
                served = std::max(served, attempt->started);
                if (stream->second.service == record::Service::write) {
                    auto& last = last_good_write_[stream->second.entry];
                    last = std::max(last, attempt->started);
                }
            }
        }
    }
    next_.write(std::move(event));
}

LiveTally::Totals LiveTally::take_totals() {
    std::scoped_lock const lock(mutex_);
    return std::exchange(totals_, {});
}

std::vector<std::string> LiveTally::not_writable_since(record::Offset since) const {
    std::scoped_lock const lock(mutex_);
    std::vector<std::string> entries;
    for (auto const& [entry, last] : last_good_write_)
        if (last < since) entries.push_back(entry);
    return entries;
}

Duration LiveTally::not_served_for(record::Service service, record::Offset now) const {
    std::scoped_lock const lock(mutex_);
    Duration longest{};
    for (auto const& [id, last] : last_good_) {
        record::StreamDeclared const& stream = streams_.at(id);
        if (stream.service != service) continue;
        longest = std::max(longest, now - last - stream.deadline - stream.period);
    }
    return longest;
}

bool LiveTally::all_writable_since(record::Offset since) const {
    return not_writable_since(since).empty();
}

bool LiveTally::anybody_writes() const {
    std::scoped_lock const lock(mutex_);
    return !last_good_write_.empty();
}

std::optional<record::Offset> LiveTally::last_missing() const {
    std::scoped_lock const lock(mutex_);
    return last_missing_;
}

}  // namespace interregnum
