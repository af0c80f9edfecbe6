// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/fault.h"

namespace interregnum {

/// The options of a kind that hits the connections that are there: target, service, percent.
[[nodiscard]] std::vector<OptionSpec> flow_options();

/// Which connections those options mean, as the arguments PORTS and PERCENT of `flows`.
struct FlowChoice {
    std::string ports;
    std::string percent;
    std::string what;  ///< for people: "20% of the present connections of postgres on db1"
};
[[nodiscard]] Result<FlowChoice> flow_choice(FaultRequest const& request);

/// Shell text: defines `flows PORTS PERCENT`, which prints the TCP connections that are
/// established now with one of the ports (separated by blanks) at either end, but for those of
/// the node with itself: far address, far port, own address, own port. Of all, about PERCENT.
inline constexpr std::string_view define_flows = R"sh(
flows() {
    ss -tnH state established | awk -v ports="$1" -v percent="$2" '
        function address(end) {
            sub(/:[0-9]+$/, "", end); gsub(/[][]/, "", end); sub(/%.*/, "", end)
            sub(/^::ffff:/, "", end); return end
        }
        BEGIN { srand(); count = split(ports, list, " "); while (count) wanted[list[count--]] = 1 }
        {
            own = address($3); far = address($4); own_port = $3; far_port = $4
            sub(/.*:/, "", own_port); sub(/.*:/, "", far_port)
            if (!(own_port in wanted) && !(far_port in wanted)) next
            if (own == far || far ~ /^127\./ || far == "::1") next
            if (rand() * 100 >= percent) next
            print far, far_port, own, own_port
        }'
}
)sh";

}  // namespace interregnum
