// SPDX-License-Identifier: MIT
#include "reports/measures/staleness.h"

#include <algorithm>
#include <map>
#include <set>

#include "reports/measures/groups.h"
#include "reports/measures/ledger.h"

namespace interregnum {
namespace {

using record::Attempt;
using record::Offset;
using record::Outcome;
using record::Record;
using record::Service;

// What a reader could have seen, by id.
struct Known {
    std::int64_t id{};
    Offset acknowledged{};
    Offset begun{};
};

std::map<int, Service> services_of(Record const& record) {
    std::map<int, Service> services;
    for (auto const& stream : record.streams) services.emplace(stream.id, stream.service);
    return services;
}

// Acknowledged orders that are there in the end, by id; each with the earliest acknowledgement
// and start of all from it on.
std::vector<Known> earliest_from(Record const& record, Ledger const& orders) {
    std::set<std::string_view> lost;
    for (Attempt const& attempt : orders.lost) lost.insert(attempt.token);
    auto const services = services_of(record);
    std::vector<Known> known;
    for (Attempt const& attempt : record.attempts) {
        if (attempt.outcome != Outcome::ok || attempt.id <= 0) continue;
        auto const service = services.find(attempt.stream);
        if (service == services.end() || service->second != Service::write) continue;
        if (lost.contains(attempt.token)) continue;
        known.push_back(
            {.id = attempt.id, .acknowledged = attempt.finished, .begun = attempt.started});
    }
    std::ranges::sort(known, {}, &Known::id);
    for (std::size_t i = known.size(); i-- > 1;) {
        Known& before = known[i - 1];
        before.acknowledged = std::min(before.acknowledged, known[i].acknowledged);
        before.begun = std::min(before.begun, known[i].begun);
    }
    return known;
}

struct Ages {
    std::vector<std::int64_t> low;
    std::vector<std::int64_t> high;
    std::int64_t stale{};
    std::int64_t worst{-1};
    Offset worst_at{};

    void add(Attempt const& read, std::vector<Known> const& known) {
        auto const unseen = std::ranges::upper_bound(known, read.seen, {}, &Known::id);
        std::int64_t at_least = 0;
        std::int64_t at_most = 0;
        if (unseen != known.end() && unseen->acknowledged < read.started) {
            at_least = (read.started - unseen->acknowledged).count();
            at_most = std::max(at_least, (read.finished - unseen->begun).count());
            ++stale;
        }
        if (at_least > worst) {
            worst = at_least;
            worst_at = read.started;
        }
        low.push_back(at_least);
        high.push_back(at_most);
    }

    // Nearest rank.
    [[nodiscard]] MeasureValue at(std::size_t permille) const {
        std::size_t const index = (low.size() * permille + 999) / 1000 - 1;
        return {.known = true, .at_least = low[index], .at_most = high[index], .best = low[index]};
    }
};

PathStaleness summed_up(record::StreamDeclared const& stream, Ages ages,
                        std::string const& why_not) {
    PathStaleness made{.stream = stream,
                       .reads = static_cast<std::int64_t>(ages.low.size()),
                       .stale = ages.stale,
                       .worst_at = ages.worst_at};
    if (!why_not.empty() || ages.low.empty()) {
        made.stale = 0;
        made.p50.why_unknown = why_not.empty() ? "no read said what it saw" : why_not;
        made.p99 = made.max = made.p50;
        return made;
    }
    std::ranges::sort(ages.low);
    std::ranges::sort(ages.high);
    made.p50 = ages.at(500);
    made.p99 = ages.at(990);
    made.max = ages.at(1000);
    return made;
}

template <MeasureValue PathStaleness::* value>
MeasureValue worst(Study const& study) {
    std::vector<MeasureValue> values;
    for (PathStaleness const& path : study.of<staleness_of>()) values.push_back(path.*value);
    MeasureValue made = worst_of(values);
    if (values.empty()) made.why_unknown = "nobody read";
    return made;
}

RegisterMeasure const registered_p50{
    {.name = "read.staleness.p50",
     .summary = "how old at least was what readers saw, for half of the reads, at the worst entry "
                "point",
     .unit = Unit::duration,
     .compute = worst<&PathStaleness::p50>}};
RegisterMeasure const registered_p99{{.name = "read.staleness.p99",
                                      .summary = "the same for 99 % of the reads",
                                      .unit = Unit::duration,
                                      .compute = worst<&PathStaleness::p99>}};
RegisterMeasure const registered_max{
    {.name = "read.staleness.max",
     .summary = "the longest that an order had been acknowledged when a read did not see it yet",
     .unit = Unit::duration,
     .compute = worst<&PathStaleness::max>}};

}  // namespace

std::vector<PathStaleness> staleness_of(Study const& study) {
    Record const& record = study;
    std::string why_not;
    std::vector<Known> known;
    Ledger const* const orders = find_ledger(study.of<ledgers_of>(), "orders");
    if (orders == nullptr)
        why_not = "no orders were made";
    else if (!orders->complete)
        why_not = "there is no complete final read of orders, which tells lost ones from unseen";
    else
        known = earliest_from(record, *orders);
    std::map<int, Ages> ages;
    for (auto const& stream : record.streams)
        if (stream.service == Service::read) ages.emplace(stream.id, Ages{});
    for (Attempt const& attempt : record.attempts) {
        if (attempt.outcome != Outcome::ok || attempt.seen < 0) continue;
        if (auto const found = ages.find(attempt.stream); found != ages.end())
            found->second.add(attempt, known);
    }
    std::vector<PathStaleness> all;
    for (Trace const& trace : study.of<traces_of>())
        if (auto const found = ages.find(trace.stream.id); found != ages.end())
            all.push_back(summed_up(trace.stream, std::move(found->second), why_not));
    return all;
}

}  // namespace interregnum
