// SPDX-License-Identifier: MIT
#include "harness/engine/node_lock.h"

#include <array>

#include <fmt/format.h>
#include <unistd.h>

namespace interregnum {

namespace {

using namespace std::chrono_literals;

constexpr Duration renewed_every = 20s;

// The file: uptime (hundredths of a second) until when it counts; when it was taken; the run; its
// owner. `set -C` makes creating it atomic; a stale one is moved away first, which only one of
// two can do.
constexpr std::string_view take_script = R"sh(
file=/run/interregnum.owner
read -r up _ </proc/uptime; now=${up%.*}${up#*.}
if read -r end since run owner <"$file" 2>/dev/null; then
    if [ "$run" != "$1" ] && [ "$now" -lt "${end:-0}" ]; then
        echo "run $run of $owner, since $(( (now - since) / 100 )) s" >&2; exit 75
    fi
    mv "$file" "$file.$$" 2>/dev/null && rm -f "$file.$$"
fi
set -C
{ printf '%s %s %s %s\n' $((now + 6000)) "$now" "$1" "$2" >"$file"; } 2>/dev/null && exit 0
echo "another run has just begun" >&2; exit 75
)sh";

constexpr std::string_view renew_script = R"sh(
file=/run/interregnum.owner
read -r up _ </proc/uptime; now=${up%.*}${up#*.}
read -r end since run owner <"$file" 2>/dev/null || { since=$now; run=$1; owner=$2; }
[ "$run" = "$1" ] || { echo "run $run of $owner" >&2; exit 75; }
printf '%s %s %s %s\n' $((now + 6000)) "$since" "$1" "$owner" >"$file.$$" && mv "$file.$$" "$file"
)sh";

constexpr std::string_view release_script = R"sh(
file=/run/interregnum.owner
read -r _ _ run _ <"$file" 2>/dev/null || exit 0
[ "$run" != "$1" ] || rm -f "$file"
)sh";

constexpr int held_by_another = 75;

std::string owner_name() {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
    return fmt::format("pid {} on {}", ::getpid(), host.data());
}

std::vector<Result<RemoteResult>> on_all(Fleet& fleet, std::vector<std::string> const& nodes,
                                         std::string_view script, std::string const& run_id,
                                         std::stop_token stop) {
    std::vector<Fleet::Task> tasks;
    for (std::string const& node : nodes)
        tasks.push_back(
            {node,
             {.argv = {"sh", "-c", std::string(script), "interregnum", run_id, owner_name()},
              .timeout = 5s}});
    return fleet.run_all(tasks, std::move(stop));
}

std::string said_by(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

/// Which node is another run's now, and whose; "" when none is. A node that does not answer is none
/// that another controller could take either.
std::string lost_to(std::vector<std::string> const& nodes,
                    std::vector<Result<RemoteResult>> const& renewals) {
    for (std::size_t index = 0; index < renewals.size(); ++index)
        if (renewals[index] && renewals[index]->exit_status == held_by_another)
            return fmt::format(
                "the lock of {} was lost to {}, which took it while this controller did not renew "
                "it (it stood still, or could not reach the node)",
                nodes[index], said_by(renewals[index]->err));
    return {};
}

}  // namespace

Result<NodeLock> NodeLock::take(Fleet& fleet, std::vector<std::string> nodes,
                                std::string const& run_id, Clock& clock, std::stop_token stop,
                                std::function<void(std::string)> lost) {
    NodeLock lock(fleet, std::move(nodes), run_id);
    auto const results = on_all(fleet, lock.nodes_, take_script, run_id, std::move(stop));
    for (std::size_t index = 0; index < results.size(); ++index) {
        auto const& result = results[index];
        if (result && result->exit_status == 0) continue;
        release_node_lock(fleet, lock.nodes_, run_id);
        std::string const said = said_by(result ? result->err : result.error().message);
        if (result && result->exit_status == held_by_another)
            return fail(Error::Kind::refused,
                        fmt::format("{} is being drilled by another controller ({}); wait for it, "
                                    "or a minute after it died",
                                    lock.nodes_[index], said));
        return fail(Error::Kind::failed, fmt::format("{}: the run's lock cannot be taken: {}",
                                                     lock.nodes_[index], said));
    }
    lock.keeper_ = std::jthread(
        [&fleet, &clock, nodes = lock.nodes_, run_id, lost = std::move(lost)](std::stop_token end) {
            while (clock.sleep_for(renewed_every, end)) {
                std::string why = lost_to(nodes, on_all(fleet, nodes, renew_script, run_id, end));
                if (why.empty()) continue;
                lost(std::move(why));
                return;
            }
        });
    return lock;
}

NodeLock::~NodeLock() { release(); }

void NodeLock::release() {
    if (!keeper_.joinable()) return;  // moved from, given back, or never taken
    keeper_ = {};
    release_node_lock(*fleet_, nodes_, run_id_);
}

void release_node_lock(Fleet& fleet, std::vector<std::string> const& nodes,
                       std::string const& run_id) {
    // A node that does not answer forgets it by itself.
    static_cast<void>(on_all(fleet, nodes, release_script, run_id, {}));
}

}  // namespace interregnum
