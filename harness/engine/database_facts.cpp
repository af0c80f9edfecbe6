// SPDX-License-Identifier: MIT
#include "harness/engine/database_facts.h"

#include <fmt/format.h>

#include "harness/faults/support/database_shell.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {

namespace {

// A POSIX extended expression, for PostgreSQL's `~` and for grep.
constexpr std::string_view follows_role =
    "primary_conninfo|primary_slot_name|synchronous_standby_names|recovery_[a-z_]*|"
    "restore_command|archive_cleanup_command|promote_trigger_file|hot_standby";

// The data folder is where the postmaster works. psql reads its own here-document, so nothing of
// the script that goes on behind it.
constexpr std::string_view asked = R"sh(
members=" $* "; set --
pm=
for child in $(pgrep -x 'postgres|postmaster' 2>/dev/null); do
    { read -r _ && read -r _ && read -r _ && read -r listens
    } 2>/dev/null <"/proc/$child/cwd/postmaster.pid" || continue
    postmaster "$listens" && break
    pm=
done
facts_of_database() {
    sql 2>/dev/null <<SQL
select 'db.replay=' || case when not pg_is_in_recovery() then 'not paused'
    when pg_is_wal_replay_paused() then 'paused' else 'not paused' end;
select 'setting.' || name || '=' || case
    when name ~ 'command|conninfo|passphrase|password' and setting <> ''
    then 'hash ' || hashtext(setting) else translate(setting, E'\\n\\r', '  ') end
    from pg_settings where source in ('environment variable', 'configuration file',
        'command line', 'global', 'database', 'user', 'database user')
    and name !~ '^($follows_role)\$' order by name;
select 'slot=' || slot_name || ' ' || slot_type ||
    case when to_jsonb(slot) ->> 'wal_status' = 'lost' then ' lost' else '' end
    from pg_replication_slots as slot where not temporary order by slot_name;
SQL
}
slots_of_others() {
    sed -n 's/^slot=//p' | while read -r slot type; do
        case $members in *" $slot "*) continue ;; esac
        ! grep -qs "\"$slot\"" "$data/patroni.dynamic.json" || continue
        printf '%s (%s) ' "$slot" "$type"
    done
}
if [ -n "$pm" ]; then
    data=$(readlink "/proc/$pm/cwd")
    if said=$(facts_of_database) && [ -n "$said" ]; then
        line postgres answers
        printf '%s\n' "$said" | grep -v '^slot='
        line db.slots "$(printf '%s\n' "$said" | slots_of_others)"
    else
        line postgres 'does not answer'
    fi
    altered=$(grep '^[[:space:]]*[A-Za-z_]' "$data/postgresql.auto.conf" 2>/dev/null |
        grep -vE "^[[:space:]]*($follows_role)[[:space:]]*=" | sort)
    line db.auto_conf "$([ -z "$altered" ] || { printf '%s\n' "$altered" |
        sed 's/[[:space:]]*=.*//' | tr '\n' ' '; printf '%s' "$altered" | sum; })"
    if [ -e "$data/patroni.dynamic.json" ]; then
        if grep -q '"pause": *true' "$data/patroni.dynamic.json"; then line patroni.pause paused
        else line patroni.pause 'not paused'; fi
        line patroni.config "$(tr ',{}' '\n\n\n' <"$data/patroni.dynamic.json" |
            sed 's/^ *//; s/ *$//; /^$/d' | sort | sum)"
    fi
fi
)sh";

}  // namespace

std::string database_facts() {
    return shell_text({database_shell, fmt::format("follows_role='{}'\n", follows_role), asked});
}

std::string slot_of_member(std::string_view member) {
    std::string slot;
    for (char const letter : member) {
        auto const byte = static_cast<unsigned char>(letter);
        if (letter >= 'A' && letter <= 'Z')
            slot += static_cast<char>(letter - 'A' + 'a');
        else if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                 letter == '_')
            slot += letter;
        else if (letter == '-' || letter == '.')
            slot += '_';
        else
            slot += fmt::format("u{:04}", byte);
    }
    return slot;
}

}  // namespace interregnum
