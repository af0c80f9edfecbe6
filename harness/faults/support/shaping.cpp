// SPDX-License-Identifier: MIT
#include "harness/faults/support/shaping.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/units.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/packets.h"
#include "harness/faults/support/peers.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

// $1 id, $2 kind, $3 rate, $4 burst, then words for netem, "--", addresses that packets go to.
// All devices are looked at before the first is changed. `add`, not `replace`: the kernel itself
// then refuses where there is anything but its default (whose handle is 0:).
constexpr std::string_view grow_tree = R"sh(
refuse() { echo "$1" >&2; exit 1; }
id=$1 kind=$2 rate=$3 burst=$4; shift 4
netem=
while [ "$1" != -- ]; do netem="$netem $1"; shift; done
shift
devices=$(
    { for name; do
        case $name in *:*) address=$name ;; *[!0-9.]*)
            address=$(getent ahosts -- "$name" | sed -n '1s/ .*//p') ;; *) address=$name ;; esac
        ip -o route get "$address" 2>/dev/null
    done; ip -o route show default; ip -o -6 route show default; } |
        sed -n 's/.* dev \([^ ]*\).*/\1/p' | sort -u | grep -vx lo)
[ -n "$devices" ] || refuse 'no device leads to these nodes'
for device in $devices; do
    was=$(tc qdisc show dev "$device" root 2>/dev/null | head -n 1)
    case $was in
        ''|'qdisc noqueue 0: '*|'qdisc mq 0: '*|'qdisc fq 0: '*|'qdisc fq_codel 0: '*|\
        'qdisc pfifo_fast 0: '*) ;;
        'qdisc htb 7c: '*) refuse "another fault shapes $device already" ;;
        *) refuse "the owner's own queueing on $device is not replaced: $was" ;;
    esac
done
mkdir -p /run/interregnum || exit 1
for device in $devices; do
    was=$(tc qdisc show dev "$device" root 2>/dev/null | head -n 1)
    printf '%s %s %s\n' "$id" "$kind" "$was" >"/run/interregnum/qdisc.$device" || exit 1
    tc qdisc add dev "$device" root handle 7c: htb default 0 || exit 1
    tc class add dev "$device" parent 7c: classid 7c:20 htb rate "$rate" ceil "$rate" \
        burst "$burst" cburst "$burst" quantum 60000 || exit 1
    [ -z "$netem" ] || tc qdisc add dev "$device" parent 7c:20 handle 7d: netem $netem || exit 1
done
)sh";

// Deletes our tree on $device, if it is there. A device that is gone took it along.
constexpr std::string_view define_fell = R"sh(
fell() {
    tc qdisc show dev "$1" root 2>/dev/null | grep -q '^qdisc htb 7c: ' || return 0
    tc qdisc del dev "$1" root handle 7c:
}
)sh";

constexpr std::string_view undo_tree = R"sh(
status=0
for note in /run/interregnum/qdisc.*; do
    read -r id _ 2>/dev/null <"$note" && [ "$id" = "$1" ] || continue
    if fell "${note##*/qdisc.}"; then rm -f "$note"; else status=1; fi
done
rmdir /run/interregnum 2>/dev/null
exit $status
)sh";

// $1 id, $2 how the line above the statistics begins.
constexpr std::string_view went_through = R"sh(
for note in /run/interregnum/qdisc.*; do
    read -r id _ 2>/dev/null <"$note" && [ "$id" = "$1" ] || continue
    device=${note##*/qdisc.}
    { tc -s class show dev "$device"; tc -s qdisc show dev "$device"; } |
        awk -v begin="$2" 'index($0, begin) == 1 { getline; if ($1 == "Sent" && $2 > 0) seen = 1 }
            END { exit !seen }' && exit 0
done
echo 'no packet went through it' >&2
exit 1
)sh";

constexpr std::string_view sweep_tail = R"sh(
for note in /run/interregnum/qdisc.*; do
    read -r _ of _ 2>/dev/null <"$note" && [ "$of" = "$kind" ] || continue
    device=${note##*/qdisc.}
    if fell "$device"; then rm -f "$note"; echo "removed $kind: the tree on $device"; else status=1; fi
done
command -v tc >/dev/null || exit $status
for device in $(tc qdisc show 2>/dev/null | sed -n 's/^qdisc htb 7c: dev \([^ ]*\) .*/\1/p'); do
    [ ! -e "/run/interregnum/qdisc.$device" ] || continue
    if fell "$device"; then echo "removed: the tree 7c: on $device"; else status=1; fi
done
exit $status
)sh";

constexpr std::string_view residue_notes = R"sh(
for note in /run/interregnum/qdisc.*; do
    read -r _ of _ 2>/dev/null <"$note" && [ "$of" = "$kind" ] || continue
    echo "a tree or a note of one: ${note##*/qdisc.}"
done
)sh";

constexpr std::string_view residue_strays = R"sh(
command -v tc >/dev/null || exit 0
for device in $(tc qdisc show 2>/dev/null | sed -n 's/^qdisc htb 7c: dev \([^ ]*\) .*/\1/p'); do
    [ -e "/run/interregnum/qdisc.$device" ] || echo "a tree: $device"
done
)sh";

/// Scripts end with what they found; here several follow each other.
std::string in_subshell(std::string_view text) { return fmt::format("(\n{}\n)", text); }

std::vector<OptionSpec> shaping_options(std::vector<OptionSpec> own) {
    std::vector<OptionSpec> options = {
        {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
        {.name = "to",
         .type = OptionType::role,
         .doc = "only packets that the target sends to these; all it sends when absent"},
    };
    std::ranges::move(own, std::back_inserter(options));
    options.push_back({.name = "for",
                       .type = OptionType::duration,
                       .fallback = "30s",
                       .doc = "how long it lasts"});
    return options;
}

std::string shaping_sweep(std::string_view kind) {
    return fmt::format("status=0 kind={}\n{} || status=1\n{}{}", kind,
                       in_subshell(packet_sweep(kind)), define_fell, sweep_tail);
}

std::string shaping_residue(std::string_view kind, bool strays) {
    return fmt::format("kind={}\n{}\n{}{}", kind, in_subshell(packet_residue(kind)), residue_notes,
                       strays ? residue_strays : "");
}

}  // namespace

std::string for_tc(Duration span) {
    return fmt::format("{:.3f}ms", std::chrono::duration<double, std::milli>(span).count());
}

Result<FaultPlan> plan_shaping(FaultRequest const& request, Shaping const& shaping) {
    auto const& [id, options, targets, view, lease] = request;
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    std::vector<Provocation> provocations;
    bool const selective = options.has("to");
    for (std::string const& target : targets) {
        std::vector<std::string> to =
            selective ? nodes_of(view, options.roles("to")) : all_but(view, {target});
        std::erase(to, target);
        if (to.empty()) return fail(Error::Kind::invalid, "\"to\" names nobody but the target");
        std::vector<std::string> const addresses = addresses_of(view, to);
        std::uint64_t const rate = shaping.bytes_per_s;
        // A bucket of a fiftieth of a second, but never smaller than a few packets.
        std::uint64_t const burst =
            rate == 0 ? 1'000'000 : std::max<std::uint64_t>(rate / 50, 6000);
        std::vector<std::string> arguments = {id, std::string(shaping.kind),
                                              rate == 0 ? "10gbit" : fmt::format("{}bps", rate),
                                              fmt::format("{}b", burst)};
        if (!shaping.netem.empty()) {
            // Its own default of 1000 packets would turn a delay into loss.
            arguments.insert(arguments.end(), {"limit", "100000"});
            arguments.insert(arguments.end(), shaping.netem.begin(), shaping.netem.end());
        }
        arguments.emplace_back("--");
        arguments.insert(arguments.end(), addresses.begin(), addresses.end());
        result.inject.push_back(node_script(target, grow_tree, std::move(arguments)));
        PacketRules rules{
            .node = target, .kind = shaping.kind, .in = false, .out = true, .into_class = true};
        if (selective) {
            rules.who = PacketRules::Who::peers;
            rules.peers = addresses;
        }
        add_packet_rules(result, request, rules);
        result.undo.push_back(
            node_script(target, std::string(define_fell) + std::string(undo_tree), {id}));
        provocations.push_back({.node = target, .peers = addresses});
    }
    add_packet_evidence(result, request, targets, provocations);
    for (std::string const& target : targets)
        result.evidence.push_back(
            {.what = "packets went through the shaping on " + target,
             .command =
                 node_script(target, went_through,
                             {id, shaping.netem.empty() ? "class htb 7c:20 " : "qdisc netem 7d: "}),
             .relation = Evidence::Relation::succeeds});
    result.summary =
        fmt::format("packets of {}{} are {} for {}", fmt::join(targets, ", "),
                    selective ? " to some nodes" : "", shaping.what, format_duration(result.hold));
    return result;
}

FaultKind shaping_kind(FaultKind own, bool only_rate) {
    own.options = shaping_options(std::move(own.options));
    if (only_rate)
        own.needs = [](Options const&) { return std::vector<std::string_view>{"nft", "htb"}; };
    else
        own.needs = [](Options const&) {
            return std::vector<std::string_view>{"nft", "htb", "netem"};
        };
    own.sweep = kept(shaping_sweep(own.name));
    own.residue = kept(shaping_residue(own.name, only_rate));
    return own;
}

OptionSpec share_option(std::string_view fallback, std::string_view doc) {
    return {.name = "percent",
            .type = OptionType::integer,
            .fallback = fallback,
            .doc = doc,
            .at_least = 1,
            .at_most = 100};
}

Result<FaultPlan> plan_share(FaultRequest const& request, std::string_view kind, std::string netem,
                             std::string_view done) {
    std::string const percent = fmt::format("{}%", request.options.integer("percent"));
    return plan_shaping(request, {.kind = kind,
                                  .netem = {std::move(netem), percent},
                                  .what = fmt::format("{}, {}", done, percent)});
}

}  // namespace interregnum
