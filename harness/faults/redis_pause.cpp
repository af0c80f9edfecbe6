// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_lock_shell.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/redis_shell.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// Arguments of all: $1 port, $2 milliseconds, $3 WRITE or ALL. Redis ends the pause by itself
// after that time, which is the kernel lease of this fault.
constexpr std::string_view functions = R"sh(
marker=/run/interregnum/redis_paused.$1
pause() {
    said=$(redis redis-server "$1" client pause "$2" "$3" 2>&1)
    [ "$said" = OK ] || { printf '%s\n' "${said:-no answer from Redis}" >&2; return 1; }
}
end() {
    said=$(redis redis-server "$1" client unpause 2>&1)
    case $said in OK|*refused*) ;; *) printf '%s\n' "${said:-no answer}" >&2; return 1 ;; esac
    rm -f "/run/interregnum/redis_paused.$1"
}
)sh";

constexpr std::string_view inject = R"sh(
mkdir -p /run/interregnum && : >"$marker" || exit 1
pause "$@"
)sh";

constexpr std::string_view renew = R"sh(
[ -d /run/interregnum ] || exit 0
may_renew || exit 1
[ -e "$marker" ] || exit 0
pause "$@"
)sh";

constexpr std::string_view undo = R"sh(
[ -d /run/interregnum ] || exit 0
may_undo || exit 1
[ ! -e "$marker" ] || end "$1" || exit 1
rmdir /run/interregnum 2>/dev/null || :
)sh";

// A pause of everything holds back the command that ends it, too: it can only be waited for.
constexpr std::string_view wait_for_end = R"sh(
[ -e "$marker" ] || exit 0
patience=$(($2 / 1000 + 3))
said=$(redis redis-server "$1" ping 2>&1)
case $said in PONG|*refused*) rm -f "$marker" ;; *) exit 1 ;; esac
rmdir /run/interregnum 2>/dev/null || :
)sh";

// Removing a key that is not there writes nothing, but waits as a write does. A client that gave
// up takes its command with it.
constexpr std::string_view writes_wait = R"sh(
patience=1
[ "$(redis redis-server "$1" ping)" = PONG ] || exit 1
redis redis-server "$1" del interregnum:no-such-key >/dev/null 2>&1
[ $? = 137 ]
)sh";

constexpr std::string_view everything_waits = R"sh(
patience=1
redis redis-server "$1" ping >/dev/null 2>&1
[ $? = 137 ]
)sh";

constexpr std::string_view sweep_all = R"sh(
status=0
for marker in /run/interregnum/redis_paused.*; do
    [ -e "$marker" ] || continue
    patience=15
    if may_undo && end "${marker##*.}"; then echo "ended the pause of Redis on port ${marker##*.}"
    else status=1; fi
done
exit $status
)sh";

std::string const sweep = shell_text({redis_shell, node_lock_shell, functions, sweep_all});

constexpr std::string_view residue = R"sh(
for marker in /run/interregnum/redis_paused.*; do
    [ ! -e "$marker" ] || echo "Redis paused on port ${marker##*.}"
done
)sh";

std::string milliseconds(Duration span) {
    return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(span).count());
}

Status check_targets(std::vector<std::string> const& targets, ClusterView const& view) {
    for (std::string const& name : targets) {
        NodeView const* const node = view.node(name);
        if (node == nullptr) return fail(Error::Kind::not_found, "no node is named " + name);
        if (node->redis_role != "master")
            return fail(Error::Kind::invalid,
                        fmt::format("Redis on {} is no master: it refuses writes anyway; target "
                                    "\"redis_master\", or pause \"all\"",
                                    name));
    }
    return {};
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    bool const all = options.text("what") == "all";
    Duration const hold = options.duration("for");
    if (all && hold > lease)
        return fail(Error::Kind::invalid,
                    fmt::format("a pause of \"all\" can neither be renewed nor ended early, since "
                                "Redis holds those commands back too: \"for\" must be at most the "
                                "lease ({})",
                                format_duration(lease)));
    if (!all)
        if (auto good = check_targets(targets, view); !good) return std::unexpected(good.error());
    FaultPlan result{.targets = targets, .hold = hold};
    std::vector<std::string> const arguments{
        std::to_string(view.ports.redis), milliseconds(all ? hold : lease), all ? "ALL" : "WRITE"};
    auto const script = [&](std::string const& node, std::string_view part, Duration timeout) {
        return node_script(node, shell_text({redis_shell, node_lock_shell, functions, part}),
                           arguments, timeout);
    };
    for (std::string const& node : targets) {
        result.inject.push_back(script(node, inject, 5s));
        result.undo.push_back(all ? script(node, wait_for_end, hold + 10s)
                                  : script(node, undo, 10s));
        if (!all) result.renew.push_back(script(node, renew, 5s));
        result.evidence.push_back(
            {.what =
                 fmt::format("{} to Redis on {} get no answer", all ? "commands" : "writes", node),
             .command = script(node, all ? everything_waits : writes_wait, 8s),
             .relation = Evidence::Relation::succeeds});
    }
    result.summary =
        fmt::format("Redis holds back {} on {} node(s) for {}", all ? "everything" : "writes",
                    targets.size(), format_duration(hold));
    return result;
}

RegisterFault const registered{{
    .name = "redis.pause",
    .summary = "Redis keeps its clients waiting (CLIENT PAUSE; Redis 6.2 or newer)",
    .options =
        {
            {.name = "target",
             .type = OptionType::role,
             .fallback = "redis_master",
             .doc = "role or node"},
            {.name = "what",
             .fallback = "writes",
             .doc = "writes: reads and Sentinel's pings are answered; all: nothing is, so that "
                    "Sentinel takes it for dead",
             .choices = {"writes", "all"}},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "15s",
             .doc = "how long; with \"all\" at most the lease"},
        },
    .plan = plan,
    .needs = [](Options const& /*options*/) { return std::vector<std::string_view>{"redis-cli"}; },
    .sweep = sweep,
    .residue = residue,
}};

}  // namespace
}  // namespace interregnum
