// SPDX-License-Identifier: MIT
#include "harness/faults/support/replay_hold.h"

#include <fmt/format.h>

#include "harness/base/shell_quote.h"
#include "harness/faults/support/database_shell.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

// pg_wal_replay_pause() alone does not last: since PostgreSQL 14 Patroni resumes a paused replay in
// each of its cycles. So replay is paused only to bring the startup process to a point where it
// holds no lock, and there the process itself is stopped (SIGSTOP); then the pause is lifted, and
// nobody sees one. For a moment it is let go, closely watched, when replay is further behind than
// the goal: half a minute of a shop's orders is replayed within some milliseconds.
//
// A stopped process can be neither promoted nor shut down. So a loop looks five times a second
// whether such a signal waits for it, and then lets it go for good: to Patroni the replica is what
// a lagging one is. The loop bounds its own time, and ends when its goal file goes. When its time
// is over first it leaves its script, by which the renewal finds out that nothing is held any more.
//
//   lag_goal.PORT  kind and amount      lag_held.PORT  pid and start time of what is stopped
//   lag_loop.PORT  the loop's script    lag_pid.PORT   its pid and start time, without systemd
constexpr std::string_view loop = R"sh(
at=$1; deadline=$2; goal=/run/interregnum/lag_goal.$1; held=/run/interregnum/lag_held.$1
name=interregnum_lag
going() {
    read -r up _ </proc/uptime
    [ -e "$goal" ] && [ "${up%%.*}" -lt "$deadline" ]
}
# SIGINT, SIGQUIT, SIGUSR2 (promote) or SIGTERM
wanted_elsewhere() {
    pending=$(sed -n 's/^ShdPnd:[[:space:]]*[0-9a-f]*\(....\)$/\1/p' "/proc/$startup/status") 
    [ -z "$pending" ] || [ $((0x$pending & 0x4806)) != 0 ]
}
# The session must see the replay reach the goal before more is replayed: it comes before the
# process that it lets go, or runs beside it.
hurry() {
    [ "$(nproc)" -gt 1 ] || return 0
    tries=0
    while [ $tries -lt 20 ]; do
        session=$(name=interregnum; sql -c "select min(pid) from pg_stat_activity
                                            where application_name = 'interregnum_lag'")
        if [ -n "$session" ]; then
            chrt -f -p 1 "$session" || renice -n -20 -p "$session"; return
        fi
        tries=$((tries + 1)); sleep 0.1
    done
}
# Whoever resumes it in between (Patroni) may have set it going: then it is not stopped, or let go.
looks() {
    printf "select set_config('interregnum.goal', '%s', false);\n" "$amount"
    hurry >/dev/null
    printf '%s\n' '\set is_over true'
    while going && ! wanted_elsewhere; do
        printf '%s\n' '\if :is_over' 'select pg_wal_replay_pause();' "\\! kill -CONT $startup" \
            "$let_go" '\set is_held false' \
            "select pg_get_wal_replay_pause_state() = 'paused' as is_safe \\gset" \
            '\if :is_safe' "\\! kill -STOP $startup" \
            "select pg_get_wal_replay_pause_state() = 'paused' as is_held \\gset" \
            '\if :is_held' 'select pg_wal_replay_resume();' '\else' "\\! kill -CONT $startup" \
            '\endif' '\endif' '\endif' || break
        sleep 0.2
        printf '%s\n' "select coalesce($too_far, false) or not :'is_held'::boolean as is_over \\gset" || break
    done
}
while going; do
    startup=
    ! postmaster "$at" || startup=$(name=interregnum; sql -c "select pid from pg_stat_activity
        where backend_type = 'startup' and pg_is_in_recovery()" 2>/dev/null)
    if [ -n "$startup" ] && read -r kind amount <"$goal"; then
        start=$(started "$startup")
        echo "$startup $start" >"$held"
        looks 2>/dev/null | sql >/dev/null 2>&1
        [ "$(started "$startup")" != "$start" ] || kill -CONT "$startup"
    fi
    ! going || sleep 0.5
done
! postmaster "$at" || resume_replay
[ -e "$goal" ] || rm -f "/run/interregnum/lag_loop.$at"
rm -f "$goal" "$held" "/run/interregnum/lag_pid.$at"
rmdir /run/interregnum 2>/dev/null || :
)sh";

/// SQL that is true while replay is `factor` times as far behind as the goal, or further, and has
/// something to do.
std::string behind(ReplayGoal::Kind kind, double factor) {
    switch (kind) {
        case ReplayGoal::Kind::nothing:
            return "false";
        case ReplayGoal::Kind::seconds:
            return fmt::format(
                "(clock_timestamp() - pg_last_xact_replay_timestamp() > "
                "make_interval(secs => {} * current_setting('interregnum.goal')::float8) "
                "and pg_last_wal_replay_lsn() < pg_last_wal_receive_lsn())",
                factor);
        case ReplayGoal::Kind::bytes:
            return fmt::format(
                "(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) > "
                "{} * current_setting('interregnum.goal')::numeric)",
                factor);
    }
    return "false";
}

/// Lets replay go until it is at the goal, then waits until it stands still.
std::string let_go(ReplayGoal::Kind kind) {
    return fmt::format(R"sql(do $look$
declare patience timestamptz := clock_timestamp() + interval '100 ms';
begin
    if {0} then
        perform pg_wal_replay_resume();
        loop exit when not {0} or clock_timestamp() > patience; end loop;
        perform pg_wal_replay_pause();
    end if;
    for tries in 1..500 loop
        exit when pg_get_wal_replay_pause_state() = 'paused';
        if not pg_is_wal_replay_paused() then perform pg_wal_replay_pause(); end if;
        perform pg_sleep(0.001);
    end loop;
end $look$;)sql",
                       behind(kind, 1.0));
}

// Not let go at each look: the less often, the less often Patroni meets a pause.
constexpr double patience_factor = 1.1;

std::string loop_text(ReplayGoal::Kind kind) {
    return shell_text({"too_far=", shell_quote(behind(kind, patience_factor)),
                       "\nlet_go=", shell_quote(let_go(kind)), database_shell, loop});
}

// $1 port, $2 kind and amount, $3 the loop's script, $4 seconds the loop may last. Without systemd
// the loop is a session of its own.
constexpr std::string_view inject = R"sh(
[ "$(sql -c 'show server_version_num')" -ge 140000 ] || {
    echo 'replay can be held on PostgreSQL 14 or newer' >&2; exit 1
}
mkdir -p /run/interregnum && cd /run/interregnum || exit 1
[ ! -e "lag_goal.$1" ] || { echo 'replay is held here already' >&2; exit 1; }
read -r up _ </proc/uptime
printf '%s' "$3" >"lag_loop.$1" && echo "$2" >"lag_goal.$1" || exit 1
set -- "$1" sh "/run/interregnum/lag_loop.$1" "$1" $((${up%%.*} + $4))
at=$1; shift
if [ -d /run/systemd/system ] && systemd-run --quiet --collect --unit="interregnum-lag-$at" "$@"
then exit 0; fi
setsid nohup "$@" </dev/null >/dev/null 2>&1 &
echo "$! $(started "$!")" >"lag_pid.$at"
)sh";

// The goal goes first: without it the loop ends by itself. A look that is still under way in
// PostgreSQL could pause replay once more, so its session is ended before replay is resumed.
constexpr std::string_view release = R"sh(
release() {
    rm -f "/run/interregnum/lag_goal.$1"
    systemctl stop "interregnum-lag-$1.service" 2>/dev/null
    if read -r pid start 2>/dev/null <"/run/interregnum/lag_pid.$1"; then
        [ "$(started "$pid")" != "$start" ] || kill -KILL -- "-$pid"
    fi
    if read -r pid start 2>/dev/null <"/run/interregnum/lag_held.$1" && [ -n "$start" ]; then
        [ "$(started "$pid")" != "$start" ] || kill -CONT "$pid" || return 1
    fi
    if postmaster "$1"; then
        tries=0
        while [ "$(sql -c "select count(pg_terminate_backend(pid)) from pg_stat_activity
                           where application_name = 'interregnum_lag'")" != 0 ]; do
            tries=$((tries + 1)); [ $tries -lt 40 ] || return 1
            sleep 0.1
        done
        resume_replay || return 1
    fi
    rm -f "/run/interregnum/lag_loop.$1" "/run/interregnum/lag_pid.$1" \
        "/run/interregnum/lag_held.$1"
    rmdir /run/interregnum 2>/dev/null || :
}
)sh";

// Nothing is renewed: it looks whether the loop lives, which somebody may have killed or whose time
// may be over. The engine's status for "has healed itself" tells so. While the loop begins (its
// script is there, and nothing is held yet) it is too early to say.
constexpr std::string_view renew = R"sh(
cd /run/interregnum 2>/dev/null && [ -e "lag_loop.$1" ] || exit 0
over() { echo 'the loop that holds replay has ended' >&2; exit 3; }
[ -e "lag_goal.$1" ] || { sleep 0.2; [ -e "lag_goal.$1" ]; } || over
[ -e "lag_held.$1" ] || exit 0
lives() {
    if read -r pid start 2>/dev/null <"lag_pid.$1"; then [ "$(started "$pid")" = "$start" ]
    else systemctl is-active --quiet "interregnum-lag-$1.service"; fi
}
lives "$1" || { sleep 0.2; lives "$1"; } || over
)sh";

constexpr std::string_view undo = R"sh(
for marker in "/run/interregnum/lag_loop.$1" "/run/interregnum/lag_held.$1"; do
    [ ! -e "$marker" ] || { release "$1"; exit; }
done
)sh";

constexpr std::string_view sweep_all = R"sh(
status=0
for marker in /run/interregnum/lag_loop.* /run/interregnum/lag_held.*; do
    [ -e "$marker" ] || continue
    if release "${marker##*.}"; then echo "let replay go on port ${marker##*.}"
    else status=1; fi
done
exit $status
)sh";

constexpr std::string_view stands_still = R"sh(
read -r pid start <"/run/interregnum/lag_held.$1" && [ "$(started "$pid")" = "$start" ] &&
    grep -q '^State:[[:space:]]*T' "/proc/$pid/status"
)sh";

}  // namespace

FaultCommand hold_replay(std::string const& node, std::uint16_t port, ReplayGoal const& goal,
                         Duration longest) {
    std::string_view const word = goal.kind == ReplayGoal::Kind::nothing ? "nothing" : "behind";
    return node_script(
        node, shell_text({database_shell, can_pause_replay, inject}),
        {std::to_string(port), fmt::format("{} {}", word, goal.amount), loop_text(goal.kind),
         std::to_string(std::chrono::ceil<std::chrono::seconds>(longest).count())});
}

FaultCommand let_replay_go(std::string const& node, std::uint16_t port) {
    return node_script(node, shell_text({database_shell, release, undo}), {std::to_string(port)},
                       30s);
}

FaultCommand is_hold_kept(std::string const& node, std::uint16_t port) {
    return node_script(node, shell_text({database_shell, renew}), {std::to_string(port)}, 1500ms);
}

FaultCommand is_replay_held(std::string const& node, std::uint16_t port) {
    return node_script(node, shell_text({database_shell, stands_still}), {std::to_string(port)});
}

std::string_view replay_hold_sweep() {
    static std::string const script = shell_text({database_shell, release, sweep_all});
    return script;
}

std::string_view const replay_still_residue = R"sh(
for goal in /run/interregnum/lag_goal.*; do
    ! grep -qs '^nothing ' "$goal" || echo "replay held still on port ${goal##*.}"
done
)sh";

std::string_view const replay_behind_residue = R"sh(
for goal in /run/interregnum/lag_goal.*; do
    ! grep -qs '^behind ' "$goal" || echo "replay held behind on port ${goal##*.}"
done
for marker in /run/interregnum/lag_loop.* /run/interregnum/lag_held.*; do
    [ ! -e "$marker" ] || [ -e "/run/interregnum/lag_goal.${marker##*.}" ] || echo "${marker##*/}"
done
systemctl list-units --plain --no-legend 'interregnum-lag-*' 2>/dev/null | cut -d' ' -f1
)sh";

}  // namespace interregnum
