// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "reports/attempt_text.h"

/// A stall of the controller (no processor, a stopped process) looks like an outage of the
/// cluster. What tells them apart: a cluster that is down does not keep streams of another
/// service or entry point from *starting* their attempts in time. So the controller is the
/// suspect where every stream that had an attempt due started it late, or never made it. Attempts
/// for which no client was free ("unserved") real outages make, too, while other clients run into
/// their deadlines; where none of any stream began or ended anything for longer than the longest
/// deadline, they were all kept from it.
namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Offset;

constexpr Offset slice = 250ms;            // instants nearer than this are looked at together
constexpr Offset late_from = 100ms;        // a start this long after `due` is late
constexpr Offset longest_allowed = 500ms;  // half of the usual service time

// When an attempt was to begin, and how much later it did.
struct Start {
    std::int64_t number{};
    Offset due{};
    Offset late_by{};
    bool counts{};  ///< it tells of the controller
};

struct Slice {
    std::set<int> late;
    std::set<int> on_time;
    Offset worst{};
};
using Slices = std::map<std::int64_t, Slice>;

void add(Slices& slices, Offset due, int stream, Offset lateness) {
    Slice& here = slices[due / slice];
    if (lateness < late_from) {
        here.on_time.insert(stream);
        return;
    }
    here.late.insert(stream);
    here.worst = std::max(here.worst, lateness);
}

// Attempts between two numbers of a stream that the record does not have.
void add_gap(Slices& slices, record::StreamDeclared const& stream, Start const& before,
             Start const& after) {
    constexpr std::int64_t most = 100'000;  // bounds the loop on a hostile record
    std::int64_t const gap = std::min(after.number - before.number - 1, most);
    for (std::int64_t i = 1; i <= gap; ++i) {
        Offset const due = before.due + stream.period * i;
        add(slices, due, stream.id, after.due - due);
    }
}

bool was_served(record::Attempt const& attempt) { return attempt.error != "unserved"; }

/// When any client began or ended an attempt, in order.
class SignsOfLife {
public:
    explicit SignsOfLife(record::Record const& record) {
        for (auto const& stream : record.streams)  // who has no grid may wait alone, and long
            if (!stream.closed_loop)
                longest_deadline_ = std::max(longest_deadline_, stream.deadline);
        if (std::ranges::all_of(record.attempts, was_served)) return;  // nobody will ask
        for (auto const& attempt : record.attempts) {
            if (was_served(attempt)) signs_.push_back(attempt.started);
            signs_.push_back(attempt.finished);
        }
        std::ranges::sort(signs_);
    }
    /// How long there was none from then on; zero where that may be clients that wait for answers.
    [[nodiscard]] Offset missing_from(Offset due) const {
        auto const next = std::ranges::upper_bound(signs_, due);
        // A client gives up some milliseconds after its deadline, all of them together in a silent
        // network.
        if (next == signs_.end() || *next - due <= longest_deadline_ + late_from)
            return Offset::zero();
        return *next - due;
    }

private:
    std::vector<Offset> signs_;
    Offset longest_deadline_{};
};

Slices slices_of(record::Record const& record) {
    SignsOfLife const life(record);
    std::map<int, std::vector<Start>> by_stream;
    for (auto const& attempt : record.attempts) {
        bool const served = was_served(attempt);
        Offset const late_by =
            served ? attempt.started - attempt.due : life.missing_from(attempt.due);
        by_stream[attempt.stream].push_back({.number = attempt.number,
                                             .due = attempt.due,
                                             .late_by = late_by,
                                             .counts = served || late_by > Offset::zero()});
    }
    Slices slices;
    for (auto const& stream : record.streams) {
        auto& attempts = by_stream[stream.id];
        std::ranges::stable_sort(attempts, {}, &Start::number);
        for (std::size_t i = 0; i < attempts.size(); ++i) {
            if (i > 0) add_gap(slices, stream, attempts[i - 1], attempts[i]);
            if (attempts[i].counts) add(slices, attempts[i].due, stream.id, attempts[i].late_by);
        }
    }
    return slices;
}

std::vector<Finding> check(record::Record const& record) {
    Offset longest{};
    Offset at{};
    for (auto const& [index, here] : slices_of(record)) {
        // One stream alone proves nothing: its clients may all be busy.
        if (!here.on_time.empty() || here.late.size() < 2 || here.worst <= longest) continue;
        longest = here.worst;
        at = slice * index;
    }
    if (longest < longest_allowed) return {};
    return {{.about = Class::harness,
             .verdict = Verdict::inconclusive,
             .check = "controller_stalled",
             .sentence = fmt::format("the controller itself stood still: all customers together "
                                     "began up to {} late, {} into the run",
                                     format_seconds(longest), show_instant(at)),
             .proof = {}}};
}

RegisterCheck const registered{
    {.name = "controller_stalled",
     .summary = "the controller was never so late that its numbers cannot be trusted",
     .check = check}};

}  // namespace
}  // namespace interregnum
