// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/measures/reclaims.h"

/// Where AWS took a node away, the drill was not alone with the cluster: how long customers could
/// not buy says nothing about the fault that was meant. What they had bought must be there all the
/// same: a node that goes away is what the cluster is for.
namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    std::vector<Finding> findings;
    for (Reclaim const& reclaim : reclaims_of(record)) {
        Finding finding{.about = Class::harness,
                        .verdict = Verdict::inconclusive,
                        .check = "aws_reclaim",
                        .sentence = show_reclaim(record, reclaim) + ": availability is not judged",
                        .proof = {}};
        if (reclaim.notice)
            finding.proof.push_back(fmt::format("instance metadata of {} at {}: {} at {}",
                                                reclaim.node, show_instant(reclaim.notice->at),
                                                reclaim.notice->action, reclaim.notice->time));
        if (reclaim.silent)
            finding.proof.push_back(fmt::format("{} did not answer at {} and from then on",
                                                reclaim.node, show_instant(*reclaim.silent)));
        if (reclaim.rebooted)
            finding.proof.push_back(fmt::format("another boot of {} was seen at {}", reclaim.node,
                                                show_instant(*reclaim.rebooted)));
        findings.push_back(std::move(finding));
    }
    return findings;
}

RegisterCheck const registered{
    {.name = "aws_reclaim",
     .summary = "no node was taken back by AWS or went away without us (spot instances)",
     .check = check}};

}  // namespace
}  // namespace interregnum
