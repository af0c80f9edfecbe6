// SPDX-License-Identifier: MIT
#include "tests/cluster/support/lab_context.h"

#include "harness/engine/access.h"
#include "harness/lab/lab.h"

namespace interregnum::test {

std::variant<ProbeContext, std::string> lab_context() {
    std::optional<std::string> const file = running_lab();
    if (!file) return "no lab is up on this machine (start one with `interregnum lab up`)";
    Mistakes mistakes;
    Result<Inventory> const inventory = load_inventory(*file, mistakes);
    if (!inventory) return inventory.error().message;
    if (!mistakes.empty()) return mistakes.text();
    Result<ClusterSecrets> const secrets = read_secrets(*inventory);
    if (!secrets) return secrets.error().message;
    // Once a process: the thread is there already when a second test asks.
    static Status const entered = enter_lab_network();
    if (!entered) return entered.error().message;
    return probe_context(*inventory, *secrets);
}

}  // namespace interregnum::test
