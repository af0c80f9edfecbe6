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

[[nodiscard]] Result<FaultPlan> plan_shaping(FaultRequest const& request, Shaping const& shaping);

/// Completes a kind that shapes packets: the options around its own (target, to, ..., for), the
/// needs (netem too unless it is only a rate), the sweep and the residue. The kind that is only a
/// rate also answers for a tree of ours of which no note says by which kind it was made.
[[nodiscard]] FaultKind shaping_kind(FaultKind own, bool only_rate = false);

/// The option "percent" of kinds that hit some of the packets, and those kinds' plan: what netem
/// calls it ("duplicate") and what people do ("duplicated").
[[nodiscard]] OptionSpec share_option(std::string_view fallback, std::string_view doc);
[[nodiscard]] Result<FaultPlan> plan_share(FaultRequest const& request, std::string_view kind,
                                           std::string netem, std::string_view done);

/// Milliseconds as tc wants them: "100ms", "0.250ms".
[[nodiscard]] std::string for_tc(Duration span);

}  // namespace interregnum
