// SPDX-License-Identifier: MIT
#include "reports/measures/latency.h"

#include <algorithm>
#include <limits>

#include "reports/measures/groups.h"
#include "reports/measures/recovery.h"

namespace interregnum {
namespace {

using record::Offset;

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

struct Wait {
    std::int64_t low{};
    std::int64_t high{};
    bool missing{};
};

// Sorted apart: a percentile of the lower bounds is a lower bound of the percentile.
struct Bounds {
    std::vector<std::int64_t> low;
    std::vector<std::int64_t> high;
    std::vector<std::int64_t> shown;  ///< as `high`, or as `low` where that is unbounded
    std::int64_t missing{};

    void add(Wait const& wait) {
        low.push_back(wait.low);
        high.push_back(wait.high);
        shown.push_back(wait.high == unbounded ? wait.low : wait.high);
        if (wait.missing) ++missing;
    }
};

MeasureValue ranked(Bounds const& bounds, std::size_t index) {
    return {.known = true,
            .at_least = bounds.low[index],
            .at_most = bounds.high[index],
            .best = std::clamp(bounds.shown[index], bounds.low[index], bounds.high[index])};
}

Waits waits(Bounds bounds) {
    Waits made{.attempts = static_cast<std::int64_t>(bounds.low.size()), .missing = bounds.missing};
    MeasureValue const unknown{.why_unknown = "no attempt was due then"};
    made.p50 = made.p95 = made.p99 = made.p999 = made.max = unknown;
    if (bounds.low.empty()) return made;
    std::ranges::sort(bounds.low);
    std::ranges::sort(bounds.high);
    std::ranges::sort(bounds.shown);
    std::size_t const count = bounds.low.size();
    // The least rank r (from 1) with r / count >= permille / 1000.
    auto const at = [&](std::size_t permille) {
        return ranked(bounds, (count * permille + 999) / 1000 - 1);
    };
    made.p50 = at(500);
    made.p95 = at(950);
    made.p99 = at(990);
    made.p999 = at(999);
    made.max = ranked(bounds, count - 1);
    return made;
}

// From the last sample to the first: what a customer whose attempt ended at an instant would have
// met at the next try.
class NextTries {
public:
    explicit NextTries(std::vector<Sample> const& samples) : samples_(samples) {
        next_good_.resize(samples.size() + 1, none);
        for (std::size_t i = samples.size(); i-- > 0;)
            next_good_[i] = samples[i].good ? i : next_good_[i + 1];
    }

    [[nodiscard]] Wait wait(Sample const& missing, Offset end) const {
        Offset const ended = std::max(missing.finished, missing.started);
        auto const first = std::ranges::lower_bound(samples_, ended, {}, &Sample::started);
        auto const index = static_cast<std::size_t>(first - samples_.begin());
        std::size_t const good = next_good_[index];
        // Those between the first try and the good one are missing, the last of them included.
        std::size_t const tried = good == none ? samples_.size() : good;
        Offset not_before = tried > index ? samples_[tried - 1].started : ended;
        if (good == none) not_before = std::max(not_before, end);
        std::int64_t const low = std::max<std::int64_t>((not_before - missing.due).count(), 0);
        if (good == none) return {.low = low, .high = unbounded, .missing = true};
        std::int64_t const high = (samples_[good].finished - missing.due).count();
        return {.low = low, .high = std::max(low, high), .missing = true};
    }

private:
    std::vector<Sample> const& samples_;
    std::vector<std::size_t> next_good_;
};

PathWaits path_waits(Trace const& trace, Stages const& stages) {
    Bounds all;
    Bounds before;
    Bounds during;
    Bounds after;
    NextTries const next(trace.samples);
    Offset const end = trace.samples.back().started;
    for (Sample const& sample : trace.samples) {
        // A late answer is missing for the downtime, but its customer waited no longer than that.
        std::int64_t const taken = (sample.finished - sample.due).count();
        Wait const wait = sample.good || sample.late
                              ? Wait{.low = taken, .high = taken, .missing = !sample.good}
                              : next.wait(sample, end);
        bool const is_before = !stages.fault || sample.due < *stages.fault;
        bool const is_after = !is_before && stages.after && sample.due >= *stages.after;
        for (Bounds* to : {&all, is_before ? &before : (is_after ? &after : &during)})
            to->add(wait);
    }
    return {.stream = trace.stream,
            .all = waits(std::move(all)),
            .before = waits(std::move(before)),
            .during = waits(std::move(during)),
            .after = waits(std::move(after))};
}

constexpr std::string_view whole =
    " wait from their due time until served, over the whole run: {}, at the worst entry point";

std::vector<RegisterForGroups> register_all() {
    std::vector<RegisterForGroups> made;
    auto const add = [&](std::string const& suffix, std::string const& summary,
                         Waits PathWaits::* when, MeasureValue Waits::* value) {
        made.emplace_back("latency." + suffix, summary, Unit::duration,
                          [when, value](Study const& study, Group const& group) {
                              return worst_in(
                                  group, study.of<waits_of>(),
                                  [&](PathWaits const& path) { return path.*when.*value; });
                          });
    };
    auto const text = [](std::string_view share) {
        return std::string(share) + std::string(whole);
    };
    add("p50", text("what half did not exceed:"), &PathWaits::all, &Waits::p50);
    add("p95", text("what 95 % did not exceed:"), &PathWaits::all, &Waits::p95);
    add("p99", text("what 99 % did not exceed:"), &PathWaits::all, &Waits::p99);
    add("p99.9", text("what 99.9 % did not exceed:"), &PathWaits::all, &Waits::p999);
    add("max", text("the longest"), &PathWaits::all, &Waits::max);
    add("p99.before", "as latency.p99, of what was due before the first fault: {}",
        &PathWaits::before, &Waits::p99);
    add("p99.during",
        "as latency.p99, of what was due until the last fault was undone and the path stable: {}",
        &PathWaits::during, &Waits::p99);
    add("p99.after", "as latency.p99, of what was due after that: {}", &PathWaits::after,
        &Waits::p99);
    return made;
}

auto const registered = register_all();

}  // namespace

std::vector<PathWaits> waits_of(Study const& study) {
    std::vector<PathWaits> all;
    auto const& stages = study.of<stages_of>();
    for (Trace const& trace : study.of<traces_of>())
        if (!trace.samples.empty()) all.push_back(path_waits(trace, stages[all.size()]));
    return all;
}

}  // namespace interregnum
