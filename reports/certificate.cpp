// SPDX-License-Identifier: MIT
#include "reports/certificate.h"

#include <map>

#include <fmt/format.h>

#include "harness/record/node_difference.h"

namespace interregnum {
namespace {

using record::FaultStage;
using record::NodeState;
using record::Record;

// The last state of a node at a time, or nullptr.
NodeState const* state_of(Record const& record, std::string const& node, std::string_view when) {
    NodeState const* found = nullptr;
    for (NodeState const& state : record.node_states)
        if (state.node == node && state.when == when) found = &state;
    return found;
}

}  // namespace

std::vector<NodeCertificate> certificates_of(Record const& record) {
    if (record.node_states.empty() && record.faults.empty()) return {};
    std::vector<NodeCertificate> certificates;
    for (auto const& node : record.run.nodes) {
        NodeState const* const before = state_of(record, node.name, "before");
        NodeState const* const after = state_of(record, node.name, "after");
        NodeCertificate certificate{.node = node.name};
        auto& said = certificate.differences;
        if (before == nullptr || !before->complete) said.emplace_back("it was not asked before");
        if (after == nullptr || !after->complete) said.emplace_back("it was not asked after");
        if (said.empty()) {
            said = record::node_differences(*before, *after);
            certificate.state =
                said.empty() ? NodeCertificate::State::clean : NodeCertificate::State::changed;
        }
        certificates.push_back(std::move(certificate));
    }
    return certificates;
}

std::vector<std::string> faults_left(Record const& record) {
    if (!record.ended) return {};
    std::map<std::string, std::vector<record::FaultEvent>> courses;
    for (auto const& event : record.faults) courses[event.fault_id].push_back(event);
    std::vector<std::string> left;
    for (auto const& [id, course] : courses) {
        bool injected = false;
        bool undone = false;
        std::string detail;
        for (auto const& event : course) {
            injected = injected || event.stage == FaultStage::injecting;
            undone = undone || event.stage == FaultStage::undone;
            if (event.stage == FaultStage::undo_failed) detail = ": " + event.detail;
        }
        if (!injected || undone) continue;
        left.push_back(fmt::format("{} on {} was not undone{}; run `interregnum heal`",
                                   course.front().kind, fmt::join(course.front().targets, ", "),
                                   detail));
    }
    return left;
}

}  // namespace interregnum
