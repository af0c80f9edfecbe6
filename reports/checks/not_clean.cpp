// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/certificate.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    std::vector<Finding> findings;
    std::vector<std::string> unknown;
    for (NodeCertificate const& node : certificates_of(record)) {
        if (node.state == NodeCertificate::State::changed)
            findings.push_back(
                {.about = Class::harness,
                 .verdict = Verdict::error,
                 .check = "not_clean",
                 .sentence = fmt::format("{} is not as it was before the drill", node.node),
                 .proof = node.differences});
        if (node.state == NodeCertificate::State::changed_meanwhile)
            findings.push_back(
                {.about = Class::harness,
                 .verdict = Verdict::pass,
                 .check = "not_clean",
                 .sentence = fmt::format("{} was changed while it was watched", node.node),
                 .proof = node.differences});
        if (node.state == NodeCertificate::State::unknown)
            unknown.push_back(fmt::format("{} ({})", node.node, fmt::join(node.differences, ", ")));
    }
    // About availability, since it says nothing against what was measured: a node that does not
    // answer any more must not turn a failed drill into an inconclusive one. Where somebody
    // worked on the cluster by hand, it may be off on purpose.
    if (!unknown.empty())
        findings.push_back({.about = Class::availability,
                            .verdict = record.run.watched ? Verdict::pass : Verdict::inconclusive,
                            .check = "not_clean",
                            .sentence = "not compared with its state before the drill: " +
                                        fmt::format("{}", fmt::join(unknown, ", ")),
                            .proof = {}});
    for (std::string const& sentence : faults_left(record))
        findings.push_back({.about = Class::harness,
                            .verdict = Verdict::error,
                            .check = "not_clean",
                            .sentence = sentence,
                            .proof = {}});
    return findings;
}

RegisterCheck const registered{{.name = "not_clean",
                                .summary = "every node is as it was before, every fault undone",
                                .check = check}};

}  // namespace
}  // namespace interregnum
