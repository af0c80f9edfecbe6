// SPDX-License-Identifier: MIT
#include "reports/measures/failover.h"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/measures/downtime.h"
#include "reports/measures/felt.h"
#include "reports/measures/leadership.h"
#include "reports/measures/sightings.h"
#include "reports/measures/sync_wait.h"

namespace interregnum {
namespace {

using record::LeaderKeySeen;
using record::MemberSeen;
using record::Offset;
using record::Record;
using record::Service;

// Who led when the fault struck, by whoever saw it.
struct Before {
    std::string leader;
    std::int64_t timeline{};
};

Before before(Record const& record, Offset fault) {
    Before found;
    auto const reigns = reigns_of(record);
    if (Reign const* const reign = reign_at(reigns, fault); reign != nullptr)
        found = {.leader = reign->node, .timeline = reign->timeline};
    Offset latest{-1};
    for (LeaderKeySeen const& seen : record.leader_keys)
        if (seen.at <= fault && seen.at > latest && !seen.holder.empty()) {
            latest = seen.at;
            found.leader = seen.holder;
        }
    return found;
}

Milestone lock_lost(Record const& record, Offset fault, std::string const& old_leader) {
    for (LeaderKeySeen const& seen : key_changes(record, fault))
        if (seen.holder != old_leader)
            return {"lock lost", told(seen),
                    fmt::format("etcd's watch on {}: {}", seen.told_by,
                                seen.holder.empty() ? "the leader key is gone"
                                                    : "the leader key is " + seen.holder + "'s")};
    return {"lock lost", {}, "no watch told of the leader key"};
}

// Also says who took it.
Milestone lock_taken(Record const& record, Offset fault, std::string const& old_leader,
                     std::string& new_leader) {
    for (LeaderKeySeen const& seen : key_changes(record, fault)) {
        if (seen.holder.empty() || seen.holder == old_leader) continue;
        new_leader = seen.holder;
        return {
            "lock taken", told(seen),
            fmt::format("etcd's watch on {}: the leader key is {}'s", seen.told_by, seen.holder)};
    }
    MemberSeen const* const seen = first_look(record, "", fault, [&](MemberSeen const& member) {
        return member.holds_lock && member.node != old_leader;
    });
    if (seen == nullptr) return {"lock taken", {}, "no other node was seen holding the lock"};
    new_leader = seen->node;
    return {"lock taken", looked(seen->previous, seen->asked, seen->at, fault),
            fmt::format("Patroni of {}: it holds the lock", seen->node)};
}

Milestone promoted(Record const& record, Offset fault, Before const& was,
                   std::string const& new_leader) {
    MemberSeen const* const seen =
        first_look(record, new_leader, fault, [&](MemberSeen const& member) {
            return member.writable || (was.timeline > 0 && member.timeline > was.timeline);
        });
    if (seen == nullptr) return {"promoted", {}, "Patroni was not seen saying so"};
    return {"promoted", looked(seen->previous, seen->asked, seen->at, fault),
            fmt::format("Patroni of {}: timeline {}", seen->node, seen->timeline)};
}

Milestone detected(Study const& study, Felt const& felt, Milestone const& lost,
                   std::string const& old_leader) {
    Milestone first{"detected", {}, "nobody was seen noticing"};
    auto const consider = [&](Maybe const& at, std::string const& source) {
        if (at && (!first.at || at->best < first.at->best)) first = {"detected", at, source};
    };
    consider(felt.first_error,
             fmt::format("{}: the first attempt that failed", path_text(felt.path->stream)));
    Milestone const marked =
        routed_at(study, felt.path->entry_name(), old_leader,
                  felt.outage.last_good.value_or(felt.outage.first_missing), false, false);
    consider(marked.at, marked.source);
    consider(lost.at, lost.source);
    return first;
}

// A server that only gave no answer for less than this did not restart.
constexpr Offset shortest_restart = std::chrono::seconds(1);

// A leader that stayed may have restarted before or after its commits waited for a standby.
bool waited_first(Failover const& failover) {
    Milestone const* const over = failover.find("sync wait over");
    Milestone const* const open = failover.find("writable");
    return !failover.leader_changed && over != nullptr && open != nullptr && over->at && open->at &&
           over->at->best < open->at->best;
}

// What explains the outage, in the order of cause and effect.
std::vector<Milestone*> chain_of(Failover& failover, Felt const& felt,
                                 std::initializer_list<std::string_view> names) {
    std::vector<Milestone*> chain;
    for (std::string_view const name : names)
        for (Milestone& milestone : failover.milestones) {
            if (milestone.name != name || !milestone.at) continue;
            milestone.aside = (felt.began && milestone.at->high < felt.began->low) ||
                              (felt.answered && milestone.at->low > *felt.answered);
            // The customer who waited for it came before: no bound of either follows.
            bool const waited_for = felt.ended && milestone.at->low > felt.ended->high;
            if (!milestone.aside && !waited_for) chain.push_back(&milestone);
        }
    return chain;
}

void add_change(Failover& failover, Record const& record, Offset fault, Before const& was,
                Milestone taken, Milestone lost, std::string const& new_leader) {
    Offset const from = taken.at->low;
    // A key handed over without a gap was lost when it was taken.
    if (lost.at && lost.at->best > taken.at->best) lost.at = taken.at;
    failover.milestones.push_back(std::move(lost));
    failover.milestones.push_back(std::move(taken));
    failover.milestones.push_back(promoted(record, fault, was, new_leader));
    failover.milestones.push_back(writable_at(record, new_leader, fault));
    failover.milestones.push_back(routed_at(record, failover.entry, new_leader, from, false, true));
}

}  // namespace

Milestone const* Failover::find(std::string_view name) const {
    auto const found = std::ranges::find(milestones, name, &Milestone::name);
    return found == milestones.end() ? nullptr : &*found;
}

void narrow(std::vector<Milestone*> const& chain) {
    Milestone* last = nullptr;
    for (Milestone* const each : std::views::reverse(chain)) {
        if (!each->at) continue;
        Moment& cause = *each->at;
        if (last != nullptr) cause.high = std::min(cause.high, last->at->high);
        cause.low = std::min(cause.low, cause.high);
        last = each;
    }
    last = nullptr;
    for (Milestone* const each : chain) {
        if (!each->at) continue;
        Moment& effect = *each->at;
        if (last != nullptr) effect.low = std::max(effect.low, last->at->low);
        effect.high = std::max(effect.high, effect.low);
        Offset const not_before = last == nullptr ? effect.low : last->at->best;
        effect.best = std::clamp(std::max(effect.best, not_before), effect.low, effect.high);
        last = each;
    }
}

Failover failover_of(Study const& study) {
    Record const& record = study;
    Failover made;
    Felt const felt = felt_of(study, study.of<write_path_list>());
    if (!felt.fault) return made;
    Offset const fault = felt.fault->injected.low;
    made.milestones.push_back(
        {"fault", felt.fault->injected,
         fmt::format("{} on {}", felt.fault->kind, fmt::join(felt.fault->targets, ", "))});
    made.downtime.why_unknown = "no write was missing";
    Before const was = before(record, fault);
    Milestone const lost = lock_lost(record, fault, was.leader);
    std::string new_leader;
    Milestone const taken = lock_taken(record, fault, was.leader, new_leader);
    made.leader_changed = !was.leader.empty() && taken.at.has_value();
    if (felt.path != nullptr) {
        made.entry = felt.path->entry_name();
        made.downtime = felt.downtime();
        made.elsewhere = felt.elsewhere;
        made.milestones.push_back({"outage", felt.began, path_text(felt.path->stream)});
        made.milestones.push_back(detected(study, felt, lost, was.leader));
    }
    if (made.leader_changed) {
        add_change(made, record, fault, was, taken, lost, new_leader);
    } else if (!was.leader.empty()) {
        Offset const half = felt.path == nullptr ? Offset::zero() : felt.outage.best() / 2;
        made.milestones.push_back(
            writable_at(record, was.leader, fault, std::max<Offset>(half, shortest_restart)));
        made.milestones.push_back(routed_at(record, made.entry, was.leader, fault, false, true));
    }
    if (felt.path != nullptr) {
        if (auto over = sync_wait_over(record, made.leader_changed ? new_leader : was.leader, felt))
            made.milestones.push_back(std::move(*over));
        made.milestones.push_back(
            {"first customer", felt.ended,
             felt.ended ? path_text(felt.path->stream) : "no write was answered again"});
        made.milestones.push_back(all_served(study, felt, {Service::write, Service::ticket}));
    }
    made.milestones.push_back(redundant_at(record, fault));
    bool const waited = waited_first(made);
    narrow(chain_of(
        made, felt,
        {"outage", "detected", "lock taken", "promoted", waited ? "sync wait over" : "writable",
         waited ? "writable" : "sync wait over", "first customer"}));
    chain_of(made, felt, {"routed"});  // not narrowed: a customer's entry may not be HAProxy
    return made;
}

}  // namespace interregnum
