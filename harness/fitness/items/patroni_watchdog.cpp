// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

constexpr char const* consequence =
    "when Patroni is frozen or killed on the leader, nothing stops its PostgreSQL: it takes "
    "orders beside the new leader, and they are lost";

void judge(ClusterFacts const& facts, ItemResult& result) {
    for (FitnessNode const* node : facts.group("db")) {
        // Patroni's default, too.
        auto const device = node->facts.find("yaml.watchdog.device").value_or("/dev/watchdog");
        if (node->facts.on("patroni.watchdog_failed"))
            result.stop(node->name + ": Patroni could not arm its watchdog (watchdog_failed)",
                        consequence, fmt::format("make {} writable by Patroni's user", device));
        if (!result.needs(*node, "yaml")) continue;
        // Patroni's default, with or without a section in the file.
        auto const mode = node->facts.find("yaml.watchdog.mode").value_or("automatic");
        if (says_off(mode)) {
            result.warn(node->name + ": watchdog.mode is off", consequence,
                        "watchdog: mode: required, with the softdog module where there is no "
                        "hardware");
            continue;
        }
        if (!result.needs(*node, "watchdog")) continue;
        if (node->name == facts.leader && !node->facts.on("watchdog.held"))
            result.warn(fmt::format("{} leads, and its Patroni holds no watchdog ({}, mode {})",
                                    node->name, device, mode),
                        consequence,
                        "modprobe softdog, chown the device to Patroni's user, watchdog: mode: "
                        "required");
        else if (!node->facts.on("watchdog.device"))
            result.warn(
                fmt::format("{}: no watchdog device {} (mode {})", node->name, device, mode),
                consequence, "modprobe softdog, chown the device to Patroni's user");
    }
}

RegisterFitnessItem const registered{
    {.name = "patroni.watchdog", .summary = "a leader that hangs is reset", .judge = judge}};

}  // namespace
}  // namespace interregnum
