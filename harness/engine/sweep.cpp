// SPDX-License-Identifier: MIT
#include "harness/engine/sweep.h"

#include <fmt/format.h>

#include "harness/fault.h"

namespace interregnum {

namespace {

constexpr std::string_view preamble = R"sh(
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C; export PATH LC_ALL
)sh";

// The undo file goes first of its folder, which is what ends the watcher; then the unit.
constexpr std::string_view armed_faults = R"sh(
status=0
for undo in /run/interregnum/*/undo; do
    [ -e "$undo" ] || continue
    folder=${undo%/undo}; id=${folder##*/}; kind=$(cat "$folder/kind" 2>/dev/null)
    if sh "$undo"; then
        rm -f "$undo"
        systemctl stop "interregnum-$id.service" 2>/dev/null
        rm -rf "$folder"
        echo "undid $kind ($id)"
    else
        echo "$kind ($id) could not be undone" >&2; status=1
    fi
done
)sh";

std::string body(std::string_view text) { return fmt::format("(\n{}\n)", text); }

enum class RunLock { removed, left };

std::string make_sweep(RunLock lock) {
    std::string script = std::string(preamble) + std::string(armed_faults);
    for (FaultKind const* kind : Registry<FaultKind>::all()) {
        if (kind->sweep.empty()) continue;
        script += fmt::format("# {}\n{} || {{ echo '{} is not undone' >&2; status=1; }}\n",
                              kind->name, body(kind->sweep), kind->name);
    }
    if (lock == RunLock::removed) script += "rm -f /run/interregnum.owner*\n";
    return script + "[ $status != 0 ] || rm -rf /run/interregnum\nexit $status\n";
}

// The space in "$( (" matters: "$((" would begin an arithmetic expression.
std::string make_residues() {
    std::string script(preamble);
    for (FaultKind const* kind : Registry<FaultKind>::all()) {
        if (kind->residue.empty()) continue;
        script += fmt::format("printf 'ours.{}=%s\\n' \"$( {} 2>/dev/null | tr '\\n' ' ')\"\n",
                              kind->name, body(kind->residue));
    }
    return script;
}

}  // namespace

std::string const& sweep_script() {
    static std::string const script = make_sweep(RunLock::removed);
    return script;
}

std::string const& sweep_script_of_a_run() {
    static std::string const script = make_sweep(RunLock::left);
    return script;
}

std::string const& residue_script() {
    static std::string const script = make_residues();
    return script;
}

}  // namespace interregnum
