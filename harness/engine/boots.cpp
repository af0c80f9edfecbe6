// SPDX-License-Identifier: MIT
#include "harness/engine/boots.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace interregnum {

namespace {

using namespace std::chrono_literals;

/// A server that stops in good order may answer that long, and then no more.
constexpr Duration may_still_stop = 30s;

}  // namespace

FaultCommand Boots::boot_id_of(std::string const& node) {
    return {.node = node, .argv = {"cat", "/proc/sys/kernel/random/boot_id"}, .timeout = 2s};
}

Boots::Boots(std::vector<std::string> const& nodes) {
    for (std::string const& node : nodes) servers_.push_back({.node = node});
}

void Boots::look_before(Hands& hands, std::stop_token const& stop) {
    for (Server& server : servers_)
        if (auto const seen = hands.run_one(boot_id_of(server.node), stop);
            seen && seen->exit_status == 0)
            server.boot_before = seen->out;
}

std::string Boots::boot_before(std::string const& node) const {
    auto const found = std::ranges::find(servers_, node, &Server::node);
    return found == servers_.end() ? "" : found->boot_before;
}

bool Boots::all_back(Hands& hands, Duration told, WhyGone const& why_gone) {
    for (Server& server : servers_) {
        if (server.back) continue;
        auto const seen = hands.run_one(boot_id_of(server.node), {});
        if (!seen) {
            server.instead = seen.error().message;
            server.back = why_gone && !why_gone(server.node).empty();
            continue;
        }
        bool const as_before = !server.boot_before.empty() && seen->out == server.boot_before;
        server.instead = "it answers, and has not booted since";
        server.back = !as_before || told >= may_still_stop;
    }
    return std::ranges::all_of(servers_, &Server::back);
}

std::string Boots::missing() const {
    std::string text;
    for (Server const& server : servers_)
        if (!server.back)
            text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", server.node, server.instead);
    return text;
}

}  // namespace interregnum
