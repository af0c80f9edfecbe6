// SPDX-License-Identifier: MIT
// etcd's gateway.
#include "harness/cluster/etcd.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    if (auto const status = parse_etcd_status(fuzz::text_of(data, size)))
        fuzz::expect(!status->leader || size > 0);
    return 0;
}
