// SPDX-License-Identifier: MIT
#include "harness/faults/support/processes.h"

namespace interregnum {

std::string_view process_functions() {
    // A process name in /proc/PID/stat may hold anything, so what counts begins after its last
    // bracket: state, parent, and 18 fields later the start time.
    return R"sh(
fields() {
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    set -- ${stat##*) }
    state=$1; parent=$2; start=${20}
}
postmaster() {
    other=
    for pid in $(pgrep -x 'postgres|postmaster'); do
        fields "$pid" || continue
        case $(cat "/proc/$parent/comm" 2>/dev/null) in postgres|postmaster) continue ;; esac
        if grep -q '/patroni\.service' "/proc/$pid/cgroup" 2>/dev/null; then
            echo "$pid $start"
            return
        fi
        [ -n "$other" ] || other="$pid $start"
    done
    [ -z "$other" ] || echo "$other"
}
main_process() {
    pid=$(systemctl show -p MainPID --value "$1.service") || return 1
    [ "${pid:-0}" != 0 ] && fields "$pid" || return 0
    echo "$pid $start"
}
serving() {
    case $1 in
        postmaster) postmaster; return ;;
        haproxy) pid=$(systemctl show -p MainPID --value "$2.service")
            worker=$(pgrep -n -x -P "${pid:-0}" haproxy)
            if [ -n "$worker" ] && fields "$worker"; then echo "$worker $start"; return; fi ;;
    esac
    main_process "$2"
}
)sh";
}

std::vector<std::string> nodes_lost_without(std::string_view process,
                                            std::vector<std::string> const& targets) {
    // Redis asks nobody for a majority; its Sentinels do.
    return process == "redis" ? std::vector<std::string>{} : targets;
}

}  // namespace interregnum
