// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/registry.h"
#include "harness/record/event.h"
#include "harness/statistics.h"

namespace interregnum {

/// Which number of a measure over the repeats of a drill is meant.
enum class Statistic {
    median,
    p95,  ///< nobody knows it with fewer than 20 repeats
    max,
};

/// A limit on a measure over all repeats of a drill.
struct Threshold {
    Statistic statistic{Statistic::median};
    record::Expectation limit;  ///< `text`: "write.downtime <= 60s"
};

/// What a look at the cluster found before any drill.
struct GateFinding {
    std::string item;         ///< "patroni.pause"
    std::string severity;     ///< "stop", "warn" or "note"
    std::string found;        ///< from the cluster's own state
    std::string consequence;  ///< what happens, and when
    std::string remedy;       ///< what to do
    bool forbids{};           ///< the suite takes it for a no-go
};

/// One play of a drill.
struct GateRun {
    RunSummary summary;  ///< of one that left no summary: verdict `error`, with the reason
    /// Of its report, as seen from the gate's own page; of its journal alone where it has none
    /// and something is left behind; else "".
    std::string folder;
    bool no_report{};    ///< there is no page in that folder
    bool not_undone{};   ///< something was left behind on a node
    bool interrupted{};  ///< by whoever stopped the gate
    Duration took{};     ///< with all that goes before and after it; zero: not known
};

/// A play that came to no result: whoever stopped the gate stopped it, too, or its controller was
/// killed. It counts for nothing, and its seed is played again.
struct CutOffPlay {
    std::string folder;  ///< as in GateRun
    std::string why;     ///< "interrupted by a signal"
};

/// A drill of the suite and what became of it.
struct GateDrill {
    std::string scenario;
    std::string title;
    int repeats{1};  ///< how many plays that prove something were asked for
    std::vector<Threshold> thresholds;
    std::vector<GateRun> runs;  ///< in the order they were played, inconclusive ones among them
    std::string not_played;     ///< why fewer were played than asked for; "" when none is missing
    /// What is missing was not played for lack of time, and for no other reason. Such a drill is
    /// undecided, too, but for one case: it has thresholds, and all of them would hold whatever
    /// the missing plays had measured (a median can be as sure as that, a maximum never). Then its
    /// numbers are proved. That none of the missing plays would have lost an order is not, and the
    /// page says so among the risks. A drill without thresholds asks for each of its plays.
    bool no_time{};
    std::vector<CutOffPlay> cut_off;  ///< in the order they were begun
    /// For how many nights in a row it has proved too little, where that is more than is borne.
    int inconclusive_nights{};
};

/// Something only people can say, such as that a restore was tried.
struct ManualItem {
    std::string id;    ///< "restore-tested", by which it is ticked
    std::string text;  ///< what was to be done
    std::string by;    ///< who says that it is done; "" while nobody does
    std::string at;    ///< when it was ticked: "2026-11-22T03:10:44.123Z"
};

/// Everything that is known when a gate has come to its end.
struct GateFacts {
    std::string suite;  ///< the file's stem
    std::string title;
    std::string cluster;
    std::string environment;
    std::string version;  ///< of the program
    std::string began;    ///< "2026-11-22T03:10:44.123Z"
    std::string ended;
    std::uint64_t first_seed{};
    /// When it was gone on with after an interruption, each time.
    std::vector<std::string> resumed;
    /// Of a suite whose drills are shared among several clusters, which share this is: "2/3"; "":
    /// all of it. The decision is about `drills` alone.
    std::string shard;
    std::vector<std::string> elsewhere;  ///< what the other shards play: "switchover (shard 1/3)"
    std::string not_looked;              ///< why there was no preflight; "" when there was one
    std::vector<std::string> cannot_drill;  ///< reasons for which no drill could be played
    std::vector<GateFinding> findings;      ///< of the preflight, worst first
    std::vector<std::string> not_known;     ///< what the preflight could not find out
    std::vector<GateDrill> drills;          ///< in the suite's order
    /// Scenarios that ship and that the suite leaves out: "lag-replica: A replica lags...".
    std::vector<std::string> not_in_suite;
    std::vector<ManualItem> manual;
    std::vector<std::string> troubles;  ///< of the harness itself: a hook that failed
    bool interrupted{};
    /// It can be gone on with: it was interrupted, its time was over, or something kept it from
    /// playing that is no judgement on the cluster, such as a node that could not be reached.
    bool unfinished{};
};

/// `go`: everything that was asked was proved, and held. `undecided`: nothing speaks against it,
/// but something was not proved. `no_go`: something speaks against it.
enum class Decision { go, undecided, no_go };

/// The decision, and one page that a team can sign.
struct GateJudgement {
    Decision decision{Decision::undecided};
    bool not_undone{};     ///< exit code 4
    bool harness_broke{};  ///< a play or the gate itself ended in an error
    std::string because;   ///< one sentence for the last line
    std::string text;      ///< for the terminal
    std::string json;
    std::string markdown;
    std::string html;
    std::string junit;
    std::string prometheus;  ///< for the textfile collector of a node exporter
};

/// Judges a gate. Implemented by reports; a slot, so that the harness can call it without knowing
/// reports. Pure.
struct GateKind {
    std::string_view name;  ///< "default"
    GateJudgement (*judge)(GateFacts const&){nullptr};
    /// Whatever the plays that are still missing came to, this drill would be a no-go.
    bool (*is_lost)(GateDrill const&){nullptr};
};
using RegisterGate = Register<GateKind>;

/// As suites have it: "median", "p95", "max".
[[nodiscard]] constexpr std::string_view to_string(Statistic statistic) {
    switch (statistic) {
        case Statistic::median:
            return "median";
        case Statistic::p95:
            return "p95";
        case Statistic::max:
            break;
    }
    return "max";
}

}  // namespace interregnum
