// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace interregnum {

/// Shell functions that find a node's own Patroni and speak through `patronictl`.
///
///   find_patroni   sets config (file) and scope: of the running Patroni, else of its unit, else
///                  where packages put it; says so and fails when there is none
///   ctl ...        patronictl with that configuration, after `find_patroni`
///   leader         the member that leads now; nothing when nobody does
///   succeed ...    ctl, which ends with 0 also when Patroni refused: this says what it said and
///                  fails then
inline constexpr std::string_view patroni_shell = R"sh(
find_patroni() {
    for pid in $(pgrep -f '(^|/| )patroni( |$)') unit; do
        if [ "$pid" = unit ]; then
            words=$(systemctl show -p ExecStart --value patroni.service 2>/dev/null |
                    sed -n 's/.*argv\[\]=\([^;]*\) ;.*/\1/p' | tr ' ' '\n')
        else
            words=$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline")
        fi
        config=$(printf '%s\n' "$words" | sed -n '/\(^\|\/\)patroni$/{n;p;q}')
        [ -z "$config" ] || [ ! -f "$config" ] || break
    done
    for usual in /etc/patroni/config.yml /etc/patroni/patroni.yml /etc/patroni.yml; do
        [ ! -f "$config" ] || break
        config=$usual
    done
    [ -f "$config" ] || { echo 'no configuration of Patroni is found here' >&2; return 1; }
    scope=$(sed -n 's/^scope:[[:space:]]*//p' "$config" | tr -d "\"'[:space:]")
    [ -n "$scope" ] || scope=$(ctl list -f json | sed -n 's/.*"Cluster": "\([^"]*\)".*/\1/p')
    [ -n "$scope" ] || { echo "no scope in $config" >&2; return 1; }
}
ctl() { LC_ALL=C.UTF-8 patronictl -c "$config" "$@"; }
leader() {
    ctl list -f json "$scope" | tr '{}' '\n\n' |
        sed -n '/"Role": "\(Standby \)\{0,1\}Leader"/s/.*"Member": "\([^"]*\)".*/\1/p'
}
succeed() {
    said=$(ctl "$@" 2>&1)
    case $said in *Success*) return 0 ;; esac
    printf '%s\n' "$said" | tail -n 4 >&2
    return 1
}
)sh";

}  // namespace interregnum
