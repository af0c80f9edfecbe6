// SPDX-License-Identifier: MIT
#include "reports/gate/weigh.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "reports/expected.h"
#include "reports/judge.h"
#include "reports/statistics/numbers.h"
#include "reports/statistics/repeats.h"

namespace interregnum {
namespace {

constexpr std::size_t proofs_shown = 3;
// More than anything that is measured (31 years of nanoseconds), and far from overflow.
constexpr double worse_than_any = 1e18;

std::vector<RunSummary> summaries(GateDrill const& drill) {
    std::vector<RunSummary> runs;
    runs.reserve(drill.runs.size());
    for (GateRun const& run : drill.runs) runs.push_back(run.summary);
    return runs;
}

/// The number over the repeats, as a measure's value. Unknown when there are too few.
MeasureValue number_of(std::vector<Bounded> const& sample, Statistic statistic) {
    if (sample.empty()) return {.why_unknown = "no play says it"};
    if (statistic == Statistic::p95 && sample.size() < p95_from)
        return {.why_unknown = fmt::format("{} plays are too few for a 95th percentile, from {} on",
                                           sample.size(), p95_from)};
    double const share = statistic == Statistic::median ? 0.5
                         : statistic == Statistic::p95  ? 0.95
                                                        : 1.0;
    Bounded const found = quantile(sample, share);
    // Outwards: a bound may never say more than it knows.
    return {.known = true,
            .at_least = std::llround(std::floor(found.low)),
            .at_most = std::isfinite(found.high) ? std::llround(std::ceil(found.high)) : unbounded,
            .best = std::llround(found.best)};
}

/// How many plays count and cannot say the measure: it may have been anything.
std::size_t silent_on(std::string const& measure, std::vector<RunSummary> const& runs) {
    auto const counted = static_cast<std::size_t>(std::ranges::count_if(runs, counts));
    return counted - sample_of(runs, measure).size();
}

WeighedThreshold weigh_threshold(Threshold const& threshold, std::vector<RunSummary> const& runs) {
    MeasureKind const* const measure = Registry<MeasureKind>::find(threshold.limit.measure);
    Unit const unit = measure == nullptr ? Unit::count : measure->unit;
    auto sample = sample_of(runs, threshold.limit.measure);
    MeasureValue const value = number_of(sample, threshold.statistic);
    std::size_t const silent = silent_on(threshold.limit.measure, runs);
    sample.insert(sample.end(), silent, Bounded{.high = std::numeric_limits<double>::infinity()});
    MeasureValue const sure = number_of(sample, threshold.statistic);
    std::string_view limit = threshold.limit.text;
    if (limit.starts_with(threshold.limit.measure))
        limit.remove_prefix(threshold.limit.measure.size() + 1);
    return {
        .threshold = threshold,
        .verdict = hold(threshold.limit, value.known ? sure : value),
        .name = fmt::format("{} of {}", to_string(threshold.statistic), threshold.limit.measure),
        .value = show(value, unit) +
                 (silent == 0 ? "" : fmt::format(", {} cannot say", count_runs(silent, "play"))),
        .limit = std::string(limit)};
}

bool proved(GateRun const& run) { return counts(run.summary); }

std::string plays_of(GateDrill const& drill) {
    std::string text = drill.runs.empty() ? "not played" : count_verdicts(summaries(drill));
    if (!drill.not_played.empty()) text += fmt::format(" ({})", drill.not_played);
    return text;
}

/// Collects reasons.
class Weighing {
public:
    explicit Weighing(GateFacts const& facts) : facts_(&facts) {}

    WeighedGate weigh() {
        weigh_preflight();
        for (GateDrill const& drill : facts_->drills) weigh_drill(drill);
        for (ManualItem const& item : facts_->manual)
            if (item.by.empty())
                undecided(fmt::format("nobody ticked {}: {} (--done '{}=NAME')", item.id, item.text,
                                      item.id));
        for (std::string const& trouble : facts_->troubles) broke(trouble);
        if (facts_->interrupted) undecided("it was interrupted");
        std::ranges::stable_sort(made_.reasons, {}, [](GateReason const& reason) {
            return reason.decision == Decision::no_go ? 0 : 1;
        });
        for (GateReason const& reason : made_.reasons)
            made_.decision = std::max(made_.decision, reason.decision);
        made_.because = because();
        return std::move(made_);
    }

private:
    void no_go(std::string sentence) {
        made_.reasons.push_back({.decision = Decision::no_go, .sentence = std::move(sentence)});
    }
    void undecided(std::string sentence) {
        made_.reasons.push_back({.decision = Decision::undecided, .sentence = std::move(sentence)});
    }
    void broke(std::string sentence) {
        made_.harness_broke = true;
        made_.reasons.push_back({.decision = Decision::undecided,
                                 .harness_broke = true,
                                 .sentence = std::move(sentence)});
    }

    void weigh_preflight() {
        for (GateFinding const& finding : facts_->findings)
            if (finding.forbids)
                no_go(fmt::format("preflight, {}: {}; {}", finding.item, finding.found,
                                  finding.remedy));
        for (std::string const& why : facts_->cannot_drill)
            undecided(fmt::format("it cannot be drilled: {}", why));
    }

    /// What one play says against it. Returns how it counts for its drill.
    Verdict weigh_run(GateDrill const& drill, GateRun const& run) {
        auto const about = fmt::format("{}, seed {}", drill.scenario, run.summary.seed);
        if (run.not_undone) {
            made_.not_undone = true;
            no_go(fmt::format("{}: something was left behind on a node", about));
        }
        Verdict const verdict = run.summary.verdict;
        // Called off by whoever stopped the gate, and not by what it did.
        if (verdict == Verdict::aborted && run.interrupted) return Verdict::inconclusive;
        if (verdict == Verdict::fail || verdict == Verdict::aborted)
            no_go(fmt::format("{}: {}", about, run.summary.because));
        if (verdict == Verdict::error) broke(fmt::format("{}: {}", about, run.summary.because));
        // No other play takes the doubt away: a cluster may have failed this one.
        if (verdict == Verdict::inconclusive && run.summary.undecided)
            undecided(fmt::format("{}: {}", about, run.summary.because));
        return verdict;
    }

    void weigh_drill(GateDrill const& drill) {
        WeighedDrill made{.drill = &drill, .plays = plays_of(drill)};
        for (GateRun const& run : drill.runs) {
            Verdict const verdict = weigh_run(drill, run);
            // One that proved nothing was played again; whether that was enough is counted below.
            if (verdict != Verdict::inconclusive || run.summary.undecided)
                made.verdict = std::max(made.verdict, verdict);
        }
        auto const enough = std::ranges::count_if(drill.runs, proved) >= drill.repeats;
        if (!enough && !(drill.no_time && is_proved(drill))) {
            made.verdict = std::max(made.verdict, Verdict::inconclusive);
            undecided(fmt::format("{}: {} of {} plays prove something: {}", drill.scenario,
                                  std::ranges::count_if(drill.runs, proved), drill.repeats,
                                  made.plays));
        }
        if (drill.inconclusive_nights > 0) {
            made.verdict = std::max(made.verdict, Verdict::fail);
            no_go(
                fmt::format("{}: inconclusive for {} nights running: nothing is known of it any "
                            "more",
                            drill.scenario, drill.inconclusive_nights));
        }
        auto const runs = summaries(drill);
        for (Threshold const& threshold : drill.thresholds) {
            WeighedThreshold weighed = weigh_threshold(threshold, runs);
            made.verdict = std::max(made.verdict, weighed.verdict);
            std::string const sentence = fmt::format("{}: {} is {}, limit {}", drill.scenario,
                                                     weighed.name, weighed.value, weighed.limit);
            if (weighed.verdict == Verdict::fail)
                no_go(sentence);
            else if (weighed.verdict != Verdict::pass)
                undecided(sentence);
            made.thresholds.push_back(std::move(weighed));
        }
        made_.drills.push_back(std::move(made));
    }

    [[nodiscard]] std::string because() const {
        if (made_.decision == Decision::go) {
            std::size_t plays = 0;
            for (GateDrill const& drill : facts_->drills) plays += drill.runs.size();
            return fmt::format(
                "GO: {} in {} on {}{}, and every limit held.",
                count_runs(facts_->drills.size(), "drill"), count_runs(plays, "play"),
                facts_->cluster,
                facts_->shard.empty() ? "" : fmt::format(" (shard {})", facts_->shard));
        }
        std::string text = fmt::format("{}: ", decision_word(made_.decision));
        std::size_t shown = 0;
        for (GateReason const& reason : made_.reasons) {
            if (reason.decision != made_.decision) continue;
            if (shown == proofs_shown) break;
            text += (shown++ == 0 ? "" : "; ") + reason.sentence;
        }
        std::size_t const more = made_.reasons.size() - shown;
        return text + (more == 0 ? "." : fmt::format("; and {} more.", count_runs(more, "reason")));
    }

    GateFacts const* facts_;
    WeighedGate made_;
};

}  // namespace

std::string_view decision_word(Decision decision) {
    switch (decision) {
        case Decision::go:
            return "GO";
        case Decision::no_go:
            return "NO-GO";
        case Decision::undecided:
            break;
    }
    return "UNDECIDED";
}

std::string_view decision_key(Decision decision) {
    switch (decision) {
        case Decision::go:
            return "go";
        case Decision::no_go:
            return "no_go";
        case Decision::undecided:
            break;
    }
    return "undecided";
}

WeighedGate weigh_gate(GateFacts const& facts) { return Weighing(facts).weigh(); }

bool is_proved(GateDrill const& drill) {
    auto const missing = static_cast<std::size_t>(
        std::max<std::ptrdiff_t>(drill.repeats - std::ranges::count_if(drill.runs, proved), 0));
    auto const runs = summaries(drill);
    return !drill.thresholds.empty() &&
           std::ranges::all_of(drill.thresholds, [&](Threshold const& threshold) {
               std::string const& op = threshold.limit.op;
               if (!op.starts_with('<') && !op.starts_with('>')) return false;
               double const worst = op.starts_with('<') ? worse_than_any : 0.0;
               auto sample = sample_of(runs, threshold.limit.measure);
               sample.insert(sample.end(), missing + silent_on(threshold.limit.measure, runs),
                             Bounded{.low = worst, .best = worst, .high = worst});
               return hold(threshold.limit, number_of(sample, threshold.statistic)) ==
                      Verdict::pass;
           });
}

bool is_lost(GateDrill const& drill) {
    auto const failed = [](GateRun const& run) {
        return run.not_undone || run.summary.verdict == Verdict::fail ||
               (run.summary.verdict == Verdict::aborted && !run.interrupted);
    };
    if (std::ranges::any_of(drill.runs, failed)) return true;
    auto const missing = static_cast<std::size_t>(
        std::max<std::ptrdiff_t>(drill.repeats - std::ranges::count_if(drill.runs, proved), 0));
    auto const runs = summaries(drill);
    return std::ranges::any_of(drill.thresholds, [&](Threshold const& threshold) {
        // Of the other comparisons nobody knows what the best would be.
        if (!threshold.limit.op.starts_with('<')) return false;
        auto sample = sample_of(runs, threshold.limit.measure);
        sample.resize(sample.size() + missing + silent_on(threshold.limit.measure, runs));
        return hold(threshold.limit, number_of(sample, threshold.statistic)) == Verdict::fail;
    });
}

}  // namespace interregnum
