// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/fences.h"
#include "reports/proof.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    auto const broken = broken_fences(record);
    if (broken.empty()) return {};
    auto const count = static_cast<std::int64_t>(broken.size());
    Finding finding{
        .about = Class::safety,
        .verdict = unless_allowed(record, "fences.broken", count),
        .check = "broken_fences",
        .sentence = fmt::format("{} of a lock in Redis got a fencing token that is not higher than "
                                "an earlier holder's: Redis forgot what it had acknowledged, or "
                                "the shop gives them out itself",
                                plural(count, "holder"))};
    Proof proof;
    for (BrokenFence const& fence : broken)
        proof.add([&] {
            return fmt::format("token {}: {}; then token {}: {}", fence.earlier.id,
                               describe(record, fence.earlier), fence.later.id,
                               describe(record, fence.later));
        });
    finding.proof = proof.take();
    return {finding};
}

RegisterCheck const registered{{.name = "broken_fences",
                                .summary = "fencing tokens of locks in Redis only grow",
                                .check = check}};

}  // namespace
}  // namespace interregnum
