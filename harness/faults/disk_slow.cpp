// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/unit_limits.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// The disk below the folder that the service works in (for Patroni: PostgreSQL's), or below
// "path". An overlay or a network file system has no disk that could be limited.
constexpr std::string_view device_function = R"sh(
device_of() {
    folder=$2
    if [ -z "$folder" ]; then
        case $1 in
            patroni.service) pid=$(pgrep -o -x postgres) ;;
            *) pid=$(systemctl show -p MainPID --value "$1") ;;
        esac
        folder=$(readlink "/proc/${pid:-0}/cwd") || { echo "$1 does not run" >&2; return 1; }
    fi
    device=$(findmnt -n -o SOURCE -T "$folder" | sed 's/\[.*//')
    [ -b "$device" ] || { echo "$folder is on ${device:-nothing}, which is no disk" >&2; return 1; }
    echo "$device"
}
)sh";

constexpr std::string_view slow = R"sh(
device=$(device_of "$2" "$3") || exit 1
limit "$1" "$2" "IOReadBandwidthMax=$device $4" "IOWriteBandwidthMax=$device $4" \
    "IOReadIOPSMax=$device $5" "IOWriteIOPSMax=$device $5" || exit 1
group=$(group_of "$2") && grep -q "wiops=$5" "$group/io.max" || {
    echo "the kernel took no limit for $device" >&2; exit 1
}
)sh";

// A timed read from the disk itself, by a process that joins the service for it: half a second's
// worth of what is allowed, without the page cache, longer than one read and its processes take.
// Nothing is written anywhere. The disk is opened before the process joins, since a service may be
// denied the device. Twice, for a moment of the whole node's own slowness proves nothing.
constexpr std::string_view is_slow = R"sh(
group=$(group_of "$1") && device=$(device_of "$1" "$2") || exit 1
clock() { read -r up _ </proc/uptime; echo "${up%.*}${up#*.}"; }
reads() {
    began=$(clock)
    sh -c 'exec 3<"$2" && echo $$ >"$1/cgroup.procs" &&
        exec dd of=/dev/null bs=4k count="$3" iflag=direct <&3' sh "$group" "$device" "$1" 2>/dev/null
}
for try in 1 2; do
    reads 1 || { echo "cannot read $device as $1" >&2; exit 1; }
    one=$(($(clock) - began))
    reads "$3" || exit 1
    more=$(($(clock) - began - one))
    [ $more -ge 25 ] || { echo "$3 reads took $more hundredths of a second" >&2; exit 1; }
done
)sh";

Result<FaultPlan> plan(FaultRequest const& request) {
    Options const& options = request.options;
    constexpr std::uint64_t read_size = 4096;
    std::string const path = options.has("path") ? options.text("path") : std::string();
    if (!path.empty() && !path.starts_with('/'))
        return fail(Error::Kind::invalid, R"("path": expected an absolute path, as "/srv/data")");
    std::uint64_t const bytes = options.bytes("bytes");
    auto const operations = static_cast<std::uint64_t>(options.integer("operations"));
    if (bytes < 2 * read_size || bytes > std::uint64_t{1} << 30U)
        return fail(Error::Kind::invalid, "\"bytes\": expected 8KiB to 1GiB (a second)");
    std::uint64_t const reads =
        std::max<std::uint64_t>(1, std::min(bytes / read_size, operations) / 2);
    return plan_limit(
        request,
        {.functions = device_function,
         .set = slow,
         .arguments = {path, std::to_string(bytes), std::to_string(operations)},
         .set_timeout = 30s,
         .proof = is_slow,
         .proof_arguments = {path, std::to_string(reads)},
         .relation = Evidence::Relation::succeeds,
         .within = 10s,
         .proved = "reads from the disk by {unit} on {node} take their time",
         .summary = fmt::format(
             "{} reads and writes at most {} bytes and {} times a second, for {}",
             limited_unit(options), bytes, operations, format_duration(options.duration("for")))});
}

std::vector<std::string_view> needs(Options const& /*options*/) { return {"systemd", "io_limit"}; }

RegisterFault const registered{limit_kind(
    {.name = "disk.slow",
     .summary = "a service's disk is slow (io.max of its cgroup)",
     .options = {{.name = "bytes",
                  .type = OptionType::bytes,
                  .fallback = "1MiB",
                  .doc = "the most it reads, and writes, in bytes a second"},
                 {.name = "operations",
                  .type = OptionType::integer,
                  .fallback = "50",
                  .doc = "the most reads, and writes, a second",
                  .at_least = 2,
                  .at_most = 1000000},
                 {.name = "path", .doc = "a folder on the disk; absent: the service's own folder"}},
     .plan = plan,
     .needs = needs},
    "IO*")};

}  // namespace
}  // namespace interregnum
