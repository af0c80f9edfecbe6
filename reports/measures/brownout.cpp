// SPDX-License-Identifier: MIT
#include "reports/measures/brownout.h"

#include <algorithm>
#include <map>

#include "reports/measures/downtime.h"
#include "reports/measures/groups.h"
#include "reports/measures/moment.h"

namespace interregnum {
namespace {

using record::Offset;

constexpr Offset second = std::chrono::seconds(1);
constexpr int periods_least = 10;          // in a bin
constexpr std::size_t attempts_least = 5;  // of which something can be said
constexpr std::int64_t steady_bins_least = 5;
constexpr double share_below = 0.05;

struct Bin {
    std::vector<Offset> waits;  // of all, missing or not
    std::int64_t missing{};
};

// The wait as far as it is known here: a missing one's is at least the deadline.
Offset wait_of(Sample const& sample, Offset deadline) {
    Offset const taken = sample.finished - sample.due;
    return sample.good ? taken : std::max(taken, deadline);
}

// The least element with at least `share` of all at or below it.
Offset percentile(std::vector<Offset> waits, double share) {
    auto const rank = static_cast<std::ptrdiff_t>(static_cast<double>(waits.size() - 1) * share);
    std::ranges::nth_element(waits, waits.begin() + rank);
    return waits[static_cast<std::size_t>(rank)];
}

bool in_outage(std::vector<Outage> const& outages, std::size_t& at, Offset started) {
    while (at < outages.size() && outages[at].last_missing < started) ++at;
    return at < outages.size() && outages[at].first_missing <= started &&
           outages[at].at_least() >= second;
}

class PathJudge {
public:
    PathJudge(Trace const& trace, Path const& path, Offset fault)
        : trace_(trace), path_(path), fault_(fault) {
        width_ = std::max(second, trace.stream.period * periods_least);
    }

    Brownout judge() {
        Brownout made{.stream = trace_.stream};
        made.time.why_unknown = "no steady time before a fault to compare with";
        collect();
        if (steady_.waits.size() < attempts_least ||
            fault_ - trace_.samples.front().started < width_ * steady_bins_least)
            return made;
        made.known = made.time.known = true;
        made.time.why_unknown.clear();
        made.steady_share = share(steady_);
        made.steady_p99 = percentile(steady_.waits, 0.99);
        std::int64_t last_brown = -2;
        for (auto const& [index, bin] : bins_) {
            if (!is_brown(bin, made)) continue;
            extend(made, bin, index, index == last_brown + 1);
            last_brown = index;
        }
        for (BrownWindow const& window : made.windows) {
            std::int64_t const length = (window.to - window.from).count();
            made.time.at_most += length;
            made.time.at_least += std::max<std::int64_t>(length - 2 * width_.count(), 0);
        }
        made.time.best = made.time.at_most;
        return made;
    }

private:
    void collect() {
        std::size_t outage = 0;
        for (Sample const& sample : trace_.samples) {
            if (in_outage(path_.outages, outage, sample.started)) continue;
            Bin* bin = &steady_;
            if (sample.due >= fault_) {
                bin = &bins_[(sample.due - fault_) / width_];
            } else if (sample.started + trace_.stream.deadline > fault_ && !sample.good) {
                continue;  // under way when the fault struck: not steady
            }
            bin->waits.push_back(wait_of(sample, trace_.stream.deadline));
            if (!sample.good) ++bin->missing;
        }
    }

    static double share(Bin const& bin) {
        auto const count = static_cast<double>(bin.waits.size());
        return (count - static_cast<double>(bin.missing)) / count;
    }

    static bool is_brown(Bin const& bin, Brownout const& par) {
        if (bin.waits.size() < attempts_least) return false;
        return share(bin) < par.steady_share - share_below ||
               percentile(bin.waits, 0.5) > par.steady_p99;
    }

    void extend(Brownout& to, Bin const& bin, std::int64_t index, bool goes_on) const {
        if (!goes_on) to.windows.push_back({.from = fault_ + width_ * index});
        BrownWindow& window = to.windows.back();
        window.to = fault_ + width_ * (index + 1);
        window.attempts += static_cast<std::int64_t>(bin.waits.size());
        window.missing += bin.missing;
        window.median = std::max(window.median, percentile(bin.waits, 0.5));
    }

    Trace const& trace_;
    Path const& path_;
    Offset fault_;
    Offset width_{};
    Bin steady_;
    std::map<std::int64_t, Bin> bins_;  // from the fault on
};

MeasureValue group_brownout(Study const& study, Group const& group) {
    return worst_in(group, study.of<brownouts_of>(),
                    [](Brownout const& brownout) { return brownout.time; });
}

RegisterForGroups const registered(
    "brownout",
    "time in seconds that were not down, yet worse than the steady time before the fault (share "
    "answered in time, or median wait): {}, at the worst entry point",
    Unit::duration, group_brownout);

}  // namespace

std::vector<Brownout> brownouts_of(Study const& study) {
    std::vector<Brownout> all;
    auto const& faults = study.of<faults_of>();
    auto const& paths = study.of<paths_of>();
    for (Trace const& trace : study.of<traces_of>()) {
        if (trace.samples.empty()) continue;
        if (faults.empty()) {
            all.push_back({.stream = trace.stream});
            all.back().time.why_unknown = "no fault was injected";
        } else {
            all.push_back(PathJudge(trace, paths[all.size()], faults.front().injected.low).judge());
        }
    }
    return all;
}

}  // namespace interregnum
