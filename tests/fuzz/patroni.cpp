// SPDX-License-Identifier: MIT
// Patroni's REST API: bodies of any kind from a server that may be anybody.
#include "harness/cluster/patroni.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    std::string_view const body = fuzz::text_of(data, size);
    if (auto const status = parse_patroni_status(body)) fuzz::expect(!status->state.empty());
    if (auto const cluster = parse_patroni_cluster(body))
        for (PatroniMember const& member : cluster->members)
            fuzz::expect(!member.name.empty() && member.name.size() <= 200);
    if (auto const config = parse_patroni_config(body))
        fuzz::expect(config->ttl.count() >= 0 && config->loop_wait.count() >= 0);
    return 0;
}
