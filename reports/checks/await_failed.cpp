// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    std::vector<Finding> findings;
    // A run that was interrupted gave no wait its time.
    if (!record.ended || record.ended->reason != record::EndReason::completed) return findings;
    for (record::StepEvent const& step : record.steps) {
        if (step.kind != "await" || !step.finished || step.ok) continue;
        findings.push_back({.about = Class::availability,
                            .verdict = Verdict::fail,
                            .check = "await_failed",
                            .sentence = fmt::format("{}: not reached{}{}", step.text,
                                                    step.detail.empty() ? "" : ": ", step.detail),
                            .proof = {}});
    }
    return findings;
}

RegisterCheck const registered{
    {.name = "await_failed",
     .summary = "what a step waited for came about in its time (redundancy, stability...)",
     .check = check}};

}  // namespace
}  // namespace interregnum
