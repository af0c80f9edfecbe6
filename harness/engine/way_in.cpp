// SPDX-License-Identifier: MIT
#include "harness/engine/way_in.h"

#include <fmt/format.h>

#include "harness/engine/access.h"

namespace interregnum {

Result<std::unique_ptr<Forwards>> open_way_in(Inventory const& inventory, bool trust_new_hosts,
                                              ProbeContext& context, std::stop_token stop) {
    if (inventory.via.empty()) return nullptr;
    std::vector<ForwardTarget> targets;
    for (auto const* list : {&context.write, &context.read, &context.cache})
        for (Endpoint const& entry : *list)
            targets.push_back({.host = entry.host, .port = entry.port});
    auto forwards = Forwards::open(
        ssh_target(inventory, *inventory.node(inventory.via), trust_new_hosts), targets, stop);
    if (!forwards) return forwards;
    context.plain = {.write = context.write, .read = context.read, .cache = context.cache};
    std::size_t index = 0;
    for (auto* list : {&context.write, &context.read, &context.cache}) {
        for (Endpoint& entry : *list) {
            entry.host = "127.0.0.1";
            entry.port = (*forwards)->port(index++);
            entry.way = "via " + inventory.via;
            entry.way_delay = (*forwards)->delay();
        }
    }
    return forwards;
}

void note_way_in(Inventory const& inventory, Forwards const* forwards,
                 std::vector<std::string>& notes) {
    if (forwards == nullptr) return;
    double const ms = std::chrono::duration<double, std::milli>(forwards->delay()).count();
    notes.push_back(fmt::format(
        "customers dial through an SSH forward of {0}, which adds {1:.1f} ms to a new connection "
        "(median of 5); the bounds of each outage are wider by that at either end, and an outage "
        "of {0} is one of its paths",
        inventory.via, ms));
}

}  // namespace interregnum
