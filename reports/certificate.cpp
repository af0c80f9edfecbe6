// SPDX-License-Identifier: MIT
#include "reports/certificate.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/record/node_difference.h"
#include "reports/measures/reclaims.h"

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

Reclaim const* reclaim_of(std::vector<Reclaim> const& reclaims, std::string const& node) {
    auto const found = std::ranges::find(reclaims, node, &Reclaim::node);
    return found == reclaims.end() ? nullptr : &*found;
}

// Why a node could not be asked after the drill, where more than that is known.
void tell_reclaim(Reclaim const& reclaim, NodeCertificate& certificate) {
    if (reclaim.terminated) {
        certificate.state = NodeCertificate::State::gone;
        certificate.differences = {
            fmt::format("AWS announced to terminate it at {}, and it does not answer since: what "
                        "was on it is gone with it",
                        reclaim.notice->time)};
    } else if (reclaim.notice) {
        certificate.differences.push_back(fmt::format(
            "AWS announced to {} it at {}", reclaim.notice->action, reclaim.notice->time));
    } else if (reclaim.silent) {
        certificate.differences.emplace_back("it went away without this drill's doing");
    }
}

// A fault that was injected and, as far as the record goes, not undone: what came of it.
struct Left {
    record::FaultEvent const* fault{};
    std::string why;  ///< ": ..." where an undo failed
};

// A server may be told to boot, which is an undo, and not come back: the last word counts.
std::vector<Left> left_of(Record const& record) {
    if (!record.ended) return {};
    std::map<std::string, std::vector<record::FaultEvent const*>> courses;
    for (auto const& event : record.faults) courses[event.fault_id].push_back(&event);
    std::vector<Left> left;
    for (auto const& [id, course] : courses) {
        bool injected = false;
        bool undone = false;
        Left one{.fault = course.front()};
        for (auto const* event : course) {
            injected = injected || event->stage == FaultStage::injecting;
            if (event->stage == FaultStage::undone) undone = true;
            if (event->stage != FaultStage::undo_failed) continue;
            undone = false;
            one.why = ": " + event->detail;
        }
        if (injected && !undone) left.push_back(std::move(one));
    }
    return left;
}

// A node that does not answer after the drill, and that a fault of it still has in hand.
void tell_left(std::vector<Left> const& left, NodeCertificate& certificate) {
    for (Left const& one : left) {
        if (std::ranges::find(one.fault->targets, certificate.node) == one.fault->targets.end())
            continue;
        certificate.state = NodeCertificate::State::changed;
        certificate.differences.push_back(
            fmt::format("{} on it was not undone{}", one.fault->kind, one.why));
    }
}

// Of nodes that both times could be asked.
NodeCertificate::State compared(Record const& record, std::vector<std::string> const& differences) {
    if (differences.empty()) return NodeCertificate::State::clean;
    bool const ours = std::ranges::any_of(
        differences, [](std::string const& text) { return text.starts_with("ours."); });
    return record.run.watched && !ours ? NodeCertificate::State::changed_meanwhile
                                       : NodeCertificate::State::changed;
}

}  // namespace

std::vector<NodeCertificate> certificates_of(Record const& record) {
    if (record.node_states.empty() && record.faults.empty()) return {};
    std::vector<NodeCertificate> certificates;
    auto const reclaims = reclaims_of(record);
    auto const left = left_of(record);
    for (auto const& node : record.run.nodes) {
        NodeState const* const before = state_of(record, node.name, "before");
        NodeState const* const after = state_of(record, node.name, "after");
        NodeCertificate certificate{.node = node.name};
        auto& said = certificate.differences;
        if (before == nullptr || !before->complete) said.emplace_back("it was not asked before");
        if (after == nullptr || !after->complete) said.emplace_back("it was not asked after");
        if (said.empty()) {
            said = record::node_differences(*before, *after);
            certificate.state = compared(record, said);
        } else if (Reclaim const* const reclaim = reclaim_of(reclaims, node.name)) {
            tell_reclaim(*reclaim, certificate);
        } else if (after == nullptr || !after->complete) {
            tell_left(left, certificate);
        }
        certificates.push_back(std::move(certificate));
    }
    return certificates;
}

std::vector<std::string> faults_left(Record const& record) {
    std::vector<std::string> left;
    auto const reclaims = reclaims_of(record);
    for (Left const& one : left_of(record)) {
        std::string lost;
        for (std::string const& target : one.fault->targets)
            if (Reclaim const* const reclaim = reclaim_of(reclaims, target);
                reclaim && reclaim->silent)
                lost = fmt::format(
                    "; if {} is terminated (aws ec2 describe-instances says it), "
                    "nothing is left there, else",
                    target);
        left.push_back(fmt::format("{} on {} was not undone{}{} run `interregnum heal`",
                                   one.fault->kind, fmt::join(one.fault->targets, ", "), one.why,
                                   lost.empty() ? ";" : lost));
    }
    return left;
}

}  // namespace interregnum
