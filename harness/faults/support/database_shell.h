// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace interregnum {

/// Shell functions that find a node's own PostgreSQL and talk to it through its local socket, as
/// the user that it runs as. Nothing of a password is needed, and nothing of Patroni.
///
///   postmaster PORT   sets pm (pid) and socket (folder); fails when none runs on that port
///   sql ARGUMENT...   psql with that PostgreSQL, after `postmaster`; bounded in time
///   started PID       start time of a process, which with its pid is an identity
///   resume_replay     resumes replay, after `postmaster`; fine where it is not paused
inline constexpr std::string_view database_shell = R"sh(
postmaster() {
    for child in $(pgrep -x 'postgres|postmaster'); do
        { read -r pm && read -r _ && read -r _ && read -r at && read -r socket
        } 2>/dev/null <"/proc/$child/cwd/postmaster.pid" || continue
        [ "$at" != "$1" ] || [ ! -e "/proc/$pm/exe" ] || { port=$at; return 0; }
    done
    return 1
}
sql() {
    psql=$(readlink "/proc/$pm/exe"); psql=${psql%/*}/psql; [ -x "$psql" ] || psql=psql
    PGCONNECT_TIMEOUT=5 PGOPTIONS='-c statement_timeout=8000' PGAPPNAME="${name:-interregnum}" \
        runuser -u "$(stat -c %U "/proc/$pm")" -- "$psql" -XAtq -v ON_ERROR_STOP=1 \
        -d postgres -h "$socket" -p "$port" "$@"
}
started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
resume_replay() { sql -c 'select pg_wal_replay_resume() where pg_is_in_recovery()' >/dev/null; }
)sh";

/// Looks before replay is paused on port $1: fails where that would be no replica's, or somebody
/// else's. Goes behind `database_shell`.
inline constexpr std::string_view can_pause_replay = R"sh(
postmaster "$1" || { echo "no PostgreSQL listens on port $1" >&2; exit 1; }
paused=$(sql -c 'select case when pg_is_in_recovery() then pg_is_wal_replay_paused() end') || exit 1
case $paused in
    f) ;;
    t) echo 'replay is paused already, and not by this fault: resume it first' >&2; exit 1 ;;
    *) echo 'this PostgreSQL replays nothing: it is no replica' >&2; exit 1 ;;
esac
)sh";

}  // namespace interregnum
