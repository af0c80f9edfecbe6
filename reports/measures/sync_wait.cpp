// SPDX-License-Identifier: MIT
#include "reports/measures/sync_wait.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "reports/measures/sightings.h"

namespace interregnum {
namespace {

using record::Offset;
using record::Record;
using record::ReplicationSeen;

using Looks = std::vector<ReplicationSeen const*>;

Looks looks_at(Record const& record, std::string const& node, Offset from) {
    Looks looks;
    for (ReplicationSeen const& seen : record.replication)
        if (!seen.in_recovery && seen.at >= from && (node.empty() || seen.node == node))
            looks.push_back(&seen);
    std::ranges::stable_sort(looks, {}, [](ReplicationSeen const* one) { return one->at; });
    return looks;
}

std::string names_text(std::string const& names) {
    return names.empty() ? "empty" : "'" + names + "'";
}

// Of the same node, after the look `last`.
ReplicationSeen const* next_look(Looks const& looks, ReplicationSeen const& last) {
    for (ReplicationSeen const* seen : looks)
        if (seen->node == last.node && seen->at > last.at) return seen;
    return nullptr;
}

}  // namespace

std::optional<Milestone> sync_wait_over(Record const& record, std::string const& node,
                                        Felt const& felt) {
    if (!felt.began) return std::nullopt;
    Offset const service_time = felt.path->stream.deadline;
    Looks const looks = looks_at(record, node, felt.began->low);
    ReplicationSeen const* last = nullptr;
    Offset longest{};
    for (ReplicationSeen const* seen : looks) {
        bool const began_later = felt.ended && seen->asked - seen->sync_waited > felt.ended->high;
        if (seen->sync_waited < service_time || began_later) continue;
        if (last != nullptr && seen->node != last->node) continue;
        last = seen;
        longest = std::max(longest, seen->sync_waited);
    }
    if (last == nullptr) return std::nullopt;
    std::string source =
        fmt::format("PostgreSQL of {}: commits waited up to {} with synchronous_standby_names {}",
                    last->node, format_seconds(longest), names_text(last->sync_standbys));
    ReplicationSeen const* const next = next_look(looks, *last);
    if (next == nullptr) return Milestone{"sync wait over", {}, source + ", and still in the end"};
    if (next->sync_standbys != last->sync_standbys)
        source += ", which then was " + names_text(next->sync_standbys);
    Moment over = looked(last->asked, next->asked, next->at, last->asked);
    bool const answered_in_time =
        felt.ended && over.low > felt.ended->high && over.low - service_time <= felt.ended->high;
    if (answered_in_time) over = *felt.ended;
    return Milestone{"sync wait over", over, std::move(source)};
}

}  // namespace interregnum
