// SPDX-License-Identifier: MIT
#include "harness/faults/support/held_unit.h"

#include <fmt/format.h>

#include "harness/faults/support/node_script.h"
#include "harness/faults/support/processes.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

// PostgreSQL writes a checkpoint before it ends; systemd's own patience is 90 s.
constexpr Duration stop_timeout = 100s;
constexpr Duration start_timeout = 60s;

// $1 mark, $2 unit, $3 signal or "stop", $4 whom, $5 "hold" or "". The marker comes first: with
// it `undo` knows that the unit ran, and if it is held. systemd older than 252 says --kill-who.
constexpr std::string_view down_script = R"sh(
systemctl is-active --quiet "$2.service" || { echo "$2 does not run" >&2; exit 1; }
mkdir -p /run/interregnum && printf '%s' "$5" > "/run/interregnum/$1.$2" || exit 1
if [ -n "$5" ]; then
    folder=/run/systemd/system/$2.service.d
    mkdir -p "$folder" && printf '[Unit]\nConditionPathExists=/run/interregnum/never\n' \
        > "$folder/interregnum-$1.conf" && systemctl daemon-reload || exit 1
fi
if [ "$3" = stop ]; then
    systemctl stop "$2.service"
else
    systemctl kill -s "$3" --kill-whom="$4" "$2.service" 2>/dev/null ||
        systemctl kill -s "$3" --kill-who="$4" "$2.service"
fi
)sh";

// As a function, since undo and sweep both need it: bring_back MARK UNIT. A held one is reloaded
// each time: an undo that was cut short may have taken the drop-in away and not told systemd, which
// would then not start the unit, and say that all is well.
constexpr std::string_view back_function = R"sh(
bring_back() {
    marker=/run/interregnum/$1.$2; folder=/run/systemd/system/$2.service.d
    if [ -e "$folder/interregnum-$1.conf" ] || [ -s "$marker" ]; then
        rm -f "$folder/interregnum-$1.conf"
        rmdir "$folder" 2>/dev/null
        systemctl daemon-reload || return 1
    fi
    [ -e "$marker" ] || return 0
    systemctl reset-failed "$2.service" 2>/dev/null
    systemctl start "$2.service" || return 1
    rm -f "$marker"
    rmdir /run/interregnum 2>/dev/null || :
}
)sh";

// A drop-in without its marker is looked for as well.
constexpr std::string_view sweep_text = R"sh(
status=0
for found in /run/interregnum/{0}.* /run/systemd/system/*.service.d/interregnum-{0}.conf; do
    [ -e "$found" ] || continue
    case $found in
        /run/interregnum/*) unit=${{found##*/{0}.}} ;;
        *) unit=${{found%.service.d/*}}; unit=${{unit##*/}} ;;
    esac
    bring_back {0} "$unit" && echo "brought $unit back" || status=1
done
exit $status
)sh";

constexpr std::string_view residue_text = R"sh(
for found in /run/interregnum/{0}.*; do
    [ ! -e "$found" ] || echo "brought down and not back: ${{found##*/{0}.}}"
done
for found in /run/systemd/system/*.service.d/interregnum-{0}.conf; do
    [ ! -e "$found" ] || echo "kept from starting by $found"
done
)sh";

}  // namespace

FaultCommand bring_down(std::string node, UnitDown const& down) {
    return node_script(std::move(node), down_script,
                       {std::string(down.mark), std::string(down.unit), down.signal,
                        std::string(down.whom), down.hold ? "hold" : ""},
                       down.signal == "stop" ? stop_timeout : Duration(15s));
}

FaultCommand bring_back(std::string node, std::string_view mark, std::string_view unit) {
    return node_script(std::move(node), std::string(back_function) + "bring_back \"$1\" \"$2\"\n",
                       {std::string(mark), std::string(unit)}, start_timeout);
}

FaultCommand main_process_of(std::string node, std::string_view unit) {
    return node_script(std::move(node), std::string(process_functions()) + "main_process \"$1\"\n",
                       {std::string(unit)});
}

FaultCommand is_down(std::string node, std::string_view unit) {
    return node_script(std::move(node),
                       "case $(systemctl show -p ActiveState --value \"$1.service\") in\n"
                       "inactive|failed) exit 0 ;; *) exit 1 ;;\nesac\n",
                       {std::string(unit)});
}

std::string held_unit_sweep(std::string_view mark) {
    return std::string(back_function) + fmt::format(fmt::runtime(sweep_text), mark);
}

std::string held_unit_residue(std::string_view mark) {
    return fmt::format(fmt::runtime(residue_text), mark);
}

}  // namespace interregnum
