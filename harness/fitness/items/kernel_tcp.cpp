// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

// With 15 retries (Linux' default) an unanswered connection lasts 924 s or longer, with 8 about
// 100 s (kernel documentation, ip-sysctl, tcp_retries2).
constexpr std::int64_t many_retries = 8;
constexpr std::int64_t long_keepalive = 600;  // seconds; Linux' default is 7,200

void judge(ClusterFacts const& facts, ItemResult& result) {
    std::vector<std::string> patient;
    std::vector<std::string> quiet;
    for (FitnessNode const& node : facts.nodes) {
        if (!result.needs(node, "sysctl")) continue;
        auto const retries = node.facts.number("sysctl.tcp_retries2");
        auto const keepalive = node.facts.number("sysctl.tcp_keepalive_time");
        if (!retries || !keepalive) {
            result.unknown(node.name + ": tcp_retries2 and tcp_keepalive_time");
            continue;
        }
        // PostgreSQL's own settings win over the kernel's, for its side.
        bool const bounded = node.facts.number("setting.tcp_user_timeout").value_or(0) > 0;
        bool const asks = node.facts.number("setting.tcp_keepalives_idle").value_or(0) > 0;
        if (*retries > many_retries && !bounded) patient.push_back(node.name);
        if (*keepalive > long_keepalive && !asks) quiet.push_back(node.name);
    }
    if (!patient.empty())
        result.warn(
            fmt::format("net.ipv4.tcp_retries2 is above {} and tcp_user_timeout is not set "
                        "on {}",
                        many_retries, fmt::join(patient, ", ")),
            "a connection to a server that is gone hangs for up to 15 minutes",
            "sysctl net.ipv4.tcp_retries2=8; tcp_user_timeout in PostgreSQL and in clients");
    if (!quiet.empty())
        result.note(fmt::format("net.ipv4.tcp_keepalive_time is above {} s on {}", long_keepalive,
                                fmt::join(quiet, ", ")),
                    "an idle connection to a server that is gone stays open for hours",
                    "sysctl net.ipv4.tcp_keepalive_time=60; tcp_keepalives_idle in PostgreSQL");
}

RegisterFitnessItem const registered{
    {.name = "kernel.tcp", .summary = "dead connections are noticed", .judge = judge}};

}  // namespace
}  // namespace interregnum
