// SPDX-License-Identifier: MIT
#include "probes/session/names.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/cluster/addresses.h"

namespace interregnum {

std::string node_at(ProbeContext const& context, std::string_view address) {
    ProbeNode const* const found = find_by_address(context.nodes, address);
    return found == nullptr ? std::string(address) : found->name;
}

std::string server_at(ProbeContext const& context, std::string_view address) {
    ProbeNode const* const found = find_by_address(context.nodes, address);
    if (found != nullptr) return found->name;
    return is_loopback(address) ? "" : std::string(address);
}

ProbeNode const* node_named(ProbeContext const& context, std::string_view name) {
    auto const found = std::ranges::find(context.nodes, name, &ProbeNode::name);
    return found == context.nodes.end() ? nullptr : &*found;
}

std::string token_of(record::Attempt const& attempt) {
    return fmt::format("{}-{}", attempt.stream, attempt.number);
}

std::uint64_t client_number(record::StreamDeclared const& stream, int index) {
    constexpr unsigned stream_bits = 32;
    return (static_cast<std::uint64_t>(stream.id) << stream_bits) |
           static_cast<std::uint64_t>(index);
}

std::string_view host_of_entry(std::string_view entry) { return entry.substr(0, entry.rfind(':')); }

std::string run_keys(ProbeContext const& context) {
    return fmt::format("{}{}:", our_keys, context.run_id);
}

std::string escape_glob(std::string_view text) {
    std::string escaped;
    for (char const each : text) {
        if (std::string_view("*?[]\\^-").contains(each)) escaped += '\\';
        escaped += each;
    }
    return escaped;
}

}  // namespace interregnum
