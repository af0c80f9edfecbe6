// SPDX-License-Identifier: MIT
// What a node prints about itself.
#include "harness/engine/node_state.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    auto const facts = parse_facts(fuzz::text_of(data, size));
    fuzz::expect(facts.size() <= 500);
    for (auto const& [key, value] : facts) fuzz::expect(!key.empty() && value.size() <= 2000);
    return 0;
}
