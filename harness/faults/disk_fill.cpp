// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
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
file=${mount%/}/interregnum.fill.$id; marker=/run/interregnum/filled.$id
mkdir -p /run/interregnum && printf '%s\n' "$file" >"$marker.new" && mv "$marker.new" "$marker" || exit 1
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
fillers() {
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
marker=/run/interregnum/filled.$1
if IFS= read -r file 2>/dev/null <"$marker"; then rm -f -- "$file" || exit 1; fi
fillers "$1" | while IFS= read -r file; do rm -f -- "$file"; done
[ -z "$(fillers "$1")" ] || exit 1
rm -f "$marker" "$marker.new"; rmdir /run/interregnum 2>/dev/null || :
)sh";

constexpr std::string_view sweep_all = R"sh(
for marker in /run/interregnum/filled.*; do
    IFS= read -r file 2>/dev/null <"$marker" || continue
    rm -f -- "$file" && rm -f "$marker" && echo "removed $file"
done
fillers '*' | while IFS= read -r file; do rm -f -- "$file" && echo "removed $file"; done
[ -z "$(fillers '*')" ]
)sh";

constexpr std::string_view list_all = R"sh(
for marker in /run/interregnum/filled.*; do
    [ ! -e "$marker" ] || echo "filled: $(cat "$marker")"
done
fillers '*'
)sh";

std::string with_fillers(std::string_view script) {
    return std::string(find_fillers) + std::string(script);
}

std::string_view sweep() {
    static std::string const text = with_fillers(sweep_all);
    return text;
}

std::string_view residue() {
    static std::string const text = with_fillers(list_all);
    return text;
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    auto const volume = volume_arguments(options);
    if (!volume) return std::unexpected(volume.error());
    FaultPlan result{.targets = targets, .nodes_lost = targets, .hold = options.duration("for")};
    std::string const keep = std::to_string(options.bytes("keep"));
    for (std::string const& node : targets) {
        std::vector<std::string> arguments{id};
        arguments.insert(arguments.end(), volume->begin(), volume->end());
        arguments.push_back(keep);
        arguments.emplace_back(options.flag("root") ? "true" : "false");
        result.inject.push_back(node_script(
            node, std::string(volume_functions()) + std::string(fill), std::move(arguments), 30s));
        result.undo.push_back(node_script(node, with_fillers(empty), {id}, 30s));
        result.evidence.push_back(
            {.what = fmt::format("no more than {} bytes are free for services on {}", keep, node),
             .command = node_script(node, is_full, {id, keep}),
             .relation = Evidence::Relation::succeeds});
    }
    result.summary = fmt::format("fill {} for {}, {} bytes stay free", volume_name(options),
                                 format_duration(result.hold), keep);
    return result;
}

std::vector<OptionSpec> options() {
    std::vector<OptionSpec> all{
        {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true}};
    for (OptionSpec const& one : volume_options()) all.push_back(one);
    all.push_back({.name = "keep",
                   .type = OptionType::bytes,
                   .fallback = "0B",
                   .doc = "bytes that stay free for services; root's reserve is never touched"});
    all.push_back({.name = "root",
                   .type = OptionType::flag,
                   .fallback = "false",
                   .doc = "true: also when that is the file system of the whole node"});
    all.push_back({.name = "for",
                   .type = OptionType::duration,
                   .fallback = "60s",
                   .doc = "how long the disk stays full"});
    return all;
}

RegisterFault const registered{{
    .name = "disk.fill",
    .summary = "a volume has no space left for services",
    .options = options(),
    .plan = plan,
    .sweep = sweep(),
    .residue = residue(),
}};

}  // namespace
}  // namespace interregnum
