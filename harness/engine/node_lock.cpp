// SPDX-License-Identifier: MIT
#include "harness/engine/node_lock.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace interregnum {

namespace {

using namespace std::chrono_literals;

constexpr Duration renewed_every = 20s;
/// How often the keeper looks at its clocks.
constexpr Duration looked_every = 1s;
/// For how long after a renewal nobody else can have it: less than the minute that it counts.
constexpr Duration sure_for = 40s;
/// A suspend is longer than what two readings of clocks on a busy machine may be apart.
constexpr Duration shortest_suspend = 1s;

// The file: uptime (hundredths of a second) until when it counts; when it was taken; the run; its
// owner. `set -C` makes creating it atomic; a stale one is moved away first. The slower of two that
// find it stale moves what the other has put there by then: it sees that, and puts it back.
constexpr std::string_view take_script = R"sh(
file=/run/interregnum.owner
read -r up _ </proc/uptime; now=${up%.*}${up#*.}
if read -r end since run owner <"$file" 2>/dev/null; then
    if [ "$run" != "$1" ] && [ "$now" -lt "${end:-0}" ]; then
        echo "run $run of $owner, since $(( (now - since) / 100 )) s" >&2; exit 75
    fi
    if mv "$file" "$file.$$" 2>/dev/null; then
        read -r other_end other_since other _ <"$file.$$" 2>/dev/null
        if [ "$other_end $other_since $other" != "$end $since $run" ]; then
            ln "$file.$$" "$file" 2>/dev/null; rm -f "$file.$$"
            echo "another run has just begun" >&2; exit 75
        fi
        rm -f "$file.$$"
    fi
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

/// Renews the lock: time and again, and when somebody must know that it is still held.
class NodeLock::Keeper {
public:
    Keeper(Fleet& fleet, std::vector<std::string> nodes, std::string run_id, Clock& clock,
           std::function<void(std::string)> tell_lost)
        : fleet_(fleet),
          nodes_(std::move(nodes)),
          run_id_(std::move(run_id)),
          clock_(clock),
          tell_lost_(std::move(tell_lost)),
          asked_(clock.now()),
          sure_{.at = clock.now(), .suspended = clock.suspended()} {}

    void run(std::stop_token const& end) {
        while (!is_lost() && clock_.sleep_for(looked_every, end)) {
            if (!is_due()) continue;
            Turn const turn(*this, end);
            if (turn.mine() && is_due()) renew(end);
        }
    }

    Status holds(std::stop_token const& stop, Duration patience) {
        Instant const deadline = clock_.now() + patience;
        do {
            if (auto known = what_is_known()) return std::move(*known);
            // Whoever asks until then may find out.
            Turn const turn(*this, stop);
            if (turn.mine() && !what_is_known()) renew(stop);
            if (auto known = what_is_known()) return std::move(*known);
        } while (clock_.now() < deadline && clock_.sleep_for(try_again, stop));
        return fail(Error::Kind::unreachable,
                    "no node says whether the run's lock is still held: this controller stood "
                    "still, or cannot reach them");
    }

private:
    static constexpr Duration try_again = 1s;

    /// To ask the nodes, which one thread at a time does. Waiting for it ends when `stop` says so:
    /// then it is not ours.
    class Turn {
    public:
        Turn(Keeper& keeper, std::stop_token const& stop) : keeper_(keeper) {
            std::unique_lock lock(keeper.mutex_);
            mine_ = keeper.turn_ends_.wait(lock, stop, [&keeper] { return !keeper.asking_; });
            if (mine_) keeper.asking_ = true;
        }
        Turn(Turn const&) = delete;
        Turn& operator=(Turn const&) = delete;
        ~Turn() {
            if (!mine_) return;
            {
                std::scoped_lock const lock(keeper_.mutex_);
                keeper_.asking_ = false;
            }
            keeper_.turn_ends_.notify_all();
        }
        [[nodiscard]] bool mine() const { return mine_; }

    private:
        Keeper& keeper_;
        bool mine_{};
    };

    struct Moment {
        Instant at;
        Duration suspended;
    };

    [[nodiscard]] bool suspended_since(Moment const& moment) const {
        return clock_.suspended() - moment.suspended >= shortest_suspend;
    }

    [[nodiscard]] bool is_lost() const {
        std::scoped_lock const lock(mutex_);
        return !lost_.empty();
    }

    [[nodiscard]] bool is_due() const {
        std::scoped_lock const lock(mutex_);
        if (!lost_.empty()) return false;
        return clock_.now() - asked_ >= renewed_every || suspended_since(sure_);
    }

    /// Nothing where the nodes have to be asked.
    [[nodiscard]] std::optional<Status> what_is_known() const {
        std::scoped_lock const lock(mutex_);
        if (!lost_.empty()) return fail(Error::Kind::refused, lost_);
        if (clock_.now() - sure_.at < sure_for && !suspended_since(sure_)) return Status();
        return std::nullopt;
    }

    void renew(std::stop_token const& stop) {
        Moment const began{.at = clock_.now(), .suspended = clock_.suspended()};
        {
            std::scoped_lock const lock(mutex_);
            asked_ = began.at;
        }
        auto const renewals = on_all(fleet_, nodes_, renew_script, run_id_, stop);
        std::string why = lost_to(nodes_, renewals);
        // Who takes it takes it on every node: one that is still ours says it of all.
        bool const ours = std::ranges::any_of(
            renewals, [](auto const& result) { return result && result->exit_status == 0; });
        // First: whoever is told that another run has it finds the reason where it is told to.
        if (!why.empty()) tell_lost_(why);
        std::scoped_lock const lock(mutex_);
        if (why.empty() && ours) sure_ = began;
        lost_ = std::move(why);
    }

    Fleet& fleet_;
    std::vector<std::string> nodes_;
    std::string run_id_;
    Clock& clock_;
    std::function<void(std::string)> tell_lost_;
    mutable std::mutex mutex_;  ///< of all below
    std::condition_variable_any turn_ends_;
    bool asking_{};     ///< somebody has the nodes asked
    Instant asked_;     ///< when the nodes were last asked
    Moment sure_;       ///< when they were asked and one said that it is ours
    std::string lost_;  ///< to whom; "" as long as it is ours
};

NodeLock::NodeLock(Fleet& fleet, std::vector<std::string> nodes, std::string run_id)
    : fleet_(&fleet), nodes_(std::move(nodes)), run_id_(std::move(run_id)) {}

NodeLock::NodeLock(NodeLock&& other) noexcept = default;

Result<NodeLock> NodeLock::take(Fleet& fleet, std::vector<std::string> nodes,
                                std::string const& run_id, Clock& clock, std::stop_token stop,
                                std::function<void(std::string)> lost) {
    NodeLock lock(fleet, std::move(nodes), run_id);
    lock.keeper_ = std::make_unique<Keeper>(fleet, lock.nodes_, run_id, clock, std::move(lost));
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
    lock.renewing_ = std::jthread(
        [keeper = lock.keeper_.get()](std::stop_token const& end) { keeper->run(end); });
    return lock;
}

NodeLock::~NodeLock() { release(); }

Status NodeLock::holds(std::stop_token const& stop, Duration patience) {
    return keeper_->holds(stop, patience);
}

void NodeLock::release() {
    if (!renewing_.joinable()) return;  // moved from, given back, or never taken
    renewing_ = {};
    release_node_lock(*fleet_, nodes_, run_id_);
}

void release_node_lock(Fleet& fleet, std::vector<std::string> const& nodes,
                       std::string const& run_id) {
    // A node that does not answer forgets it by itself.
    static_cast<void>(on_all(fleet, nodes, release_script, run_id, {}));
}

}  // namespace interregnum
