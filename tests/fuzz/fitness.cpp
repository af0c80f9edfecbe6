// SPDX-License-Identifier: MIT
// What `preflight` judges: lines of the script, JSON of the services, HAProxy's configuration.
#include "harness/fitness/facts.h"
#include "harness/fitness/haproxy_pools.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    std::string_view const text = fuzz::text_of(data, size);
    FitnessFacts facts;
    take_lines(facts, text);
    take_json(facts, "config", text);
    for (std::string const& row : facts.all("slot")) {
        fuzz::expect(row.size() <= FitnessFacts::longest_value);
        fuzz::expect(columns_of(row, 5).size() >= 5);
    }
    fuzz::expect(facts.all("haproxy.line").size() <= FitnessFacts::most_values);
    auto const pools = haproxy_pools(facts.all("haproxy.line"), {5000, 5001});
    fuzz::expect(pools.size() <= 2);
    for (HaproxyPool const& pool : pools) fuzz::expect(pool.checked <= pool.servers);
    return 0;
}
