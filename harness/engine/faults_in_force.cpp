// SPDX-License-Identifier: MIT
#include "harness/engine/faults_in_force.h"

namespace interregnum {

bool FaultsInForce::learn(record::FaultEvent const& fault) {
    using record::FaultStage;
    switch (fault.stage) {
        case FaultStage::armed:
        case FaultStage::injecting:
        case FaultStage::undoing:
            in_force_[fault.fault_id] = fault.targets;
            under_way_.insert(fault.fault_id);
            break;
        case FaultStage::injected:
        case FaultStage::verified:
        case FaultStage::unverified:
        case FaultStage::inject_failed:
            under_way_.erase(fault.fault_id);
            break;
        case FaultStage::undone:
        case FaultStage::undo_failed:
            in_force_.erase(fault.fault_id);
            under_way_.erase(fault.fault_id);
            return true;
    }
    return false;
}

std::set<std::string> FaultsInForce::targets() const {
    std::set<std::string> all;
    for (auto const& [fault, nodes] : in_force_) all.insert(nodes.begin(), nodes.end());
    return all;
}

}  // namespace interregnum
