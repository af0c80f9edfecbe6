// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "harness/probe.h"

namespace interregnum {

/// The node that is known by this address, or the address itself when no node is, or several are.
/// Services tell where something is by an address; records speak of nodes.
[[nodiscard]] std::string node_at(ProbeContext const& context, std::string_view address);

/// The same of what a server says of its own address. One that was reached through a pooler on its
/// own host says the loopback address, which every server has: then "", not known.
[[nodiscard]] std::string server_at(ProbeContext const& context, std::string_view address);

/// The node of that name, or nullptr.
[[nodiscard]] ProbeNode const* node_named(ProbeContext const& context, std::string_view name);

/// What an attempt writes is found again by this; unique in a run.
[[nodiscard]] std::string token_of(record::Attempt const& attempt);

/// A number of its own for each client of a run, to seed what it draws.
[[nodiscard]] std::uint64_t client_number(record::StreamDeclared const& stream, int index);

/// The node or host in an entry's name: "app1" of "app1:5000".
[[nodiscard]] std::string_view host_of_entry(std::string_view entry);

/// All keys of ours in Redis begin so.
inline constexpr std::string_view our_keys = "interregnum:";

/// Keys that are read back in the end live for so many seconds: more than the longest drill
/// (`longest_chaos` in harness/scenario/chaos.cpp, 12 h) with its waits. `drop` removes them
/// before.
inline constexpr std::string_view keys_live_s = "86400";

/// The prefix of the keys of this run: "interregnum:2026-11-22T03-10-44-kill-leader:".
[[nodiscard]] std::string run_keys(ProbeContext const& context);

/// A text as a pattern of SCAN that matches just it.
[[nodiscard]] std::string escape_glob(std::string_view text);

}  // namespace interregnum
