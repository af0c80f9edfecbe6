// SPDX-License-Identifier: MIT
#include "harness/engine/arming.h"

#include <fmt/format.h>

#include "harness/base/shell_quote.h"
#include "harness/faults/support/node_script.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

std::int64_t hundredths(Duration span) {
    return std::chrono::ceil<std::chrono::duration<std::int64_t, std::centi>>(span).count();
}

/// A file that runs commands, each within its timeout. `on_failure` follows each.
std::string command_file(std::vector<FaultCommand> const& commands, std::string_view on_failure,
                         std::string_view at_end = "exit $status\n") {
    std::string text =
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
        "LC_ALL=C; export PATH LC_ALL; cd /; status=0\n";
    for (FaultCommand const& command : commands)
        text += fmt::format("timeout -s KILL {} {} </dev/null || {}\n", in_seconds(command.timeout),
                            shell_quote(command.argv), on_failure);
    return text + std::string(at_end);
}

Duration time_of(std::vector<FaultCommand> const& commands) {
    Duration all{};
    for (FaultCommand const& command : commands) all += command.timeout;
    return all;
}

/// Nodes inject as close together as can be: what comes before the commands starts no program.
std::string inject_file(Arming const& arming) {
    return fmt::format(R"sh(read -r up _ </proc/uptime; began=${{up%.*}}${{up#*.}}
printf '%s\n' $((began + {2})) >{0}/{1}/firing
over() {{
    code=$?
    read -r up _ </proc/uptime; now=${{up%.*}}${{up#*.}}
    [ $((now - began)) -le {3} ] || timeout -s KILL 1 sh {0}/{1}/renew </dev/null
    printf '' 2>/dev/null >{0}/{1}/firing
    exit $code
}}
)sh",
                       node_folder, arming.id, hundredths(time_of(arming.inject)),
                       hundredths(arming.lease / inject_renews_beyond)) +
           command_file(arming.inject, "over", "over\n");
}

std::string renew_file(Arming const& arming) {
    return fmt::format(R"sh(cd {0}/{1} 2>/dev/null && [ -e undo ] || exit {2}
read -r up _ </proc/uptime; now=${{up%.*}}${{up#*.}}
read -r limit <limit || exit 1
end=$((now + {3})); [ "$end" -le "$limit" ] || end=$limit
printf '%s\n' "$end" >lease.new && mv lease.new lease || exit 1
)sh",
                       node_folder, arming.id, healed_itself, hundredths(arming.lease)) +
           command_file(arming.renew, "exit");
}

// The folder is gone when nobody's fault is armed any more; so is the heal script then.
constexpr std::string_view tidy = R"sh(set -- /run/interregnum/*/undo
[ -e "$1" ] || rm -f /run/interregnum/heal
rmdir /run/interregnum 2>/dev/null || :
)sh";

std::string watch_file(Arming const& arming) {
    return fmt::format(R"sh(cd {0}/{1} || exit 0
printf '%s %s\n' "$$" "$(cut -d' ' -f22 "/proc/$$/stat")" >watching.new && mv watching.new watching
while [ -e undo ]; do
    read -r up _ </proc/uptime; now=${{up%.*}}${{up#*.}}
    read -r end <lease || end=0
    [ "$now" -lt "$end" ] ||
        {{ read -r busy <firing && [ "$now" -lt "$busy" ]; }} 2>/dev/null || break
    sleep 0.5
done
tries=0
until [ ! -e undo ] || sh ./undo >undo.log 2>&1; do
    tries=$((tries + 1)); [ $tries -lt 900 ] || exit 1
    sleep 1
done
[ -e undo ] || exit 0
logger -t interregnum 'undid {1} by itself: its lease was over' 2>/dev/null
cd / && rm -rf {0}/{1}
)sh",
                       node_folder, arming.id) +
           std::string(tidy);
}

constexpr std::string_view disarm_script = R"sh(
folder=/run/interregnum/$1
rm -f "$folder/undo"
systemctl stop "interregnum-$1.service" 2>/dev/null
if read -r pid start _ <"$folder/watching" 2>/dev/null; then
    [ "$(cut -d' ' -f22 "/proc/$pid/stat" 2>/dev/null)" != "$start" ] || kill "$pid" 2>/dev/null
fi
rm -rf "$folder"
)sh";

}  // namespace

std::string arm_text(Arming const& arming, std::string_view heal_text) {
    auto const file = [](std::string_view name, std::string_view content) {
        return fmt::format("printf %s {} >{} || fail 'cannot write {}'\n", shell_quote(content),
                           name, name);
    };
    std::string text = fmt::format(
        R"sh(umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
fail() {{ echo "$1" >&2; cd /; rm -rf {0}/{1}; rmdir {0} 2>/dev/null; exit 1; }}
mkdir -p {0} && mkdir {0}/{1} || {{ echo "{0}/{1} cannot be made" >&2; exit 1; }}
cd {0}/{1} || exit 1
read -r up _ </proc/uptime; now=${{up%.*}}${{up#*.}}
printf '%s\n' $((now + {2})) >lease && printf '%s\n' $((now + {3})) >limit || fail 'cannot write'
)sh",
        node_folder, arming.id, hundredths(arming.lease), hundredths(arming.limit));
    text += file("kind", arming.kind + "\n");
    text += file("inject", inject_file(arming));
    text += file("renew", renew_file(arming));
    text += file("watch", watch_file(arming));
    text += file("../heal.new", heal_text) + "mv ../heal.new ../heal\n";
    text += file("undo", command_file(arming.undo, "status=1"));
    text += fmt::format(
        R"sh(if [ -d /run/systemd/system ] && systemd-run --quiet --collect --unit=interregnum-{1} \
        -p OOMScoreAdjust=-1000 sh {0}/{1}/watch >/dev/null 2>&1; then :
else
    setsid nohup sh {0}/{1}/watch </dev/null >/dev/null 2>&1 &
    echo -1000 >"/proc/$!/oom_score_adj" 2>/dev/null
fi
waited=0
until [ -e watching ]; do
    waited=$((waited + 1)); [ $waited -le 100 ] || fail 'the watcher does not start'
    sleep 0.05
done
)sh",
        node_folder, arming.id);
    return text;
}

FaultCommand fire_command(std::string node, Arming const& arming) {
    FaultCommand command{
        .node = std::move(node),
        .argv = {"sh", fmt::format("{}/{}/inject", node_folder, arming.id)},
        .timeout = time_of(arming.inject) + 1s,
        .bounds_itself = true,
    };
    for (FaultCommand const& one : arming.inject)
        command.ends_session = command.ends_session || one.ends_session;
    return command;
}

FaultCommand renew_command(std::string node, std::string_view id) {
    // A folder that is gone takes the file with it, and sh then says 127 (POSIX) or 2 (dash).
    return node_script(std::move(node), "[ -e \"$1\" ] || exit \"$2\"\nexec sh \"$1\"",
                       {fmt::format("{}/{}/renew", node_folder, id), std::to_string(healed_itself)},
                       2s);
}

FaultCommand disarm_command(std::string node, std::string_view id) {
    return node_script(std::move(node), std::string(disarm_script) + std::string(tidy),
                       {std::string(id)});
}

}  // namespace interregnum
