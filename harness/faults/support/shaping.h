// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/fault.h"

namespace interregnum {

/// What packets that leave the targets go through.
///
/// A tree of our own (HTB, handle 7c:) becomes the root of the device; it is only ever added where
/// the kernel's default is, never in place of somebody's own. Packets that the rules of
/// `PacketRules` send into its class 7c:20 are shaped; all others, SSH among them, pass it
/// directly. The rules hold the kernel's lease: when it is over nothing is shaped any more, and
/// the empty tree waits for the node's own undo.
struct Shaping {
    std::string_view kind;
    /// What comes after "netem" for tc; none: only `bytes_per_s`.
    std::vector<std::string> netem;
    std::uint64_t bytes_per_s{};  ///< 0: as good as unlimited
    std::string what;             ///< for people: "delayed by 100ms"
};

/// The options that every kind of shaping has, around its own: target, to, ..., for.
[[nodiscard]] std::vector<OptionSpec> shaping_options(std::vector<OptionSpec> own);

[[nodiscard]] Result<FaultPlan> plan_shaping(FaultRequest const& request, Shaping const& shaping);

/// `FaultKind::sweep` and `residue`. The kind with `strays` also answers for a tree of ours of
/// which no note says by which kind it was made.
[[nodiscard]] std::string shaping_sweep(std::string_view kind);
[[nodiscard]] std::string shaping_residue(std::string_view kind, bool strays);

/// Milliseconds as tc wants them: "100ms", "0.250ms".
[[nodiscard]] std::string for_tc(Duration span);

}  // namespace interregnum
