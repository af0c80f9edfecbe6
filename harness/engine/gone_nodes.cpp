// SPDX-License-Identifier: MIT
#include "harness/engine/gone_nodes.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/base/result.h"
#include "harness/base/units.h"
#include "harness/cluster/addresses.h"
#include "harness/engine/access.h"
#include "harness/engine/spot_watch.h"
#include "harness/record/spot_facts.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

constexpr Duration proof_lasts = 12h;
constexpr Duration try_again = 1s;

bool same_address(record::Record const& record, InventoryNode const& node) {
    auto const then = std::ranges::find(record.run.nodes, node.name, &record::NodeInfo::name);
    return then != record.run.nodes.end() && then->address == node.address;
}

/// A command of the drill may have told AWS, or whoever answers in its place, to say so.
bool may_be_made_up(record::Record const& record, record::SpotNotice const& notice) {
    return std::ranges::any_of(record.faults, [&](record::FaultEvent const& fault) {
        return fault.kind == "command" && fault.at <= notice.at &&
               std::ranges::find(fault.targets, notice.node) != fault.targets.end();
    });
}

bool is_silent(Consent const& answer) {
    return answer.no_session == Error::Kind::unreachable ||
           answer.no_session == Error::Kind::timeout;
}

}  // namespace

Terminations announced_terminations(record::Record const& record, Inventory const& inventory,
                                    Duration wall) {
    Terminations announced;
    if (!inventory.spot.watched || record.run.cluster != inventory.cluster) return announced;
    for (record::SpotNotice const& notice : record::spot_notices(record.facts)) {
        InventoryNode const* const node = inventory.node(notice.node);
        bool const now = has_come(notice.time, wall) && !has_come(notice.time, wall - proof_lasts);
        if (node != nullptr && notice.action == "terminate" && now && same_address(record, *node) &&
            !may_be_made_up(record, notice))
            announced[notice.node] = notice.time;
    }
    return announced;
}

GoneOrNot find_gone(Fleet& fleet, Inventory const& inventory, Terminations const& announced,
                    Duration patience, Clock& clock, std::stop_token stop) {
    GoneOrNot found{.gone = announced};
    Instant const deadline = clock.now() + patience;
    bool others_answer = false;
    while (!announced.empty()) {
        others_answer = false;
        for (Consent const& answer : ask_consent(fleet, inventory, stop)) {
            if (!announced.contains(answer.node))
                others_answer = others_answer || !answer.no_session;
            else if (!is_silent(answer) && found.gone.erase(answer.node) > 0)
                found.still_there.push_back(answer.node);
        }
        if (stop.stop_requested()) return {};
        if (found.gone.empty() || clock.now() >= deadline) break;
        if (!clock.sleep_for(try_again, stop)) return {};
    }
    if (!others_answer) found.gone.clear();
    return found;
}

Inventory without_gone(Inventory inventory, Terminations const& gone) {
    for (auto const& [name, time] : gone) {
        InventoryNode const* const node = inventory.node(name);
        if (node == nullptr) continue;
        for (auto* const entries : {&inventory.write, &inventory.read, &inventory.cache})
            std::erase_if(*entries, [&](InventoryEndpoint const& entry) {
                return is_known_by(*node, entry.host);
            });
    }
    std::erase_if(inventory.nodes,
                  [&](InventoryNode const& node) { return gone.contains(node.name); });
    if (gone.contains(inventory.via)) inventory.via.clear();
    return inventory;
}

}  // namespace interregnum
