// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/measure.h"
#include "harness/record/event.h"
#include "harness/record/judgement.h"
#include "reports/measures/moment.h"

/// Downtime, defined (design, decision 9): a path is *down* at an instant if an attempt started
/// then would not be acknowledged within the service time. Attempts sample that: one that was
/// answered in time says "up" for the instant it started, any other says "down". So each edge of
/// an outage is known to lie between two neighbouring attempts, and a downtime is an interval.
namespace interregnum {

/// What one attempt says about its path at the instant it started.
struct Sample {
    record::Offset due{};
    record::Offset started{};
    record::Offset finished{};
    bool good{};  ///< answered in time
    bool late{};  ///< acknowledged, but after the deadline
};

/// One stream with its attempts in order of their start.
struct Trace {
    record::StreamDeclared stream;
    std::vector<Sample> samples;
};

/// Every declared stream, in order of declaration, also one without attempts.
[[nodiscard]] std::vector<Trace> traces_of(record::Record const& record);

/// A maximal run of missing attempts. The path went down in (last_good, first_missing] and came
/// back in (last_missing, first_good]; each edge is anywhere in its gap with equal chance, so
/// the best estimate is the middle of the bounds.
struct Outage {
    record::Offset first_missing{};
    record::Offset last_missing{};
    std::optional<record::Offset> last_good;   ///< none: the path was down when the run began
    std::optional<record::Offset> first_good;  ///< none: it was still down when the run ended
    std::int64_t missing{};                    ///< attempts
    /// How far the instants above may be from those at the entry, at either end: the delay of a
    /// way that leads there (`record::StreamDeclared::way_delay`).
    record::Offset slack{};

    /// First to last missing attempt's start, less the slack; 0 for a single one.
    [[nodiscard]] record::Offset at_least() const;
    /// Last good start before to first good start after, and the slack. A missing begin counts from
    /// the first attempt of the run (what was before is not the run's); `unbounded` when it never
    /// ended.
    [[nodiscard]] record::Offset at_most() const;
    /// The middle of the bounds; `at_least` when there is no upper bound.
    [[nodiscard]] record::Offset best() const;

    /// When the path went down, as seen at the entry: an attempt gets there up to the slack after
    /// it started, never sooner.
    [[nodiscard]] Moment began() const;
    /// When it came back, as seen there; none: it was still down when the run ended.
    [[nodiscard]] Maybe ended() const;
};

/// Finds the outages in samples sorted by `started`.
[[nodiscard]] std::vector<Outage> find_outages(std::span<Sample const> samples,
                                               record::Offset slack = {});

using record::answered;

/// One stream of attempts with what became of them.
struct Path {
    record::StreamDeclared stream;
    std::vector<Outage> outages;
    std::int64_t attempts{};
    std::int64_t ok{};        ///< acknowledged, in time or late
    std::int64_t said_no{};   ///< answered with an honest no: "sold_out"
    std::int64_t failed{};    ///< certainly did not happen (without said_no)
    std::int64_t unknown{};   ///< may have happened
    std::int64_t late{};      ///< of ok: acknowledged after the deadline
    std::int64_t unserved{};  ///< of failed and unknown: no client was free

    /// The sum over its outages. An unseen outage shorter than the period is not in it: a path
    /// without a missing attempt has exactly 0.
    [[nodiscard]] MeasureValue downtime() const;
    /// "app1" of "app1:5000".
    [[nodiscard]] std::string entry_name() const;
};

/// Every stream of a record that made attempts, in order of declaration.
[[nodiscard]] std::vector<Path> paths_of(Study const& study);

/// The paths of a service, of one kind of connection or of both.
[[nodiscard]] std::vector<Path> select(std::vector<Path> const& paths, record::Service service,
                                       std::optional<record::Connection> connection = {});

/// The downtime of a service: that of its worst path, since a customer is bound to one. Bounds
/// and best are each the greatest over the paths (outages on different paths are not added).
/// Unknown without paths.
[[nodiscard]] MeasureValue worst_downtime(std::vector<Path> const& paths);

/// The paths that `write.downtime` speaks of: kept connections, or fresh ones where a run has no
/// kept ones. Empty when nothing wrote.
[[nodiscard]] std::vector<Path> write_paths(std::vector<Path> const& paths);

/// The instant the record goes up to: its end, or its last event's when it has none.
[[nodiscard]] record::Offset end_of(record::Record const& record);

}  // namespace interregnum
