// SPDX-License-Identifier: MIT
#include <map>
#include <optional>

#include <fmt/format.h>

#include "harness/check.h"
#include "harness/record/judgement.h"
#include "harness/record/names.h"

/// A cluster (or a controller) that loses attempts before anything was done to it cannot show what
/// the fault did: its outages would be put down to the fault. Only attempts whose whole deadline
/// lies before the first injection count, so that the fault itself is in none of them.
namespace interregnum {
namespace {

using record::Offset;

constexpr std::int64_t fewest_attempts = 20;  // fewer say nothing of a share
constexpr std::int64_t fewest_missing = 3;    // a hiccup is no illness
constexpr double most_missing = 0.02;

struct Before {
    std::int64_t attempts{};
    std::int64_t missing{};
    [[nodiscard]] double share() const {
        return attempts == 0 ? 0 : static_cast<double>(missing) / static_cast<double>(attempts);
    }
    [[nodiscard]] bool sick() const {
        return attempts >= fewest_attempts && missing >= fewest_missing && share() > most_missing;
    }
};

std::optional<Offset> first_injection(record::Record const& record) {
    for (auto const& event : record.faults)
        if (event.stage == record::FaultStage::injecting) return event.at;
    return {};
}

std::vector<Finding> check(record::Record const& record) {
    auto const fault = first_injection(record);
    if (!fault) return {};  // nothing was done to it, so what is missing is the finding itself
    std::map<int, Offset> deadlines;
    for (auto const& stream : record.streams) deadlines[stream.id] = stream.deadline;
    std::map<int, Before> before;
    for (auto const& attempt : record.attempts) {
        auto const deadline = deadlines.find(attempt.stream);
        if (deadline == deadlines.end() || attempt.started > *fault - deadline->second) continue;
        Before& here = before[attempt.stream];
        ++here.attempts;
        here.missing += answered(attempt, deadline->second) ? 0 : 1;
    }
    record::StreamDeclared const* worst = nullptr;
    for (auto const& stream : record.streams) {
        // A standby's own path takes no writes, fault or not; one that never worked is `vacuous`.
        bool const standby = stream.way == "direct" && stream.service != record::Service::read;
        Before const& here = before[stream.id];
        if (standby || !here.sick() || here.missing == here.attempts) continue;
        if (worst == nullptr || here.share() > before[worst->id].share()) worst = &stream;
    }
    if (worst == nullptr) return {};
    Before const& here = before[worst->id];
    return {
        {.about = Class::harness,
         .verdict = Verdict::inconclusive,
         .check = "sick_before",
         .sentence = fmt::format(
             "{:.1f} % of {} through {} ({} connections) were missing before the fault ({} of "
             "{}; at most {:.0f} % are normal): what the fault did cannot be told from what was "
             "wrong already",
             100 * here.share(), worst->probe, worst->entry, record::to_string(worst->connection),
             here.missing, here.attempts, 100 * most_missing),
         .proof = {}}};
}

RegisterCheck const registered{{.name = "sick_before",
                                .summary = "customers missed next to nothing before the fault",
                                .check = check}};

}  // namespace
}  // namespace interregnum
