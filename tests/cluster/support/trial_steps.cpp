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
        {"disk.fill", R"({"fault": "disk.fill", "target": "any:replica", "for": "60s",
                          "lease": "4s"})"},
        {"disk.freeze", R"({"fault": "disk.freeze", "target": "any:replica", "for": "60s",
                            "lease": "4s"})"},
        {"disk.slow",
         R"({"fault": "disk.slow", "target": "any:replica", "service": "patroni", "for": "60s",
             "lease": "4s"})",
         emulated},
        {"cpu.starve",
         R"({"fault": "cpu.starve", "target": "any:replica", "service": "patroni", "for": "60s",
             "lease": "4s"})",
         emulated},
        {"memory.pressure",
         R"({"fault": "memory.pressure", "target": "any:replica", "service": "patroni",
             "for": "60s", "lease": "4s"})",
         emulated},
        {"clock.step", R"({"fault": "clock.step", "target": "any:replica", "for": "60s",
                           "lease": "4s"})",
         emulated},
    };
    return steps;
}

}  // namespace interregnum::test
