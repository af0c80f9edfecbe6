// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/lab/files.h"
#include "harness/lab/health.h"
#include "harness/lab/lab.h"
#include "harness/lab/layout.h"
#include "harness/lab/node_process.h"
#include "harness/lab/state.h"
#include "harness/lab/supervisor.h"

namespace interregnum {

Result<std::string> lab_status() {
    auto const state = read_lab_state();
    if (!state) return std::string("no lab is up\n");
    if (!state->up)
        return std::string(
            "a lab is being brought up, or was killed then (`lab down` removes "
            "it)\n");
    auto password = read_file(lab_path::redis_password());
    if (!password) return std::unexpected(password.error());
    while (password->ends_with('\n')) password->pop_back();
    LabHealth const health = ask_health(state->synchronous, *password);
    std::string text;
    for (LabNode const& node : lab_nodes()) {
        std::string roles;
        if (node.name == health.leader) roles += " leader";
        if (node.name == health.redis_master) roles += " redis-master";
        text += fmt::format("{:<5} {:<11} {:<4}{}\n", node.name, node.address,
                            running_node(node) ? "up" : "off", roles);
    }
    for (Defect const* defect : running_defects())
        text += fmt::format("defect on purpose: {}: {}\n", defect->name, defect->summary);
    std::string const missing = health.first_missing();
    text += missing.empty() ? "healthy\n" : "not healthy: " + missing + "\n";
    if (!supervisor_runs())
        text += "a node that reboots stays off: the supervisor does not run (`lab up` starts it)\n";
    return text + "inventory: " + lab_path::inventory() + "\n";
}

}  // namespace interregnum
