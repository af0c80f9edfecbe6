// SPDX-License-Identifier: MIT
// What a node prints about itself.
#include "harness/engine/node_state.h"
#include "harness/engine/wal_tail_script.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    auto const facts = parse_facts(fuzz::text_of(data, size));
    fuzz::expect(facts.size() <= 500);
    for (auto const& [key, value] : facts) fuzz::expect(!key.empty() && value.size() <= 2000);
    // A fork in the middle of the first segment, and one at its start.
    for (std::int64_t const fork : {std::int64_t{0x3008660}, std::int64_t{16} << 20U}) {
        auto const look = parse_tail(fuzz::text_of(data, size), {.timeline = 1, .fork = fork});
        if (!look) continue;
        auto const pieces = pieces_of(look->tail, look->segment_bytes);
        fuzz::expect(look->tail.end >= -1 && pieces.size() <= 8192);
    }
    fuzz::expect(fork_of(fuzz::text_of(data, size), 1).value_or(0) >= 0);
    fuzz::expect(parse_rewind_log(fuzz::text_of(data, size), 1).end >= -1);
    if (auto const tail = record::wal_tail_from(fuzz::text_of(data, size)))
        fuzz::expect(record::wal_tail_from(record::to_text(*tail)).has_value());
    return 0;
}
