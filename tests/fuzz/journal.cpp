// SPDX-License-Identifier: MIT
// The undo journal of a run that ended in any way.
#include "harness/engine/undo_journal.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    auto const promises = parse_journal(fuzz::text_of(data, size));
    fuzz::expect(promises || !promises.error().message.empty());
    return 0;
}
