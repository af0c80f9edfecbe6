// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/volumes.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// A writer on a frozen file system cannot be killed before the thaw. So nothing that the undo, the
// session or the journal needs may be on it. A file system that somebody else froze (a backup) is
// not ours to thaw: its freeze fails here, and no marker is left.
constexpr std::string_view freeze = R"sh(
id=$1
folder=$(folder_of "$2" "$3") && mount=$(stat -c %m -- "$folder") || exit 1
for needed in / /run /var /var/log /var/tmp /tmp /usr /etc /home /root /dev/shm; do
    ! same_volume "$folder" $needed || {
        echo "$folder is on the file system of $needed, without which the node cannot thaw it" >&2
        exit 1
    }
done
marker=/run/interregnum/frozen_disk.$id
mkdir -p /run/interregnum && printf '%s\n' "$mount" >"$marker.new" && mv "$marker.new" "$marker" || exit 1
fsfreeze -f -- "$mount" || { rm -f "$marker"; exit 1; }
)sh";

// `touch -a` leaves nothing but a time. It hangs until the thaw and ends then: nobody waits for
// it, and the first look that finds it hanging is the last.
constexpr std::string_view is_frozen = R"sh(
IFS= read -r mount 2>/dev/null <"/run/interregnum/frozen_disk.$1" || exit 1
setsid touch -a -- "$mount" </dev/null >/dev/null 2>&1 &
writer=$!; waited=0
while kill -0 $writer 2>/dev/null; do
    waited=$((waited + 1)); [ $waited -lt 20 ] || exit 0
    sleep 0.05
done
echo "$mount was written to" >&2; exit 1
)sh";

constexpr std::string_view thaw_function = R"sh(
# Thaws what a marker names. That it is not frozen, or gone, is fine.
thaw() {
    IFS= read -r mount 2>/dev/null <"$1" || { rm -f "$1"; return 0; }
    if [ -d "$mount" ] && ! said=$(LC_ALL=C fsfreeze -u -- "$mount" 2>&1); then
        case $said in *"Invalid argument"*) ;; *) echo "$said" >&2; return 1 ;; esac
    fi
    rm -f "$1"
}
)sh";

constexpr std::string_view thaw_one = R"sh(
marker=/run/interregnum/frozen_disk.$1
[ ! -e "$marker" ] || thaw "$marker" || exit 1
rm -f "$marker.new"; rmdir /run/interregnum 2>/dev/null || :
)sh";

constexpr std::string_view thaw_all = R"sh(
status=0
for marker in /run/interregnum/frozen_disk.*; do
    [ -e "$marker" ] || continue
    thaw "$marker" && echo "thawed $mount" || status=1
done
exit $status
)sh";

constexpr std::string_view residue = R"sh(
for marker in /run/interregnum/frozen_disk.*; do
    [ ! -e "$marker" ] || echo "frozen: $(cat "$marker")"
done
)sh";

std::string with_thaw(std::string_view script) {
    return std::string(thaw_function) + std::string(script);
}

std::string_view sweep() {
    static std::string const text = with_thaw(thaw_all);
    return text;
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    auto const volume = volume_arguments(options);
    if (!volume) return std::unexpected(volume.error());
    FaultPlan result{.targets = targets, .nodes_lost = targets, .hold = options.duration("for")};
    for (std::string const& node : targets) {
        std::vector<std::string> arguments{id};
        arguments.insert(arguments.end(), volume->begin(), volume->end());
        // Freezing first writes back what is dirty.
        result.inject.push_back(node_script(node,
                                            std::string(volume_functions()) + std::string(freeze),
                                            std::move(arguments), 30s));
        result.undo.push_back(node_script(node, with_thaw(thaw_one), {id}));
        result.evidence.push_back({.what = fmt::format("a write on {} hangs", node),
                                   .command = node_script(node, is_frozen, {id}),
                                   .relation = Evidence::Relation::succeeds});
    }
    result.summary = fmt::format("every write to {} hangs for {}", volume_name(options),
                                 format_duration(result.hold));
    return result;
}

std::vector<std::string_view> needs(Options const& /*options*/) { return {"fsfreeze"}; }

std::vector<OptionSpec> options() {
    std::vector<OptionSpec> all{
        {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true}};
    for (OptionSpec const& one : volume_options()) all.push_back(one);
    all.push_back({.name = "for",
                   .type = OptionType::duration,
                   .fallback = "60s",
                   .doc = "how long it stays frozen"});
    return all;
}

RegisterFault const registered{{
    .name = "disk.freeze",
    .summary = "a volume hangs: reads go on, every write waits (fsfreeze)",
    .options = options(),
    .plan = plan,
    .needs = needs,
    .sweep = sweep(),
    .residue = residue,
}};

}  // namespace
}  // namespace interregnum
