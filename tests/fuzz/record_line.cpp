// SPDX-License-Identifier: MIT
// A line of a run record: what can be read is written as a line that reads the same.
#include "harness/record/codec.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    auto const event = record::from_line(fuzz::text_of(data, size));
    if (!event) return 0;
    std::string const line = record::to_line(*event);
    fuzz::expect(line.find('\n') == std::string::npos);
    auto const again = record::from_line(line);
    fuzz::expect(again.has_value());
    fuzz::expect(record::to_line(*again) == line);
    return 0;
}
