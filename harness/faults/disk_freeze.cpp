// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/markers.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/shell_text.h"
#include "harness/faults/support/volumes.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// A writer on a frozen file system cannot be killed before the thaw. So nothing that the undo, the
// session or the journal needs may be on it. A file system that somebody else froze (a backup) is
// not ours to thaw: its freeze fails here, and no marker is left. The marker is locked until the
// freeze is over, also by an fsfreeze that outlives its shell: a thaw in the middle of it would
// find nothing frozen yet, and leave for ever what is frozen then.
constexpr std::string_view freeze = R"sh(
id=$1
folder=$(folder_of "$2" "$3") && mount=$(stat -c %m -- "$folder") || exit 1
for needed in / /run /var /var/log /var/tmp /tmp /usr /etc /home /root /dev/shm; do
    ! same_volume "$folder" $needed || {
        echo "$folder is on the file system of $needed, without which the node cannot thaw it" >&2
        exit 1
    }
done
mark "frozen_disk.$id" "$mount" || exit 1
exec 9<"$marker" || exit 1
! command -v flock >/dev/null || flock -n 9 || exit 1
[ -e "$marker" ] || { echo 'it was undone meanwhile' >&2; exit 1; }
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

// That what a marker names is not frozen, or gone, is fine. Of two that thaw, such as we and the
// node itself, the second finds no marker: what is frozen by then is somebody else's.
constexpr std::string_view thaw = R"sh(
restore() {
    IFS= read -r mount 2>/dev/null <"$1" || { rm -f "$1"; return 0; }
    undid="thawed $mount"
    {
        ! command -v flock >/dev/null || flock -w 5 9 || {
            echo "$mount is still being frozen, or thawed" >&2; return 1
        }
        [ -e "$1" ] || return 0
        if [ -d "$mount" ] && ! said=$(LC_ALL=C fsfreeze -u -- "$mount" 2>&1); then
            case $said in *"Invalid argument"*) ;; *) echo "$said" >&2; return 1 ;; esac
        fi
        rm -f "$1"
    } 9<"$1"
}
)sh";

constexpr MarkedKind marked{
    .stem = "frozen_disk", .restore = thaw, .tell = R"sh(echo "frozen: $(cat "$marker")")sh"};

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    auto const arguments = volume_arguments(id, options);
    if (!arguments) return std::unexpected(arguments.error());
    FaultPlan result{.targets = targets, .nodes_lost = targets, .hold = options.duration("for")};
    std::string const script = shell_text({volume_functions(), mark_function, freeze});
    for (std::string const& node : targets) {
        // Freezing first writes back what is dirty.
        result.inject.push_back(node_script(node, script, *arguments, 30s));
        result.undo.push_back(node_script(node, restore_one(marked), {id}));
        result.evidence.push_back({.what = fmt::format("a write on {} hangs", node),
                                   .command = node_script(node, is_frozen, {id}),
                                   .relation = Evidence::Relation::succeeds});
    }
    result.summary = fmt::format("every write to {} hangs for {}", volume_name(options),
                                 format_duration(result.hold));
    return result;
}

std::vector<std::string_view> needs(Options const& /*options*/) { return {"fsfreeze"}; }

RegisterFault const registered{{
    .name = "disk.freeze",
    .summary = "a volume hangs: reads go on, every write waits (fsfreeze)",
    .options = volume_options({}, "how long it stays frozen"),
    .plan = plan,
    .needs = needs,
    .sweep = kept(restore_all(marked)),
    .residue = kept(marked_residue(marked)),
}};

}  // namespace
}  // namespace interregnum
