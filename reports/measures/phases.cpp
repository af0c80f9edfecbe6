// SPDX-License-Identifier: MIT
#include "reports/measures/phases.h"

#include <algorithm>
#include <optional>

#include "reports/measures/downtime.h"
#include "reports/measures/leadership.h"

namespace interregnum {
namespace {

using record::FaultStage;
using record::MemberSeen;
using record::Offset;
using record::Record;

// An instant that lies between two others.
struct Moment {
    Offset low{};
    Offset high{};
    Offset best{};
};
using Maybe = std::optional<Moment>;

Moment between(Offset low, Offset high) {
    return {.low = std::min(low, high), .high = high, .best = low + (high - low) / 2};
}

MeasureValue span(Maybe const& from, Maybe const& to, std::string_view why_not) {
    if (!from || !to) return {.why_unknown = std::string(why_not)};
    auto const positive = [](Offset value) { return std::max<std::int64_t>(value.count(), 0); };
    MeasureValue value{.known = true,
                       .at_least = positive(to->low - from->high),
                       .at_most = positive(to->high - from->low),
                       .best = positive(to->best - from->best)};
    value.best = std::clamp(value.best, value.at_least, value.at_most);
    return value;
}

// The fault took effect between the begin and the end of its injection. Near the begin: a
// command that takes its node away returns only when its session is given up.
Maybe injection(Record const& record) {
    Maybe moment;
    for (auto const& event : record.faults) {
        if (event.stage == FaultStage::injecting && !moment)
            moment = Moment{.low = event.at, .high = event.at, .best = event.at};
        if (event.stage == FaultStage::injected) {
            if (!moment) moment = Moment{.low = event.at, .high = event.at, .best = event.at};
            moment->high = std::max(moment->high, event.at);
            return moment;
        }
    }
    return moment;
}

// The longest write outage that ended after the fault, of any entry point.
std::optional<Outage> main_outage(Record const& record, Moment const& fault) {
    std::optional<Outage> longest;
    for (Path const& path : write_paths(paths_of(record)))
        for (Outage const& outage : path.outages) {
            if (outage.last_missing < fault.low) continue;
            if (!longest || outage.best() > longest->best()) longest = outage;
        }
    return longest;
}

Moment sighting(MemberSeen const& member, Offset not_before) {
    if (member.previous >= Offset::zero())
        return between(std::max(member.previous, Offset::zero()), member.at);
    // The record does not say when the look before was: only the end is certain.
    return {.low = std::min(not_before, member.at), .high = member.at, .best = member.at};
}

std::vector<MemberSeen> seen_after(Record const& record, Offset at) {
    std::vector<MemberSeen> seen;
    for (MemberSeen const& member : record.members)
        if (member.at >= at) seen.push_back(member);
    std::ranges::stable_sort(seen, {}, &MemberSeen::at);
    return seen;
}

// When `node` took writes: at the first look that showed it, or, for a leader that stayed, at
// the first one after a look that did not.
Maybe writable(std::vector<MemberSeen> const& seen, std::string const& node, bool after_a_break,
               Offset not_before) {
    bool broken = !after_a_break;
    for (MemberSeen const& member : seen) {
        if (member.node != node) continue;
        bool const open = member.reachable && member.writable;
        if (open && broken) return sighting(member, not_before);
        broken = broken || !open;
    }
    return std::nullopt;
}

Maybe redundant_again(Record const& record, Offset after) {
    for (auto const& step : record.steps)
        if (step.kind == "await" && step.finished && step.ok && step.at >= after &&
            step.text.find("redundant") != std::string::npos)
            return Moment{.low = step.at, .high = step.at, .best = step.at};
    return std::nullopt;
}

void add_new_leader(std::vector<Phase>& phases, std::vector<MemberSeen> const& seen,
                    Maybe const& noticed, Maybe const& served, std::string const& old_leader) {
    Offset const begin = noticed ? noticed->low : Offset::zero();
    auto const taken = std::ranges::find_if(seen, [&](MemberSeen const& member) {
        return member.reachable && member.holds_lock && member.node != old_leader;
    });
    Maybe const lock = sighting(*taken, begin);
    Maybe const open = writable(seen, taken->node, false, begin);
    phases.push_back({"lock", span(noticed, lock, "no write was missing")});
    phases.push_back({"promote", span(lock, open, "the new leader was not seen writable")});
    phases.push_back({"route", span(open, served, "no good write followed, or none was missing")});
}

}  // namespace

std::vector<Phase> phases_of(Record const& record) {
    Maybe const fault = injection(record);
    if (!fault) return {};
    std::vector<Phase> phases;
    Maybe noticed;
    Maybe served;
    if (auto const outage = main_outage(record, *fault)) {
        noticed = between(std::max(outage->last_good.value_or(outage->first_missing), fault->low),
                          std::max(outage->first_missing, fault->low));
        if (outage->first_good) served = between(outage->last_missing, *outage->first_good);
    }
    phases.push_back({"detect", span(fault, noticed, "no write was missing")});

    auto const seen = seen_after(record, fault->low);
    auto const reigns = reigns_of(record);
    Reign const* const before = reign_at(reigns, fault->low);
    bool const changed = before != nullptr && std::ranges::any_of(reigns, [&](Reign const& reign) {
                             return reign.seen > fault->low && reign.node != before->node;
                         });
    if (changed) {
        add_new_leader(phases, seen, noticed, served, before->node);
    } else if (before != nullptr) {
        Maybe const open = writable(seen, before->node, true, fault->low);
        phases.push_back({"restart", span(noticed, open, "the leader was never seen closed")});
        phases.push_back(
            {"route", span(open, served, "no good write followed, or none was missing")});
    }
    phases.push_back(
        {"redundant", span(fault, redundant_again(record, fault->low), "no step awaited it")});
    return phases;
}

}  // namespace interregnum
