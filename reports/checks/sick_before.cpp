// SPDX-License-Identifier: MIT
#include <cmath>
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

constexpr double most_missing = 0.02;
constexpr std::int64_t fewest_missing = 3;  // a hiccup is no illness
// From so many attempts on their share is what counts. Fewer (a ticket a second) must be so bad
// that a path which loses 2 % is as unlucky once in a hundred times at most: two of up to seven,
// three of up to nineteen; one never is.
constexpr std::int64_t few_attempts = 20;
constexpr double most_luck = 0.01;

// How likely at least so many of the attempts are missing where `most_missing` of all are, each
// for itself (the binomial distribution).
double chance_of(std::int64_t missing, std::int64_t attempts) {
    double fewer = 0;
    double exactly = std::pow(1 - most_missing, static_cast<double>(attempts));
    for (std::int64_t i = 0; i < missing; ++i) {
        fewer += exactly;
        exactly *= static_cast<double>(attempts - i) / static_cast<double>(i + 1) * most_missing /
                   (1 - most_missing);
    }
    return 1 - fewer;
}

struct Before {
    bool worked{};  ///< by the fault
    std::int64_t attempts{};
    std::int64_t missing{};
    [[nodiscard]] double share() const {
        return attempts == 0 ? 0 : static_cast<double>(missing) / static_cast<double>(attempts);
    }
    [[nodiscard]] bool sick() const {
        if (attempts < few_attempts) return chance_of(missing, attempts) <= most_luck;
        return missing >= fewest_missing && share() > most_missing;
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
        if (deadline == deadlines.end()) continue;
        bool const good = answered(attempt, deadline->second);
        Before& here = before[attempt.stream];
        here.worked = here.worked || (good && attempt.finished <= *fault);
        if (attempt.started > *fault - deadline->second) continue;
        ++here.attempts;
        here.missing += good ? 0 : 1;
    }
    record::StreamDeclared const* worst = nullptr;
    for (auto const& stream : record.streams) {
        // A standby's own path takes no writes, fault or not; one that never worked is `vacuous`.
        bool const standby = stream.way == "direct" && stream.service != record::Service::read;
        Before const& here = before[stream.id];
        if (standby || !here.sick() || !here.worked) continue;
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
