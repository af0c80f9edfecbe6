// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace interregnum {

/// Scripts of a kind that leaves one marker a fault, `/run/interregnum/STEM.ID`, which says what
/// its undo must know. What is its own is the shell function `restore MARKER`: it undoes what the
/// marker says, from any state, sets `undid` (for people: "thawed /srv") and removes the marker.
struct MarkedKind {
    std::string_view stem;     ///< "frozen_disk"
    std::string_view restore;  ///< defines `restore`, and what it calls
    /// Defines `strays ID`, which lists, one a line, files of the fault that can outlive the
    /// marker; '*' for those of every fault. Empty: there can be none.
    std::string_view strays{};
    /// A shell command that tells what "$marker" means: `echo "frozen: $(cat "$marker")"`.
    std::string_view tell;
};

/// A shell function for the inject script, to be called before anything is changed:
///   mark STEM.ID TEXT  writes the marker, whole or not at all, and sets `marker`
inline constexpr std::string_view mark_function = R"sh(
mark() {
    marker=/run/interregnum/$1
    mkdir -p /run/interregnum && printf '%s\n' "$2" >"$marker.new" && mv "$marker.new" "$marker"
}
)sh";

/// Undoes the fault $1.
[[nodiscard]] std::string restore_one(MarkedKind const& kind);

/// `FaultKind::sweep` and `FaultKind::residue`.
[[nodiscard]] std::string restore_all(MarkedKind const& kind);
[[nodiscard]] std::string marked_residue(MarkedKind const& kind);

}  // namespace interregnum
