// SPDX-License-Identifier: MIT
#include "harness/engine/fitness_script.h"

#include "harness/faults/support/database_shell.h"
#include "harness/faults/support/patroni_shell.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {

namespace {

constexpr std::string_view begin = R"sh(
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C; export PATH LC_ALL; cd /
have() { command -v "$1" >/dev/null 2>&1; }
line() { printf '%s=%s\n' "$1" "$2"; }
unknown() { line "unknown.$1" "$(printf '%s' "$2" | tail -n 1)"; }
)sh";

constexpr std::string_view of_system = R"sh(
for key in tcp_retries2 tcp_keepalive_time tcp_keepalive_intvl tcp_keepalive_probes; do
    line "sysctl.$key" "$(cat /proc/sys/net/ipv4/$key 2>/dev/null)"
done
line asked sysctl
line os.libc "$(getconf GNU_LIBC_VERSION 2>/dev/null)"
line asked os
if have chronyc && said=$(timeout 5 chronyc -c tracking 2>/dev/null) && [ -n "$said" ]; then
    case $said in *,Normal|*'Insert second'|*'Delete second') line timekeeper.synchronised yes ;;
    *) line timekeeper.synchronised no ;; esac
    line asked timekeeper
elif said=$(timeout 5 timedatectl show -p NTPSynchronized --value 2>&1) && [ -n "$said" ]; then
    if [ "$said" = no ] && systemd-detect-virt -cq 2>/dev/null; then
        unknown timekeeper 'a container has the clock of its host: ask there'
    else
        line timekeeper.synchronised "$said"; line asked timekeeper
    fi
else
    unknown timekeeper 'neither chronyc nor timedatectl answers'
fi
)sh";

// Block style as Patroni's own samples have it. Of passwords not even the names are printed.
constexpr std::string_view of_patroni = R"sh(
yaml_paths() {
    awk '
    /^[ \t]*(#|$)/ { next }
    {
        match($0, /^ */); indent = RLENGTH; text = substr($0, indent + 1)
        colon = index(text, ":")
        if (text ~ /^- / || !colon) next
        key = substr(text, 1, colon - 1); value = substr(text, colon + 1)
        sub(/^[ \t]+/, "", value); sub(/[ \t]+#.*$/, "", value); sub(/[ \t\r]+$/, "", value)
        gsub(/^["\047]|["\047]$/, "", value)
        while (depth > 0 && at[depth] >= indent) depth--
        at[++depth] = indent; names[depth] = key
        path = names[1]
        for (i = 2; i <= depth; i++) path = path "." names[i]
        if (path ~ /^(watchdog|postgresql|postgresql\.authentication)$/ && value ~ /^[{&*]/)
            print "unknown.yaml=" path " is written in a way that is not read"
        if (path ~ /^(etcd|etcd3|consul|zookeeper|exhibitor|kubernetes|raft)$/) print "yaml." path "="
        if (path ~ /^(watchdog\.(mode|device|safety_margin)|postgresql\.(use_pg_rewind|remove_data_directory_on_rewind_failure|remove_data_directory_on_diverged_timelines|authentication\.(rewind|superuser)\.username))$/)
            print "yaml." path "=" value
    }' "$1"
}
# Of a link the kernel tells where it leads.
holds() {
    for fd in "/proc/$1/fd"/*; do
        [ "$(readlink "$fd" 2>/dev/null)" != "$2" ] || return 0
    done
    return 1
}
if why=$(find_patroni 2>&1) && find_patroni; then
    yaml_paths "$config"
    device=$(yaml_paths "$config" | sed -n 's/^yaml\.watchdog\.device=//p' | tail -n 1)
    [ -n "$device" ] || device=/dev/watchdog
    real=$(readlink -f "$device") || real=$device
    if [ "$pid" != unit ] && [ -r "/proc/$pid/environ" ]; then
        tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^\(PATRONI_[A-Z0-9_]*\)=.*/yaml.environment=\1/p'
        if holds "$pid" "$real"; then line watchdog.held yes; else line watchdog.held no; fi
        if [ -c "$device" ]; then line watchdog.device yes; else line watchdog.device no; fi
        line asked watchdog
    else
        unknown watchdog 'Patroni does not run'
    fi
    line asked yaml
else
    unknown yaml "$why"; unknown watchdog "$why"
fi
)sh";

// Every query has an end (statement_timeout) and may not write. Columns are separated by tabs,
// which `clean` keeps out of names. Of settings the value is asked that sessions begin with
// (reset_val): in one that came through a local socket those of TCP are shown as 0, whatever they
// are. `sql` gives its sessions a statement_timeout to begin with, so this one's options are
// others. What is set for the role that asks, or for the database `postgres`, is not the node's:
// there it is what the files say, which only a superuser may read: what is not shown does not
// count. Of a role that cannot log in no session ever begins.
constexpr std::string_view of_postgresql = R"sh(
ask() {
    source=$1; shift
    if said=$({ echo 'set default_transaction_read_only = on;'; cat; } | sql "$@" 2>&1); then
        printf '%s\n' "$said"
        [ "$source" = id ] || line asked "$source"
    else
        unknown "$source" "$said"
    fi
}
sources='setting role_setting rewinder slot archiver id collation disk'
if ! postmaster "$1"; then
    for source in $sources; do unknown "$source" "no PostgreSQL listens on port $1"; done
else
ask setting -d "dbname=postgres options='-c application_name=interregnum'" <<'SQL'
set statement_timeout = 8000;
select coalesce(string_agg(lower(split_part(one, '=', 1)), ' '), '') as own, count(*) > 0 as has_own
    from pg_db_role_setting s left join pg_roles r on r.oid = setrole
    left join pg_database d on d.oid = setdatabase, unnest(setconfig) one
    join pg_settings on lower(name) = lower(split_part(one, '=', 1))
    where (name !~ 'command|conninfo|passphrase|password' and vartype <> 'string'
    or name in ('TimeZone', 'log_timezone', 'synchronous_standby_names'))
    and (rolname = session_user or datname = current_database())
    and coalesce(rolname, session_user) = session_user
    and coalesce(datname, current_database()) = current_database() \gset
select 'setting.' || name || '=' || translate(coalesce(reset_val, ''), E'\n\r\t', '   ')
    from pg_settings where (name !~ 'command|conninfo|passphrase|password' and vartype <> 'string'
    or name in ('TimeZone', 'log_timezone', 'synchronous_standby_names'))
    and lower(name) <> all (string_to_array(:'own', ' '));
\if :has_own
select 'setting.' || s.name || '=' || translate(case when f.setting is null then coalesce(boot_val, '')
    when unit in ('ms', 's', 'min') and f.setting ~ '[a-z]' then (extract(epoch from
    f.setting::interval) / extract(epoch from ('1' || unit)::interval))::bigint::text
    else f.setting end, E'\n\r\t', '   ')
    from pg_settings s left join pg_file_settings f on lower(f.name) = lower(s.name) and f.applied
    where (s.name !~ 'command|conninfo|passphrase|password' and vartype <> 'string'
    or s.name = 'TimeZone') and lower(s.name) = any (string_to_array(:'own', ' '));
\endif
SQL
ask role_setting <<'SQL'
select 'role_setting=' || coalesce(translate(rolname, E'\n\r\t', '   '), '') || E'\t'
    || coalesce(translate(datname, E'\n\r\t', '   '), '') || E'\t' || translate(one, E'\n\r\t', '   ')
    from pg_db_role_setting s left join pg_roles r on r.oid = setrole
    left join pg_database d on d.oid = setdatabase, unnest(setconfig) one
    where one ~* '^(synchronous_commit|timezone|statement_timeout|fsync|full_page_writes)='
    and (setrole = 0 or rolcanlogin) limit 500;
SQL
ask rewinder <<'SQL'
select 'rewinder=' || rolname from pg_roles where rolcanlogin
    and has_function_privilege(oid, 'pg_ls_dir(text, boolean, boolean)', 'execute')
    and has_function_privilege(oid, 'pg_stat_file(text, boolean)', 'execute')
    and has_function_privilege(oid, 'pg_read_binary_file(text)', 'execute')
    and has_function_privilege(oid, 'pg_read_binary_file(text, bigint, bigint, boolean)', 'execute')
    limit 500;
SQL
ask slot <<'SQL'
select 'slot=' || slot_name || E'\t' || slot_type || E'\t' || case when active then 't' else 'f' end
    || E'\t' || coalesce(pg_wal_lsn_diff(case when pg_is_in_recovery() then
    pg_last_wal_receive_lsn() else pg_current_wal_lsn() end, restart_lsn)::bigint, 0) || E'\t'
    || coalesce(wal_status, '') from pg_replication_slots where not temporary limit 500;
SQL
ask archiver <<'SQL'
select 'archiver=' || failed_count || E'\t'
    || case when last_failed_time > coalesce(last_archived_time, '-infinity') then 't' else 'f' end
    || E'\t' || coalesce(extract(epoch from now() - last_archived_time)::bigint::text, '')
    from pg_stat_archiver;
SQL
ask collation <<'SQL'
select 'collation=' || translate(datname, E'\n\r\t', '   ') || E'\t' || coalesce(datcollversion, '')
    || E'\t' || coalesce(pg_database_collation_actual_version(oid), '')
    from pg_database where datallowconn limit 500;
SQL
sql -c "select datname from pg_database where datallowconn and datname <> 'template1' order by 1 limit 50" |
while read -r database; do
    quoted=$(printf '%s' "$database" | sed "s/[\\\\']/\\\\&/g")
    ask id -d "dbname='$quoted'" <<'SQL'
select 'id=' || translate(current_database(), E'\n\r\t', '   ') || E'\t'
    || translate(format('sequence %I.%I', n.nspname, c.relname), E'\n\r\t', '   ') || E'\t'
    || q.last_value || E'\t' || least(q.max_value, case a.atttypid when 21 then 32767
    when 23 then 2147483647 else 9223372036854775807 end)
    from pg_sequences q join pg_namespace n on n.nspname = q.schemaname
    join pg_class c on c.relnamespace = n.oid and c.relname = q.sequencename
    left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid
    and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') and d.refobjsubid > 0
    left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where q.increment_by > 0 and not q.cycle and q.last_value is not null
    and q.last_value > least(q.max_value, case a.atttypid when 21 then 32767
    when 23 then 2147483647 else 9223372036854775807 end) / 2 limit 200;
select format('select ''id='' || translate(current_database(), E''\n\r\t'', ''   '') || E''\t'' || %L
    || E''\t'' || max(%I) || E''\t%s'' from %I.%I having max(%I) > %s',
    translate(format('column %I.%I.%I', n.nspname, c.relname, a.attname), E'\n\r\t', '   '),
    a.attname, top, n.nspname, c.relname, a.attname, top / 2)
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0],
    lateral (select case a.atttypid when 21 then 32767 else 2147483647 end as top) t
    where i.indisunique and i.indisvalid and i.indpred is null and a.atttypid in (21, 23)
    and c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname !~ '^pg_' order by c.reltuples desc limit 300 \gexec
SQL
done
line asked id
data=$(readlink "/proc/$pm/cwd")
for place in data wal; do
    folder=$data; [ $place = data ] || folder=$data/pg_wal/
    line "disk.$place" "$(df -P "$folder" 2>/dev/null | awk 'NR == 2 { print $5 + 0 }')"
done
line asked disk
fi
)sh";

// Passwords stand in `tcp-check send`, in `userlist` and behind a check's headers.
constexpr std::string_view of_haproxy = R"sh(
haproxy_files() {
    for pid in $(pgrep -o -x haproxy); do
        tr '\0' '\n' <"/proc/$pid/cmdline" | awk 'take { print; take = 0 } $0 == "-f" { take = 1 }'
    done
}
files=$(haproxy_files 2>/dev/null)
if [ -z "$files" ]; then unknown haproxy 'no HAProxy runs, or none with -f FILE'
else
    for file in $files; do
        if [ -d "$file" ]; then unknown haproxy "$file is a folder, which is not read"; continue; fi
        [ -r "$file" ] || { unknown haproxy "$file is not readable"; continue; }
        head -c 262144 "$file" | sed -n '
            s/[[:space:]]*HTTP\/[0-9].*//; s/[[:space:]]!\{0,1\}f\{0,1\}hdr[[:space:]].*//
            /^[[:space:]]*\(global\|defaults\|listen\|frontend\|backend\|peers\|resolvers\|userlist\|mailers\|cache\|program\|ring\|http-errors\|fcgi-app\)\([[:space:]]\|$\)/p
            /^[[:space:]]*\(bind\|default_backend\|default-server\|server\|timeout\|option\|mode\)[[:space:]]/p
            /^[[:space:]]*http-check[[:space:]]/p
            /^[[:space:]]*tcp-check[[:space:]]\{1,\}expect[[:space:]]/p' | sed 's/^/haproxy.line=/'
    done
    line asked haproxy
fi
)sh";

}  // namespace

std::string const& fitness_script() {
    static std::string const script = shell_text(
        {begin, database_shell, patroni_shell, of_system, of_patroni, of_postgresql, of_haproxy});
    return script;
}

}  // namespace interregnum
