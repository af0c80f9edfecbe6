// SPDX-License-Identifier: MIT
#include "tests/cluster/support/trial_steps.h"

namespace interregnum::test {

std::vector<TrialStep> const& trial_steps() {
    using enum TrialStep::Where;
    using enum TrialStep::Healer;
    static std::vector<TrialStep> const steps{
        {"node.crash", R"({"fault": "node.crash", "target": "any:replica", "for": "60s"})", lab,
         journal},
        {"process.kill",
         R"({"fault": "process.kill", "target": "any:replica", "process": "patroni", "for": "60s",
             "lease": "4s"})"},
    };
    return steps;
}

}  // namespace interregnum::test
