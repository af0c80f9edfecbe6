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

// The filler lies at the top of the file system, outside of PostgreSQL's folder: there backups
// and pg_rewind would copy it. What `df` calls available is without root's reserve, so the rest
// of the node, which runs as root, still writes while PostgreSQL cannot.
constexpr std::string_view fill = R"sh(
id=$1; keep=$4
folder=$(folder_of "$2" "$3") && mount=$(stat -c %m -- "$folder") || exit 1
refuse() { echo "$folder: $1" >&2; exit 1; }
! same_volume "$folder" /run || refuse "on the file system of /run, where the undo is kept"
[ "$5" = true ] || ! same_volume "$folder" / || refuse \
    "on the root file system, so that everything on this node would find its disk full: say \"root\": true if that is meant"
[ ! -e "$mount/PG_VERSION" ] && [ ! -e "$mount/archive_status" ] || refuse \
    "the top of its file system, so that the filler would be among PostgreSQL's own files"
available() { df -B1 --output=avail -- "$mount" | tail -n 1 | tr -d ' '; }
[ "$(available)" -gt "$keep" ] || refuse "only $(available) bytes are free: nothing to fill"
umask 077
file=${mount%/}/interregnum.fill.$id
mark "filled.$id" "$file" || exit 1
# Others write meanwhile, so the first measure may be wrong.
size=0; tries=0
while more=$(($(available) - keep)); [ $more -gt 0 ] && [ $tries -lt 5 ]; do
    tries=$((tries + 1)); size=$((size + more))
    fallocate -l $size -- "$file" || size=$(($(stat -c '%b * %B' -- "$file")))
done
[ "$(available)" -le $((keep + 1048576)) ] || refuse "$(available) bytes are still free"
)sh";

constexpr std::string_view is_full = R"sh(
IFS= read -r file 2>/dev/null <"/run/interregnum/filled.$1" && [ -s "$file" ] || exit 1
available=$(df -B1 --output=avail -- "$file" | tail -n 1 | tr -d ' ')
[ "$available" -le $(($2 + 1048576)) ] || { echo "$available bytes are free" >&2; exit 1; }
)sh";

// The marker says where the filler is. After a reboot there is none, but the filler is still
// there, so it is also looked for by its name wherever it can be: on every local file system.
constexpr std::string_view find_fillers = R"sh(
strays() {
    while read -r _ point type _; do
        case $type in ext[234]|xfs|btrfs|f2fs|zfs|overlay|tmpfs) ;; *) continue ;; esac
        point=$(printf '%b' "$point")
        for file in "${point%/}"/interregnum.fill.$1; do
            [ ! -f "$file" ] || printf '%s\n' "$file"
        done
    done </proc/self/mounts
}
)sh";

constexpr std::string_view empty = R"sh(
restore() {
    IFS= read -r file 2>/dev/null <"$1" || { rm -f "$1"; return 0; }
    undid="removed $file"
    rm -f -- "$file" && rm -f "$1"
}
)sh";

constexpr MarkedKind marked{.stem = "filled",
                            .restore = empty,
                            .strays = find_fillers,
                            .tell = R"sh(echo "filled: $(cat "$marker")")sh"};

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    auto arguments = volume_arguments(id, options);
    if (!arguments) return std::unexpected(arguments.error());
    FaultPlan result{.targets = targets, .nodes_lost = targets, .hold = options.duration("for")};
    std::string const keep = std::to_string(options.bytes("keep"));
    arguments->push_back(keep);
    arguments->emplace_back(options.flag("root") ? "true" : "false");
    std::string const script = shell_text({volume_functions(), mark_function, fill});
    for (std::string const& node : targets) {
        result.inject.push_back(node_script(node, script, *arguments, 30s));
        result.undo.push_back(node_script(node, restore_one(marked), {id}, 30s));
        result.evidence.push_back(
            {.what = fmt::format("no more than {} bytes are free for services on {}", keep, node),
             .command = node_script(node, is_full, {id, keep}),
             .relation = Evidence::Relation::succeeds});
    }
    result.summary = fmt::format("fill {} for {}, {} bytes stay free", volume_name(options),
                                 format_duration(result.hold), keep);
    return result;
}

RegisterFault const registered{{
    .name = "disk.fill",
    .summary = "a volume has no space left for services",
    .options = volume_options(
        {{.name = "keep",
          .type = OptionType::bytes,
          .fallback = "0B",
          .doc = "bytes that stay free for services; root's reserve is never touched"},
         {.name = "root",
          .type = OptionType::flag,
          .fallback = "false",
          .doc = "true: also when that is the file system of the whole node"}},
        "how long the disk stays full"),
    .plan = plan,
    .sweep = kept(restore_all(marked)),
    .residue = kept(marked_residue(marked)),
}};

}  // namespace
}  // namespace interregnum
