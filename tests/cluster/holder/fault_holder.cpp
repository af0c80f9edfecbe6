// SPDX-License-Identifier: MIT
// A controller that injects one fault and holds it until it is killed: what the tests that kill a
// controller kill. `fault_holder STEP`, with a step as in a scenario file.
#include <cstdio>

#include "tests/cluster/support/fault_trial.h"

int main(int argc, char** argv) {
    using namespace interregnum;
    using namespace interregnum::test;
    if (argc != 2) return 64;
    auto found = FaultBench::lab();
    if (auto const* why = std::get_if<std::string>(&found)) {
        std::fprintf(stderr, "%s\n", why->c_str());
        return 3;
    }
    FaultBench& bench = *std::get<std::unique_ptr<FaultBench>>(found);
    FaultTrial trial(bench, argv[1]);
    std::printf("planned\n");
    std::fflush(stdout);
    bool const proved = trial.inject();
    std::printf("%s\n%s", proved ? "in force" : "not in force", trial.why().c_str());
    std::fflush(stdout);
    // Bounded, should nobody kill it.
    bench.clock().sleep_for(std::chrono::seconds(90), {});
    return proved ? 0 : 1;
}
