// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace interregnum {

/// Shell function `redis UNIT PORT WORD...`: redis-cli with a node's own Redis or Sentinel, whose
/// password (if it has one) is read from its configuration and is in no argument list: redis-cli
/// takes it from its environment. Ends in time, whatever the server does.
inline constexpr std::string_view redis_shell = R"sh(
redis() {
    file=$(systemctl show -p ExecStart --value "$1.service" 2>/dev/null |
           sed -n 's/.*argv\[\]=\([^;]*\) ;.*/\1/p' | tr ' ' '\n' | grep -m 1 '\.conf$')
    case $1 in *sentinel*) usual=sentinel.conf ;; *) usual=redis.conf ;; esac
    for known in "/etc/redis/$usual" "/etc/$usual"; do
        [ ! -f "$file" ] || break
        file=$known
    done
    password=$(sed -n 's/^[[:space:]]*requirepass[[:space:]]\{1,\}//p' "$file" 2>/dev/null |
               tail -n 1 | sed 's/[[:space:]]*$//; s/^"\(.*\)"$/\1/; s/^'\''\(.*\)'\''$/\1/')
    listens=$(sed -n 's/^[[:space:]]*bind[[:space:]]\{1,\}//p' "$file" 2>/dev/null | tail -n 1)
    case " $listens " in
        '  '|*' 127.0.0.1 '*|*' -127.0.0.1 '*|*' 0.0.0.0 '*|*'*'*) host=127.0.0.1 ;;
        *) host=${listens%% *}; host=${host#-} ;;
    esac
    at=$2; shift 2
    if [ -n "$password" ]; then REDISCLI_AUTH=$password; export REDISCLI_AUTH; fi
    timeout -s KILL "${patience:-3}" redis-cli -h "$host" -p "$at" "$@" </dev/null
}
)sh";

}  // namespace interregnum
