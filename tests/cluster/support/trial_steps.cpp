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
        {"replication.pause_replay",
         R"({"fault": "replication.pause_replay", "for": "60s", "lease": "4s"})"},
        {"replication.stall", R"({"fault": "replication.stall", "for": "60s", "lease": "4s"})"},
        {"replication.throttle",
         R"({"fault": "replication.throttle", "hold": "2s behind", "for": "60s", "lease": "4s"})"},
        {"patroni.switchover", R"({"fault": "patroni.switchover"})", lab, itself},
        {"patroni.failover", R"({"fault": "patroni.failover"})", lab, itself},
        {"patroni.pause", R"({"fault": "patroni.pause", "for": "60s", "lease": "4s"})"},
        {"patroni.restart", R"({"fault": "patroni.restart", "target": "any:replica"})", lab,
         itself},
        {"patroni.reinitialize", R"({"fault": "patroni.reinitialize"})", lab, itself},
        {"redis.failover", R"({"fault": "redis.failover"})", lab, itself},
        {"redis.pause", R"({"fault": "redis.pause", "for": "60s", "lease": "4s"})"},
        {"haproxy.drain",
         R"({"fault": "haproxy.drain", "server": "leader", "for": "60s", "lease": "4s"})"},
        {"haproxy.stop", R"({"fault": "haproxy.stop", "for": "60s", "lease": "4s"})"},
        {"command",
         R"({"fault": "command", "target": "any:replica", "inject": ["touch", "/run/a_trial"],
             "verify": ["test", "-e", "/run/a_trial"], "undo": ["rm", "-f", "/run/a_trial"],
             "for": "60s", "lease": "4s"})"},
    };
    return steps;
}

}  // namespace interregnum::test
