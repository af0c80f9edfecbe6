// SPDX-License-Identifier: MIT
#include "reports/measures/reclaims.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "reports/measures/downtime.h"
#include "reports/measures/moment.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::NodeSeen;
using record::Offset;
using record::Record;

// Nodes are asked every 10 s, for at most 3 s each: silence that is seen now began so long ago.
constexpr Offset seen_late = 15s;

bool hits(FaultMoment const& fault, std::string const& node) {
    return std::ranges::find(fault.targets, node) != fault.targets.end();
}

// A fault had the node in its hand at any time of the span in which it went away.
bool is_ours(std::vector<FaultMoment> const& faults, std::string const& node, Offset from,
             Offset to) {
    return std::ranges::any_of(faults, [&](FaultMoment const& fault) {
        return hits(fault, node) && fault.injected.low <= to &&
               (!fault.undone || *fault.undone >= from);
    });
}

// What AWS announced, unless a command of the drill may have told it to.
std::optional<record::SpotNotice> notice_of(Record const& record,
                                            std::vector<FaultMoment> const& faults,
                                            std::string const& node) {
    for (record::SpotNotice const& notice : record::spot_notices(record.facts)) {
        if (notice.node != node || !notice.is_interruption()) continue;
        bool const told_to = std::ranges::any_of(faults, [&](FaultMoment const& fault) {
            return fault.kind == "command" && hits(fault, node) && fault.injected.low <= notice.at;
        });
        if (!told_to) return notice;
    }
    return std::nullopt;
}

std::string wall_of(Record const& record, Offset at) {
    return format_wall(Duration(record.run.wall_start_ns) + at);
}

// "03:12:07" of "2026-11-23T03:12:07Z".
std::string time_of_day(std::string const& wall) {
    return wall.size() < 19 ? wall : wall.substr(11, 8);
}

// Looks at what was seen of one node, in the order it was seen.
void look_at(Record const& record, std::vector<FaultMoment> const& faults, Reclaim& reclaim) {
    NodeSeen const* before = nullptr;
    for (NodeSeen const& seen : record.nodes_seen) {
        if (seen.node != reclaim.node) continue;
        Offset const from = std::max(seen.at - seen_late, Offset::zero());
        bool const ours = is_ours(faults, seen.node, from, seen.at);
        if (!seen.reachable) {
            if (!ours || reclaim.notice) reclaim.silent = seen.at;
            continue;
        }
        reclaim.silent.reset();
        if (before != nullptr && before->boot_id != seen.boot_id &&
            !is_ours(faults, seen.node, before->at, seen.at))
            reclaim.rebooted = seen.at;
        before = &seen;
    }
}

bool said_to_terminate_by(Record const& record, Reclaim const& reclaim, Offset end) {
    constexpr std::size_t seconds = 19;  // "2026-11-23T03:12:07": sorts as text
    return reclaim.notice && reclaim.notice->action == "terminate" &&
           reclaim.notice->time.substr(0, seconds) <= wall_of(record, end).substr(0, seconds);
}

}  // namespace

std::vector<Reclaim> reclaims_of(Record const& record) {
    std::vector<Reclaim> reclaims;
    if (!record::spot_watched(record.facts) && record::spot_notices(record.facts).empty())
        return reclaims;
    auto const faults = faults_of(record);
    for (auto const& node : record.run.nodes) {
        Reclaim reclaim{.node = node.name, .notice = notice_of(record, faults, node.name)};
        look_at(record, faults, reclaim);
        reclaim.terminated =
            reclaim.silent && said_to_terminate_by(record, reclaim, end_of(record));
        // What AWS did not announce, whoever works on a cluster that is watched may have done.
        if (record.run.watched && !reclaim.notice) continue;
        if (reclaim.notice || reclaim.silent || reclaim.rebooted)
            reclaims.push_back(std::move(reclaim));
    }
    return reclaims;
}

std::string show_reclaim(Record const& record, Reclaim const& reclaim) {
    auto const clock = [&](Offset at) { return time_of_day(wall_of(record, at)); };
    if (reclaim.notice) {
        record::SpotNotice const& notice = *reclaim.notice;
        std::string const seen =
            fmt::format("{} (UTC; notice seen at {}, to {} it)", time_of_day(notice.time),
                        clock(notice.at), notice.action);
        if (reclaim.silent) return fmt::format("{} was reclaimed by AWS at {}", reclaim.node, seen);
        return fmt::format("{} is taken back by AWS at {}, and still answered in the end",
                           reclaim.node, seen);
    }
    if (reclaim.silent)
        return fmt::format(
            "{} has not answered since {} (UTC) at the latest, no fault of this drill had it in "
            "hand, and AWS had announced nothing: whether it was reclaimed or only cannot be "
            "reached is not known (aws ec2 describe-instances says it)",
            reclaim.node, clock(*reclaim.silent));
    return fmt::format(
        "{} had booted anew by {} (UTC), no fault of this drill had it in hand, and AWS had "
        "announced nothing",
        reclaim.node, clock(*reclaim.rebooted));
}

}  // namespace interregnum
