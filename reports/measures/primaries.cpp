// SPDX-License-Identifier: MIT
#include "reports/measures/primaries.h"

#include <algorithm>
#include <set>

#include "reports/measures/ledger.h"

namespace interregnum {

using record::Attempt;
using record::Offset;
using record::ReplicationSeen;

Primaries::Primaries(record::Record const& record) {
    for (ReplicationSeen const& seen : record.replication) looks_[seen.node].push_back(&seen);
    for (auto& [node, looks] : looks_)
        std::ranges::stable_sort(looks, {}, [](ReplicationSeen const* seen) { return seen->at; });
}

std::int64_t Primaries::timeline(std::string_view node, Offset from, Offset to) const {
    auto const found = looks_.find(node);
    if (found == looks_.end()) return 0;
    auto const& looks = found->second;
    auto look = std::ranges::upper_bound(looks, from, {},
                                         [](ReplicationSeen const* seen) { return seen->at; });
    if (look == looks.begin()) return 0;
    --look;
    std::int64_t const timeline = (*look)->timeline;
    for (; look != looks.end(); ++look) {
        if ((*look)->in_recovery || (*look)->timeline != timeline) return 0;
        if ((*look)->asked >= to) return timeline;
    }
    return 0;
}

std::optional<std::vector<OnPrimary>> kept_sales(Study const& study) {
    std::set<std::string_view> lost;
    for (Ledger const& ledger : study.of<ledgers_of>()) {
        if (!is_sale(ledger.kind)) continue;
        if (!ledger.complete) return std::nullopt;
        for (Attempt const& attempt : ledger.lost) lost.insert(attempt.token);
    }
    std::set<int> streams;
    for (auto const& stream : study.record().streams)
        if (is_sale(kind_of(stream))) streams.insert(stream.id);
    Primaries const primaries(study);
    std::vector<OnPrimary> sales;
    for (Attempt const& attempt : study.record().attempts) {
        if (attempt.outcome != record::Outcome::ok || attempt.id <= 0) continue;
        if (!streams.contains(attempt.stream) || lost.contains(attempt.token)) continue;
        std::int64_t const timeline =
            primaries.timeline(attempt.server, attempt.started, attempt.finished);
        if (timeline > 0) sales.push_back({.attempt = &attempt, .timeline = timeline});
    }
    std::ranges::stable_sort(sales, {}, [](OnPrimary const& one) { return one.attempt->finished; });
    return sales;
}

std::vector<OutOfOrder> after_sales(std::vector<OnPrimary> const& sales,
                                    std::vector<OnPrimary> later) {
    std::ranges::stable_sort(later, {}, [](OnPrimary const& one) { return one.attempt->started; });
    std::map<std::pair<std::string_view, std::int64_t>, Attempt const*> highest;
    std::vector<OutOfOrder> pairs;
    auto ended = sales.begin();
    for (OnPrimary const& one : later) {
        for (; ended != sales.end() && ended->attempt->finished < one.attempt->started; ++ended) {
            Attempt const*& best = highest[{ended->attempt->server, ended->timeline}];
            if (best == nullptr || ended->attempt->id > best->id) best = ended->attempt;
        }
        auto const before = highest.find({one.attempt->server, one.timeline});
        if (before != highest.end())
            pairs.push_back({.earlier = before->second, .later = one.attempt});
    }
    return pairs;
}

}  // namespace interregnum
