// SPDX-License-Identifier: MIT
#include "reports/measures/split_brain.h"

#include <fmt/format.h>

#include "harness/check.h"
#include "reports/expected.h"
#include "reports/measures/canary_rows.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    auto const cases = split_brains(record);
    Verdict const verdict =
        unless_allowed(record, "split_brain", static_cast<std::int64_t>(cases.size()));
    std::vector<Finding> findings;
    findings.reserve(cases.size());
    for (SplitBrain const& brain : cases)
        findings.push_back({.about = Class::safety,
                            .verdict = verdict,
                            .check = "split_brain",
                            .sentence = fmt::format("{} ({})", brain.sentence, grade_of(brain)),
                            .proof = canary_losses(record, brain)});
    return findings;
}

RegisterCheck const registered{{.name = "split_brain",
                                .summary = "never did two nodes take writes at the same time",
                                .check = check}};

}  // namespace
}  // namespace interregnum
