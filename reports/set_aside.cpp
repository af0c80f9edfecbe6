// SPDX-License-Identifier: MIT
#include "reports/set_aside.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/expected.h"
#include "reports/measures/reclaims.h"

namespace interregnum {

void set_aside_what_reclaims_spoil(record::Record const& record, Judgement& judgement) {
    std::vector<std::string> nodes;
    for (Reclaim const& reclaim : reclaims_of(record)) nodes.push_back(reclaim.node);
    if (nodes.empty()) return;
    std::string const why = fmt::format(
        ": not judged, since {} went away without this drill's "
        "doing",
        fmt::join(nodes, ", "));
    for (Judged& judged : judgement.expectations) {
        if (judged.verdict == Verdict::inconclusive ||
            class_of_measure(judged.expectation.measure) != Class::availability)
            continue;
        judged.verdict = Verdict::inconclusive;
        judged.sentence += why;
    }
    for (Finding& finding : judgement.findings) {
        if (finding.about != Class::availability || finding.verdict != Verdict::fail) continue;
        finding.verdict = Verdict::inconclusive;
        finding.sentence += why;
    }
}

}  // namespace interregnum
