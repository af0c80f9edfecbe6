// SPDX-License-Identifier: MIT
#include "reports/page/tables_measured.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/record/names.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/brownout.h"
#include "reports/measures/felt.h"
#include "reports/measures/latency.h"
#include "reports/measures/reasons.h"
#include "reports/measures/recovery.h"
#include "reports/measures/replica_lag.h"
#include "reports/measures/split_brain.h"
#include "reports/measures/staleness.h"
#include "reports/page/html_text.h"

namespace interregnum {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// More rows than that are for programs.
constexpr std::size_t windows_most = 500;

std::string duration(MeasureValue const& value) {
    return value.known ? html(show(value, Unit::duration)) : "";
}

std::string milliseconds(record::Offset span) {
    return fmt::format("{:.2f} ms", static_cast<double>(span.count()) / 1e6);
}

}  // namespace

std::string windows_table(Study const& study) {
    Rows rows;
    std::size_t left_out = 0;
    for (Path const& path : study.of<paths_of>())
        for (Outage const& outage : path.outages) {
            if (rows.size() >= windows_most) {
                ++left_out;
                continue;
            }
            MeasureValue const length{.known = true,
                                      .at_least = outage.at_least().count(),
                                      .at_most = outage.at_most().count(),
                                      .best = outage.best().count()};
            rows.push_back({html(path_text(path.stream)),
                            outage.last_good ? show_instant(*outage.last_good) : "the begin",
                            show_instant(outage.first_missing), show_instant(outage.last_missing),
                            outage.first_good ? show_instant(*outage.first_good) : "the end",
                            duration(length), format_count(outage.missing)});
        }
    if (left_out > 0)
        rows.push_back({fmt::format("and {} more in summary.json",
                                    format_count(static_cast<std::int64_t>(left_out)))});
    return html_table(
        "Every outage: the path went down between the first two instants and came "
        "back between the last two",
        {"Path", "Last good", "First missing", "Last missing", "First good", "Length (bounds)",
         "Missing"},
        rows);
}

std::string recovery_table(Study const& study) {
    Rows rows;
    auto const& faults = study.of<faults_of>();
    for (Recovery const& recovery : study.of<recoveries_of>()) {
        if (recovery.windows == 0) continue;
        rows.push_back(
            {html(path_text(recovery.stream)), html(faults[recovery.fault].kind),
             duration(recovery.time),
             recovery.stable ? show_instant(recovery.stable->best) : "not within the run",
             format_count(recovery.windows)});
    }
    return html_table(
        "Stable again: from the fault to the begin of the first 10 s without a "
        "missing attempt",
        {"Path", "Fault", "After (bounds)", "At", "Outages until then"}, rows);
}

std::string brownout_table(Study const& study) {
    Rows rows;
    for (Brownout const& brownout : study.of<brownouts_of>())
        for (BrownWindow const& window : brownout.windows) {
            if (rows.size() >= windows_most) break;
            rows.push_back({html(path_text(brownout.stream)), show_instant(window.from),
                            show_instant(window.to),
                            fmt::format("{} of {}", format_count(window.missing),
                                        format_count(window.attempts)),
                            milliseconds(window.median),
                            fmt::format("{:.1f} %, {}", brownout.steady_share * 100,
                                        milliseconds(brownout.steady_p99))});
        }
    return html_table("Brownout: up, yet worse than before the fault",
                      {"Path", "From", "To", "Missing", "Median wait", "Par (share, p99)"}, rows);
}

std::string latency_table(Study const& study) {
    Rows rows;
    auto const add = [&](std::string const& name, std::string_view when, Waits const& waits) {
        if (waits.attempts == 0) return;
        rows.push_back({html(name), std::string(when), format_count(waits.attempts),
                        format_count(waits.missing), duration(waits.p50), duration(waits.p95),
                        duration(waits.p99), duration(waits.p999), duration(waits.max)});
    };
    for (PathWaits const& path : study.of<waits_of>()) {
        std::string const name = path_text(path.stream);
        bool const divided = path.during.attempts + path.after.attempts > 0;
        add(name, divided ? "before" : "whole run", path.before);
        add(name, "during", path.during);
        add(name, "after", path.after);
    }
    return html_table(
        "Waits from the instant an attempt was due until its customer was served "
        "(a missing attempt: at the next try)",
        {"Path", "Fault", "Attempts", "Missing", "p50", "p95", "p99", "p99.9", "Longest"}, rows);
}

std::string staleness_tables(Study const& study) {
    Rows rows;
    for (PathStaleness const& path : study.of<staleness_of>()) {
        if (path.reads == 0) continue;
        rows.push_back({html(path_text(path.stream)), format_count(path.reads),
                        path.max.known ? format_count(path.stale) : html(path.max.why_unknown),
                        duration(path.p50), duration(path.p99), duration(path.max),
                        path.stale > 0 ? show_instant(path.worst_at) : ""});
    }
    std::string const page = html_table(
        "Staleness: how long an order had been acknowledged that a read "
        "did not see",
        {"Path", "Reads", "Stale", "p50", "p99", "Longest", "At"}, rows);
    rows.clear();
    for (ReplicaLag const& lag : study.of<replica_lags_of>())
        rows.push_back({html(lag.node), format_count(lag.looks), format_count(lag.not_compared),
                        html(show(lag.p99, Unit::bytes)), html(show(lag.max, Unit::bytes)),
                        duration(lag.delay), lag.max.known ? show_instant(lag.worst_at) : ""});
    return page +
           html_table("Standbys: WAL written by the leader and not replayed",
                      {"Node", "Looks", "Not compared", "p99", "Most", "Behind in time", "Most at"},
                      rows);
}

std::string reasons_table(Study const& study) {
    auto const& reasons = study.of<reasons_of>();
    Rows rows;
    for (Reason const& reason : reasons.reasons) {
        std::vector<std::string> row{
            std::string(record::to_string(reason.service)) + ": " + html(reason.error),
            std::string(reason.error == "late" ? "late" : record::to_string(reason.outcome))};
        for (std::int64_t const count : reason.counts)
            row.push_back(count == 0 ? "" : format_count(count));
        row.push_back(format_count(reason.total));
        row.push_back("<small>" + html(reason.example) + "</small>");
        rows.push_back(std::move(row));
    }
    std::vector<std::string> heads{"Why", "Outcome"};
    heads.insert(heads.end(), reasons.parts.begin(), reasons.parts.end());
    heads.insert(heads.end(), {"All", "The first one's message"});
    return html_table("Attempts that were not answered in time, by part of the drill", heads, rows);
}

std::string split_brain_table(Study const& study) {
    Rows rows;
    for (SplitBrain const& brain : study.of<split_brains>()) {
        MeasureValue const length{
            .known = true,
            .at_least = (brain.to - brain.from).count(),
            .at_most = (brain.latest - brain.earliest).count(),
            .best = ((brain.to - brain.from) + (brain.latest - brain.earliest)).count() / 2};
        rows.push_back({html(brain.one + " and " + brain.other), show_instant(brain.from),
                        show_instant(brain.to), duration(length),
                        brain.customers  ? "customers served in turn"
                        : brain.canaries ? "test writes accepted by both"
                                         : "Patroni: both out of recovery"});
    }
    return html_table("Split brain: two nodes took writes at once",
                      {"Nodes", "Certainly from", "to", "Length (bounds)", "Proof"}, rows);
}

std::string observers_table(Study const& study) {
    Rows rows;
    for (auto const& cost : study.record().observer_costs) {
        double const mean = cost.looks > 0 ? static_cast<double>(cost.waited.count()) /
                                                 static_cast<double>(cost.looks) / 1e6
                                           : 0;
        rows.push_back({html(cost.observer), html(cost.node), format_count(cost.looks),
                        format_count(cost.failed), fmt::format("{:.2f} ms", mean),
                        format_seconds(cost.waited)});
    }
    return html_table(
        "What watching cost",
        {"Observer", "Node", "Looks", "Without an answer", "Mean wait", "Wait in all"}, rows);
}

}  // namespace interregnum
