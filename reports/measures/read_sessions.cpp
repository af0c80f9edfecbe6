// SPDX-License-Identifier: MIT
#include "reports/measures/read_sessions.h"

#include <algorithm>
#include <map>
#include <utility>

namespace interregnum {
namespace {

using record::Attempt;

// What one client has been shown.
struct Session {
    Attempt const* most{};
    Attempt const* most_here{};  ///< on the connection that it has
};

MeasureValue count(Study const& study) {
    bool const any =
        std::ranges::any_of(study.record().attempts, [](auto const& one) { return one.seen >= 0; });
    if (!any) return {.why_unknown = "no read said what it saw"};
    auto const found = static_cast<std::int64_t>(study.of<went_back>().size());
    return {.known = true, .at_least = found, .at_most = found, .best = found};
}

RegisterMeasure const registered{
    {.name = "read.went_back",
     .summary = "reads that showed an older state than the same client had been shown before",
     .unit = Unit::count,
     .compute = count}};

}  // namespace

std::vector<WentBack> went_back(record::Record const& record) {
    std::map<int, record::StreamDeclared const*> readers;
    for (auto const& stream : record.streams)
        if (stream.service == record::Service::read && !stream.closed_loop && stream.clients > 0)
            readers.emplace(stream.id, &stream);
    std::map<std::pair<int, std::int64_t>, Session> sessions;
    std::vector<WentBack> found;
    for (Attempt const& attempt : record.attempts) {
        auto const stream = readers.find(attempt.stream);
        if (stream == readers.end()) continue;
        Session& session = sessions[{attempt.stream, attempt.number % stream->second->clients}];
        bool const kept = stream->second->connection == record::Connection::kept;
        bool const read = attempt.outcome == record::Outcome::ok && attempt.seen >= 0;
        bool const goes_on = read && kept && !attempt.server.empty() &&
                             session.most_here != nullptr &&
                             session.most_here->server == attempt.server;
        if (!goes_on) session.most_here = nullptr;
        if (!read) continue;
        if (session.most != nullptr && attempt.seen < session.most->seen) {
            bool const here = goes_on && attempt.seen < session.most_here->seen;
            found.push_back({.earlier = here ? session.most_here : session.most,
                             .later = &attempt,
                             .same_connection = here});
        }
        for (Attempt const** most : {&session.most, &session.most_here})
            if (*most == nullptr || (*most)->seen <= attempt.seen) *most = &attempt;
    }
    return found;
}

}  // namespace interregnum
