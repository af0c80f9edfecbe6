// SPDX-License-Identifier: MIT
// HAProxy's statistics.
#include "harness/cluster/haproxy.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    // Most texts fail at the header, so it is given to half of them.
    std::string csv = size % 2 == 0 ? "# pxname,svname,status\n" : "";
    csv += fuzz::text_of(data, size);
    if (auto const servers = parse_haproxy_stats(csv)) fuzz::expect(servers->size() <= 10'000);
    return 0;
}
