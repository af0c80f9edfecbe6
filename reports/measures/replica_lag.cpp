// SPDX-License-Identifier: MIT
#include "reports/measures/replica_lag.h"

#include <algorithm>
#include <map>

#include "reports/measures/groups.h"

namespace interregnum {
namespace {

using record::ReplicationSeen;

// The looks at whoever led a timeline, in order of time; `written` does not fall.
using Written = std::vector<ReplicationSeen const*>;

std::map<std::int64_t, Written> written_by_timeline(record::Record const& record) {
    std::map<std::int64_t, Written> written;
    for (ReplicationSeen const& seen : record.replication)
        if (!seen.in_recovery && seen.written >= 0) written[seen.timeline].push_back(&seen);
    for (auto& [timeline, looks] : written) {
        std::ranges::stable_sort(looks, {}, [](ReplicationSeen const* one) { return one->at; });
        // A position that falls is of a leader that came back from the dead: not comparable.
        std::int64_t highest = -1;
        std::erase_if(looks, [&](ReplicationSeen const* one) {
            bool const falls = one->written < highest;
            highest = std::max(highest, one->written);
            return falls;
        });
    }
    return written;
}

struct Look {
    MeasureValue bytes;
    MeasureValue delay;
};

// How long before the look the leader had written the first byte beyond `replayed`.
MeasureValue delay_of(Written const& leader, ReplicationSeen const& replica) {
    auto const beyond = std::ranges::upper_bound(
        leader, replica.replayed, {}, [](ReplicationSeen const* one) { return one->written; });
    if (beyond == leader.end()) return {.known = true};
    // Written by a look at the leader that came later: maybe since, maybe before this look.
    MeasureValue delay{
        .known = true,
        .at_least = std::max<std::int64_t>((replica.asked - (*beyond)->at).count(), 0)};
    // What the first look found written may have been there for ever.
    delay.at_most =
        beyond == leader.begin()
            ? unbounded
            : std::max(delay.at_least, (replica.at - (*std::prev(beyond))->asked).count());
    delay.best = delay.at_least;
    return delay;
}

Look compare(Written const& leader, ReplicationSeen const& replica) {
    auto const after = std::ranges::lower_bound(
        leader, replica.at, {}, [](ReplicationSeen const* one) { return one->asked; });
    auto before = std::ranges::upper_bound(leader, replica.asked, {},
                                           [](ReplicationSeen const* one) { return one->at; });
    if (after == leader.end() || before == leader.begin()) return {};
    --before;
    auto const behind = [&](std::int64_t written) {
        return std::max<std::int64_t>(written - replica.replayed, 0);
    };
    Look look{.bytes = {.known = true,
                        .at_least = behind((*before)->written),
                        .at_most = behind((*after)->written)}};
    auto const gap = static_cast<double>(((*after)->asked - (*before)->at).count());
    auto const passed = static_cast<double>((replica.at - (*before)->at).count());
    double const share = gap > 0 ? std::clamp(passed / gap, 0.0, 1.0) : 1.0;
    look.bytes.best = look.bytes.at_least +
                      static_cast<std::int64_t>(
                          share * static_cast<double>(look.bytes.at_most - look.bytes.at_least));
    look.delay = delay_of(leader, replica);
    return look;
}

MeasureValue percentile(std::vector<MeasureValue> const& values, std::size_t permille) {
    auto const at = [&](std::int64_t MeasureValue::* part) {
        std::vector<std::int64_t> sorted;
        sorted.reserve(values.size());
        for (MeasureValue const& value : values) sorted.push_back(value.*part);
        std::ranges::sort(sorted);
        return sorted[(sorted.size() * permille + 999) / 1000 - 1];
    };
    return {.known = true,
            .at_least = at(&MeasureValue::at_least),
            .at_most = at(&MeasureValue::at_most),
            .best = at(&MeasureValue::best)};
}

// The longest. One that has no bound since nobody had looked yet counts where the looks alone make
// it longer than all that have one; else a standby that is always a second behind would have none.
MeasureValue longest(std::vector<MeasureValue> delays) {
    std::int64_t bounded = -1;
    for (MeasureValue const& delay : delays)
        if (delay.at_most != unbounded) bounded = std::max(bounded, delay.at_most);
    std::erase_if(delays, [&](MeasureValue const& delay) {
        return delay.at_most == unbounded && delay.at_least <= bounded;
    });
    return percentile(delays, 1000);
}

ReplicaLag lag_of(std::string const& node, std::vector<ReplicationSeen const*> const& looks,
                  std::map<std::int64_t, Written> const& written) {
    ReplicaLag lag{.node = node};
    std::vector<MeasureValue> bytes;
    std::vector<MeasureValue> delays;
    std::int64_t worst = -1;
    for (ReplicationSeen const* seen : looks) {
        ++lag.looks;
        auto const leader = written.find(seen->timeline);
        Look const look = leader == written.end() ? Look{} : compare(leader->second, *seen);
        if (!look.bytes.known) {
            ++lag.not_compared;
            continue;
        }
        bytes.push_back(look.bytes);
        delays.push_back(look.delay);
        if (look.bytes.best > worst) {
            worst = look.bytes.best;
            lag.worst_at = seen->at;
        }
    }
    if (bytes.empty()) {
        lag.max.why_unknown = "no look at the leader before and after one at the standby";
        lag.p99 = lag.delay = lag.max;
        return lag;
    }
    lag.max = percentile(bytes, 1000);
    lag.p99 = percentile(bytes, 990);
    lag.delay = longest(std::move(delays));
    return lag;
}

template <MeasureValue ReplicaLag::* value>
MeasureValue worst(Study const& study) {
    std::vector<MeasureValue> values;
    for (ReplicaLag const& lag : study.of<replica_lags_of>()) values.push_back(lag.*value);
    MeasureValue made = worst_of(values);
    if (values.empty()) made.why_unknown = "nobody looked at a standby's positions";
    return made;
}

RegisterMeasure const registered_max{
    {.name = "replica.lag.max",
     .summary = "the most WAL that the leader had written and a standby had not replayed",
     .unit = Unit::bytes,
     .compute = worst<&ReplicaLag::max>}};
RegisterMeasure const registered_p99{{.name = "replica.lag.p99",
                                      .summary = "the same for 99 % of the looks",
                                      .unit = Unit::bytes,
                                      .compute = worst<&ReplicaLag::p99>}};
RegisterMeasure const registered_delay{
    {.name = "replica.delay.max",
     .summary = "for how long at most the leader had written WAL that a standby had not replayed",
     .unit = Unit::duration,
     .compute = worst<&ReplicaLag::delay>}};

}  // namespace

std::vector<ReplicaLag> replica_lags_of(Study const& study) {
    record::Record const& record = study;
    auto const written = written_by_timeline(record);
    std::map<std::string, std::vector<ReplicationSeen const*>> standbys;
    for (ReplicationSeen const& seen : record.replication)
        if (seen.in_recovery && seen.replayed >= 0) standbys[seen.node].push_back(&seen);
    std::vector<ReplicaLag> all;
    all.reserve(standbys.size());
    for (auto const& [node, looks] : standbys) all.push_back(lag_of(node, looks, written));
    return all;
}

}  // namespace interregnum
