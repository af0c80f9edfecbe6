// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// `stats LINE` asks HAProxy through the first of its sockets that may change anything. The marker
// holds what was taken out, "backend/server" one a line.
constexpr std::string_view functions = R"sh(
find_socket() {
    pid=$(pgrep -o -x haproxy) || return 1
    socket=
    for config in $(tr '\0' '\n' <"/proc/$pid/cmdline" | sed -n '/^-f$/{n;p;}') \
            /etc/haproxy/haproxy.cfg; do
        [ -f "$config" ] || continue
        socket=$(sed -n 's|^[[:space:]]*stats[[:space:]]\{1,\}socket[[:space:]]\{1,\}\(.*\)|\1|p' \
                     "$config" | grep -w 'level[[:space:]]*admin' | sed 's/^unix@//' |
                 grep -m 1 '^/' | cut -d' ' -f1)
        [ -z "$socket" ] || return 0
    done
    echo 'HAProxy has no stats socket with "level admin"' >&2; return 1
}
stats() {
    perl -MSocket -e '
        alarm 4;
        socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die "no socket: $!\n";
        connect($s, pack_sockaddr_un($ARGV[0])) or die "$ARGV[0]: $!\n";
        syswrite($s, "$ARGV[1]\n");
        print while <$s>;' "$socket" "$1"
}
change() {
    while read -r server; do
        said=$(stats "set server $server state $2" | tr -d '\n') || return 1
        case $said in ''|'No such '*) ;; *) echo "$server: $said" >&2; return 1 ;; esac
    done <"$1"
}
restore() {
    ! pgrep -x haproxy >/dev/null || { find_socket && change "$1" ready; } || return 1
    rm -f "$1"
}
)sh";

// $1 id, $2 drain or maint, $3 a backend or nothing, then names and addresses of servers. What
// its owner has taken out already is not ours to put back, so it is left alone.
constexpr std::string_view inject = R"sh(
find_socket || { echo 'HAProxy does not run here' >&2; exit 1; }
state=$(stats 'show servers state') || exit 1
mkdir -p /run/interregnum || exit 1
marker=/run/interregnum/haproxy_drained.$1; mode=$2; only=$3; shift 3
printf '%s\n' "$state" | while read -r _ backend _ server address _ admin _; do
    [ "$admin" = 0 ] || continue
    [ -z "$only" ] || [ "$only" = "$backend" ] || continue
    for wanted in "$@"; do
        [ "$wanted" = "$server" ] || [ "$wanted" = "$address" ] || continue
        echo "$backend/$server"; break
    done
done >"$marker"
[ -s "$marker" ] || { rm -f "$marker"; echo 'no such server is in use here' >&2; exit 1; }
change "$marker" "$mode"
)sh";

constexpr std::string_view undo = R"sh(
marker=/run/interregnum/haproxy_drained.$1
[ ! -e "$marker" ] || restore "$marker" || exit 1
rmdir /run/interregnum 2>/dev/null || :
)sh";

// All of them are out, and one of those was in use: a server that is down stays "DOWN" when it is
// drained.
constexpr std::string_view is_out = R"sh(
marker=/run/interregnum/haproxy_drained.$1
[ -s "$marker" ] && find_socket || exit 1
case $2 in drain) bit=8; word=DRAIN ;; *) bit=1; word=MAINT ;; esac
stats 'show servers state' | awk -v bit=$bit '
    NR == FNR { want[$1]; count++; next }
    ($2 "/" $4) in want && int($7 / bit) % 2 { out++ }
    END { exit !(count > 0 && out == count) }' "$marker" - || exit 1
stats 'show stat' | awk -F, -v word=$word '
    NR == FNR { want[$1]; next }
    ($1 "/" $2) in want && index($18, word) == 1 { out++ }
    END { exit !out }' "$marker" -
)sh";

constexpr std::string_view sweep_all = R"sh(
status=0
for marker in /run/interregnum/haproxy_drained.*; do
    [ -e "$marker" ] || continue
    names=$(tr '\n' ' ' <"$marker")
    if restore "$marker"; then echo "put back: $names"; else status=1; fi
done
exit $status
)sh";

std::string const sweep = shell_text({functions, sweep_all});

constexpr std::string_view residue = R"sh(
for marker in /run/interregnum/haproxy_drained.*; do
    [ ! -e "$marker" ] || echo "out of HAProxy: $(tr '\n' ' ' <"$marker")"
done
)sh";

/// What HAProxy accepts in a name; nothing else goes into a line of its socket.
bool is_backend_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_' || c == '.' || c == ':';
    });
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    std::string const backend = options.has("backend") ? options.text("backend") : "";
    if (options.has("backend") && !is_backend_name(backend))
        return fail(Error::Kind::invalid,
                    "\"backend\" is the name of a backend: letters, digits, '-', '_', '.', ':'");
    std::vector<std::string> const arguments{id, options.text("mode")};
    std::vector<std::string> wanted{id, options.text("mode"), backend};
    std::vector<std::string> names;
    for (std::string const& role : options.roles("server"))
        for (std::string const& name : resolve_role(view, role)) {
            names.push_back(name);
            wanted.push_back(name);
            NodeView const* const node = view.node(name);
            if (node == nullptr) continue;
            wanted.push_back(node->address);
            wanted.insert(wanted.end(), node->addresses.begin(), node->addresses.end());
        }
    if (names.empty())
        return fail(Error::Kind::invalid,
                    fmt::format("nobody is {} now", fmt::join(options.roles("server"), ",")));
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    for (std::string const& node : targets) {
        result.inject.push_back(node_script(node, shell_text({functions, inject}), wanted));
        result.undo.push_back(node_script(node, shell_text({functions, undo}), {id}, 20s));
        result.evidence.push_back(
            {.what = fmt::format("HAProxy on {} says {}", node, options.text("mode")),
             .command = node_script(node, shell_text({functions, is_out}), arguments),
             .relation = Evidence::Relation::succeeds});
    }
    result.summary =
        fmt::format("{} in {} on {} HAProxy(s) for {}", fmt::join(names, ", "),
                    options.text("mode"), targets.size(), format_duration(result.hold));
    return result;
}

RegisterFault const registered{{
    .name = "haproxy.drain",
    .summary = "HAProxy gives a server no new connections; those there are stay",
    .options =
        {
            {.name = "target",
             .type = OptionType::role,
             .fallback = "haproxy",
             .doc = "role or node: whose HAProxy"},
            {.name = "server",
             .type = OptionType::role,
             .doc = "which server to take out: a role or node, found by name or address",
             .required = true},
            {.name = "backend", .doc = "only in this backend; absent: in all that have it"},
            {.name = "mode",
             .fallback = "drain",
             .doc = "drain: still checked; maint: no longer checked either",
             .choices = {"drain", "maint"}},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "30s",
             .doc = "how long it is out"},
        },
    .plan = plan,
    .needs = [](Options const& /*options*/) { return std::vector<std::string_view>{"perl"}; },
    .sweep = sweep,
    .residue = residue,
}};

}  // namespace
}  // namespace interregnum
