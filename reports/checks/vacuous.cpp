// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "harness/check.h"
#include "harness/record/names.h"
#include "reports/measures/downtime.h"

namespace interregnum {
namespace {

using record::Offset;

// The instant before which everything should have worked: the first injection, or none.
std::optional<Offset> first_injection(record::Record const& record) {
    for (auto const& event : record.faults)
        if (event.stage == record::FaultStage::injecting) return event.at;
    return {};
}

// A drill would show nothing through it. Whoever watches sees just that, so it is only told.
Finding never_worked(record::Record const& record, record::StreamDeclared const& stream) {
    bool const watched = record.run.watched;
    return {
        .about = Class::harness,
        .verdict = watched ? Verdict::pass : Verdict::inconclusive,
        .check = "vacuous",
        .sentence = fmt::format("{} through {} ({} connections) never worked {}", stream.probe,
                                stream.entry, record::to_string(stream.connection),
                                watched ? "while it was watched"
                                        : "before the fault, so it cannot show what the fault did"),
        .proof = {}};
}

std::vector<Finding> check(record::Record const& record) {
    Offset const until = first_injection(record).value_or(end_of(record));
    std::map<int, std::int64_t> good;
    std::map<int, Offset> deadlines;
    for (auto const& stream : record.streams) deadlines[stream.id] = stream.deadline;
    std::set<int> tried;
    for (auto const& attempt : record.attempts) {
        tried.insert(attempt.stream);
        if (attempt.finished <= until && answered(attempt, deadlines[attempt.stream]))
            ++good[attempt.stream];
    }
    std::vector<Finding> findings;
    for (auto const& stream : record.streams) {
        if (good[stream.id] > 0 || (record.run.watched && !tried.contains(stream.id))) continue;
        // A standby's own path takes no writes, fault or not.
        if (stream.way == "direct" && stream.service != record::Service::read) continue;
        findings.push_back(never_worked(record, stream));
    }
    if (record.streams.empty())
        findings.push_back({.about = Class::harness,
                            .verdict = Verdict::inconclusive,
                            .check = "vacuous",
                            .sentence = "no customer was there to notice anything",
                            .proof = {}});
    return findings;
}

RegisterCheck const registered{
    {.name = "vacuous", .summary = "every customer was served before the fault", .check = check}};

}  // namespace
}  // namespace interregnum
