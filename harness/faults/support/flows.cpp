// SPDX-License-Identifier: MIT
#include "harness/faults/support/flows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/faults/support/ports.h"

namespace interregnum {

std::vector<OptionSpec> flow_options() {
    return {{.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "service",
             .fallback = "postgres",
             .doc = "whose connections, at either end: a list of etcd, postgres, patroni, redis, "
                    "sentinel, entries"},
            {.name = "percent",
             .type = OptionType::integer,
             .fallback = "100",
             .doc = "about how many of the present connections, in percent",
             .at_least = 1,
             .at_most = 100}};
}

Result<FlowChoice> flow_choice(FaultRequest const& request) {
    Options const& options = request.options;
    auto const ports = ports_of(options.text("service"), request.view.ports);
    if (!ports) return std::unexpected(ports.error());
    if (ports->empty()) return fail(Error::Kind::invalid, "\"service\" names none");
    return FlowChoice{.ports = fmt::format("{}", fmt::join(*ports, " ")),
                      .percent = std::to_string(options.integer("percent")),
                      .what = fmt::format("{}% of the present connections of {} on {}",
                                          options.integer("percent"), options.text("service"),
                                          fmt::join(request.targets, ", "))};
}

}  // namespace interregnum
