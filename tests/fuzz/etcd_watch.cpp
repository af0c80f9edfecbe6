// SPDX-License-Identifier: MIT
// etcd's watch: a stream that comes in pieces, and the messages in it.
#include <algorithm>

#include "harness/cluster/etcd.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    std::string_view rest = fuzz::text_of(data, size);
    if (auto const key = parse_etcd_range(rest)) {
        fuzz::expect(key->store_revision > 0);
        fuzz::expect(key->value.size() <= 1000);
    }
    // The first byte says how long the pieces are.
    std::size_t const step = rest.empty() ? 1 : static_cast<unsigned char>(rest.front()) % 32U + 1;
    LineAssembler lines;
    while (!rest.empty()) {
        auto const complete = lines.take(rest.substr(0, step));
        rest.remove_prefix(std::min(step, rest.size()));
        if (!complete) break;
        for (std::string const& line : *complete) {
            fuzz::expect(!line.empty() && !line.contains('\n'));
            auto const message = parse_etcd_watch(line);
            if (!message) continue;
            std::int64_t before = 1;
            for (EtcdChange const& change : message->changes) {
                fuzz::expect(change.revision >= before);
                fuzz::expect(change.value.size() <= 1000);
                before = change.revision;
            }
            fuzz::expect(message->ended || message->compacted == 0);
        }
    }
    return 0;
}
