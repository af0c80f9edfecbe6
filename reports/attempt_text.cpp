// SPDX-License-Identifier: MIT
#include "reports/attempt_text.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/record/names.h"

namespace interregnum {
namespace {

constexpr std::size_t shown_at_each_end = 5;

// Where an instant lies beside the faults of the run; "" where there was none.
std::string phase_of(record::Record const& record, record::Offset at) {
    std::map<std::string, record::Offset> in_force;  // since when, by id
    for (auto const& fault : record.faults) {
        if (fault.at > at) continue;
        if (fault.stage == record::FaultStage::injecting) in_force[fault.kind] = fault.at;
        if (fault.stage == record::FaultStage::undone) in_force.erase(fault.kind);
    }
    if (!in_force.empty()) return "during " + in_force.begin()->first;
    auto const first =
        std::ranges::find(record.faults, record::FaultStage::injecting, &record::FaultEvent::stage);
    if (first == record.faults.end()) return {};
    return at < first->at ? "before the fault" : "after the fault";
}

}  // namespace

std::string show_instant(record::Offset at) {
    return fmt::format("{:.3f} s", static_cast<double>(at.count()) / 1e9);
}

std::string plural(std::int64_t count, std::string one) {
    return format_count(count) + ' ' + std::move(one) + (count == 1 ? "" : "s");
}

std::string describe(record::Record const& record, record::Attempt const& attempt) {
    auto const stream =
        std::ranges::find(record.streams, attempt.stream, &record::StreamDeclared::id);
    std::string text =
        fmt::format("{} {} {} .. {}", attempt.token.empty() ? "(no token)" : attempt.token,
                    record::to_string(attempt.outcome), show_instant(attempt.started),
                    show_instant(attempt.finished));
    if (stream != record.streams.end()) text += " via " + stream->entry;
    if (!attempt.server.empty()) text += " on " + attempt.server;
    if (attempt.replicas >= 0)
        text += fmt::format(", confirmed by {}", plural(attempt.replicas, "replica"));
    if (auto const phase = phase_of(record, attempt.started); !phase.empty()) text += ", " + phase;
    if (!attempt.error.empty()) text += ": " + attempt.error;
    if (!attempt.sqlstate.empty()) text += " (" + attempt.sqlstate + ")";
    return text;
}

std::vector<std::string> describe_some(record::Record const& record,
                                       std::vector<record::Attempt> const& attempts) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        bool const middle = i >= shown_at_each_end && i + shown_at_each_end < attempts.size();
        if (!middle)
            lines.push_back(describe(record, attempts[i]));
        else if (i == shown_at_each_end)
            lines.push_back(
                fmt::format("... {} more ...", attempts.size() - 2 * shown_at_each_end));
    }
    return lines;
}

}  // namespace interregnum
