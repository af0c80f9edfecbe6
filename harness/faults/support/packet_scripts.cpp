// SPDX-License-Identifier: MIT
#include "harness/faults/support/packet_scripts.h"

namespace interregnum::packet_script {

// What the node alone can know is found first, then one transaction makes the table with all of
// it. sudo clears SSH_CONNECTION, so it is looked for in the processes above this one; without it
// nothing is touched.
//
// A peer is matched by the inventory's address, by what its name resolves to, and, where it is on
// the same link, by its hardware address: that covers its IPv6 and further addresses, which nobody
// here knows. Not when that hardware address is a router's, our way home, or another node's too.
std::string_view const inject = R"sh(
table="inet interregnum_$1" rules=$2; shift 2
refuse() { echo "$1" >&2; exit 1; }
pid=$$ connection=
while [ "${pid:-0}" -gt 1 ] && [ -z "$connection" ]; do
    connection=$(tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null |
        sed -n '/^SSH_CONNECTION=/{s///p;q;}')
    pid=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d' ' -f2)
done
read -r client _ _ port _ <<END
$connection
END
client=${client%%\%*}
case $port in ''|*[!0-9]*) refuse 'the SSH connection to exempt cannot be found' ;; esac
element() {
    case $3 in
        ''|*[!0-9a-fA-F.:]*) ;;
        *:*) echo "add element $table ${1}6 { $3$2 }" ;;
        *.*) echo "add element $table ${1}4 { $3$2 }" ;;
    esac
}
case $client in ::ffff:*.*) client=${client#::ffff:} ;; esac
exempt=$(element ssh " . $port" "$client")
[ -n "$exempt" ] || refuse 'the SSH connection to exempt cannot be found'
resolve() {
    case $1 in
        *:*) echo "$1" ;;
        *[!0-9.]*) getent ahosts -- "$1" | cut -d' ' -f1 | sort -u ;;
        *) echo "$1" ;;
    esac
}
peers= others= side=peers
for name; do
    if [ "$name" = -- ]; then side=others; continue; fi
    found=$(resolve "$name") && [ -n "$found" ] || refuse "$name does not resolve"
    [ $side = peers ] && peers="$peers $found" || others="$others $found"
done
hardware() { ip neigh show to "$1" 2>/dev/null | sed -n 's/.* lladdr \([0-9a-f:]*\).*/\1/p'; }
elements=
if [ -n "$peers" ]; then
    for address in $peers; do
        [ -n "$(hardware "$address")" ] || ! command -v bash >/dev/null ||
            timeout 0.3 bash -c 'exec 2>/dev/null; echo >"/dev/udp/$1/9"' bash "$address"
    done
    not_theirs=$({ for address in $others $client; do hardware "$address"; done
        for address in $({ ip route show; ip -6 route show; } 2>/dev/null |
            sed -n 's/.* via \(inet6 \)\{0,1\}\([^ ]*\).*/\2/p' | sort -u); do
            hardware "$address"
        done; })
    for address in $peers; do
        elements="$elements
$(element peer '' "$address")"
        case $(ip -o route get "$address" 2>/dev/null) in *' via '*|'') continue ;; esac
        mac=$(hardware "$address" | head -n 1)
        [ -n "$mac" ] || continue
        case "
$not_theirs
" in *"
$mac
"*) continue ;; esac
        elements="$elements
add element $table peer_mac { $mac }"
    done
fi
text="$rules
$exempt
$elements"
printf '%s\n' "$text" | nft -c -f - && printf '%s\n' "$text" | nft -f -
)sh";

std::string_view const undo = R"sh(
command -v nft >/dev/null || exit 0
nft "add table inet interregnum_$1; delete table inet interregnum_$1"
)sh";

// As a triple in one transaction: it works whether the element is there or has expired. One that
// had expired is told with the engine's status for "has healed itself": the first lease is shorter
// than the nodes' own, so that nothing else shows the gap.
std::string_view const renew = R"sh(
was=$(nft list set inet "interregnum_$1" lease) || exit 1
set -- "inet interregnum_$1 lease" "$2"
nft "add element $1 { ipv4 timeout 1s, ipv6 timeout 1s }; delete element $1 { ipv4, ipv6 }; \
add element $1 { ipv4 timeout $2, ipv6 timeout $2 }" || exit 1
case $was in *ipv4*) ;; *) echo 'the lease in the kernel was over' >&2; exit 3 ;; esac
)sh";

// One attempt that is lost holds up those after it, so where only some are lost, several go side
// by side.
std::string_view const provoke = R"sh(
table=interregnum_$1 attempts=$2 ports=$3; shift 3
nft list set inet "$table" lease 2>/dev/null | grep -q ipv4 ||
    { echo 'no rule of ours is in force' >&2; exit 1; }
side_by_side=1
[ "$attempts" = 1 ] || side_by_side='1 2 3 4 5 6 7 8'
! command -v bash >/dev/null || for peer; do
    for port in $ports; do
        for _ in $side_by_side; do
            timeout -s KILL 0.4 bash -c '
                for ((i = 0; i < $3; ++i)); do { : <"/dev/tcp/$1/$2"; } 2>/dev/null; done' \
                bash "$peer" "$port" "$attempts" </dev/null >/dev/null 2>&1 &
        done
    done
done
wait
)sh";

std::string_view const hit = R"sh(
nft list counter inet "${table:-interregnum_$1}" hit 2>/dev/null | grep -q 'packets [1-9]' ||
    { echo 'no packet came under the rules' >&2; exit 1; }
)sh";

}  // namespace interregnum::packet_script
