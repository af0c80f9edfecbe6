// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "reports/attempt_text.h"

/// When everything falls silent at once, the controller's own network is the suspect and not the
/// cluster: no customer is answered at any entry point, not even with a refusal, which would be a
/// word from the other side; and no observer is answered by any node that no fault has in its hand.
/// Silence is looked for between two instants at which anybody was heard, and from the last of them
/// to the end.
namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Attempt;
using record::Offset;
using record::Outcome;
using record::Record;

// A shorter silence makes no difference to what was measured, and may be chance.
constexpr Offset shortest = 1s;

struct Silence {
    Offset from{};
    Offset to{};
};

// Whether nothing came back from the other side.
bool is_silent(Attempt const& attempt) {
    if (attempt.outcome == Outcome::ok) return false;
    std::string_view error = attempt.error;
    if (error.starts_with("cache_")) error.remove_prefix(6);
    return error == "timeout" || error == "connect_timeout" || error == "connect_unreachable" ||
           error == "task_not_done" || error == "worker_hung";
}

std::vector<Offset> heard_at(Record const& record) {
    std::vector<Offset> heard;
    for (Attempt const& attempt : record.attempts)
        if (attempt.error != "unserved" && !is_silent(attempt)) heard.push_back(attempt.finished);
    for (auto const& seen : record.replication) heard.push_back(seen.at);
    for (auto const& said : record.sentinel_messages) heard.push_back(said.at);
    for (auto const& seen : record.nodes_seen)
        if (seen.reachable) heard.push_back(seen.at);
    for (auto const& seen : record.members)
        if (seen.reachable) heard.push_back(seen.at);
    for (auto const& seen : record.backends)
        if (!seen.status.empty()) heard.push_back(seen.at);
    std::ranges::sort(heard);
    return heard;
}

// Streams that tried in vain meanwhile.
std::size_t streams_in(Record const& record, Silence const& silence) {
    std::set<int> streams;
    for (Attempt const& attempt : record.attempts)
        if (attempt.started >= silence.from && attempt.started < silence.to && is_silent(attempt))
            streams.insert(attempt.stream);
    return streams.size();
}

// Nodes that a fault had in its hand at any time of the silence: theirs explains itself.
std::set<std::string> targets_in(Record const& record, Silence const& silence) {
    std::map<std::string, Silence> force;
    std::map<std::string, std::set<std::string>> targets;
    for (record::FaultEvent const& event : record.faults) {
        auto const [entry, first] = force.emplace(event.fault_id, Silence{event.at, Offset::max()});
        if (event.stage == record::FaultStage::undone) entry->second.to = event.at;
        targets[event.fault_id].insert(event.targets.begin(), event.targets.end());
    }
    std::set<std::string> hit;
    for (auto const& [id, span] : force)
        if (span.from <= silence.to && span.to >= silence.from)
            hit.insert(targets[id].begin(), targets[id].end());
    return hit;
}

// By node: whether the observer that watches it had an answer at its last look.
std::map<std::string, bool> answering_at(Record const& record, Offset at) {
    std::map<std::string, bool> answering;
    for (auto const& seen : record.members)
        if (seen.at < at) answering[seen.node] = seen.reachable;
    for (auto const& seen : record.backends)
        if (seen.at < at) answering[seen.app] = !seen.status.empty();
    return answering;
}

bool nobody_answers(Record const& record, Silence const& silence) {
    auto const targets = targets_in(record, silence);
    std::size_t silent = 0;
    for (auto const& [node, answers] : answering_at(record, silence.to)) {
        if (answers) return false;
        if (!targets.contains(node)) ++silent;
    }
    return silent >= 2;
}

// From then on nobody tried: what was heard next does not end a silence.
Offset tried_until(Record const& record) {
    Offset until{};
    for (Attempt const& attempt : record.attempts) until = std::max(until, attempt.finished);
    return until;
}

std::vector<Finding> check(Record const& record) {
    auto heard = heard_at(record);
    Offset const until = tried_until(record);
    // The network may not come back at all.
    if (!heard.empty()) heard.push_back(std::max(heard.back(), until));
    Silence longest;
    for (std::size_t i = 0; i + 1 < heard.size() && heard[i] < until; ++i) {
        Silence const silence{heard[i], std::min(heard[i + 1], until)};
        if (silence.to - silence.from < std::max(shortest, longest.to - longest.from)) continue;
        if (streams_in(record, silence) < 2 || !nobody_answers(record, silence)) continue;
        longest = silence;
    }
    if (longest.to == longest.from) return {};
    return {{.about = Class::harness,
             .verdict = Verdict::inconclusive,
             .check = "controller_cut_off",
             .sentence =
                 fmt::format("for {} from {} into the run nothing at all was heard, from no "
                             "entry point and from no node: the controller's own network "
                             "is the suspect",
                             format_seconds(longest.to - longest.from), show_instant(longest.from)),
             .proof = {}}};
}

RegisterCheck const registered{
    {.name = "controller_cut_off",
     .summary = "never did all entry points and all nodes fall silent at once",
     .check = check}};

}  // namespace
}  // namespace interregnum
