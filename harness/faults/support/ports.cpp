// SPDX-License-Identifier: MIT
#include "harness/faults/support/ports.h"

#include <algorithm>

#include <fmt/format.h>

namespace interregnum {

std::vector<std::string> words_of(std::string_view list) {
    std::vector<std::string> words;
    while (!list.empty()) {
        std::size_t const end = list.find_first_of(", \t\n");
        if (end != 0) words.emplace_back(list.substr(0, end));
        if (end == std::string_view::npos) break;
        list.remove_prefix(end + 1);
    }
    return words;
}

Result<std::vector<std::uint16_t>> ports_of(std::string_view services, ServicePorts const& ports) {
    std::vector<std::uint16_t> found;
    for (std::string const& name : words_of(services)) {
        if (name == "etcd")
            found.insert(found.end(), {ports.etcd, ports.etcd_peer});
        else if (name == "postgres")
            found.push_back(ports.postgres);
        else if (name == "patroni")
            found.push_back(ports.patroni);
        else if (name == "redis")
            found.push_back(ports.redis);
        else if (name == "sentinel")
            found.push_back(ports.sentinel);
        else if (name == "entries")
            found.insert(found.end(), ports.entries.begin(), ports.entries.end());
        else
            return fail(Error::Kind::invalid,
                        name == "ssh" ? "SSH is never cut: it is the way to end the fault"
                                      : fmt::format("no service is named \"{}\" (there are: {})",
                                                    name, port_names));
    }
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    if (found.empty() && !words_of(services).empty())
        return fail(Error::Kind::invalid, "the inventory names no endpoints, so no port is cut");
    if (std::ranges::find(found, ports.ssh) != found.end())
        return fail(Error::Kind::invalid,
                    "one of these services has the port of SSH, which is never cut");
    return found;
}

}  // namespace interregnum
