// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "reports/attempt_text.h"

/// A worker of the task queue without a socket timeout waits for ever on a connection that died in
/// silence, while the broker serves everybody else. Told apart from an outage of the broker, since
/// it does not end with it.
namespace interregnum {
namespace {

using record::Attempt;
using record::Offset;

struct Hang {
    Offset from{};
    Offset to{};
    std::int64_t attempts{};
    std::vector<Attempt> some;
};

std::vector<Finding> check(record::Record const& record) {
    std::map<int, Hang> hangs;
    for (Attempt const& attempt : record.attempts) {
        if (attempt.error != "worker_hung") continue;
        auto const [entry, first] = hangs.emplace(attempt.stream, Hang{.from = attempt.started});
        Hang& hang = entry->second;
        hang.to = std::max(hang.to, attempt.finished);
        ++hang.attempts;
        hang.some.push_back(attempt);
    }
    std::vector<Finding> findings;
    for (auto const& [id, hang] : hangs) {
        auto const stream = std::ranges::find(record.streams, id, &record::StreamDeclared::id);
        std::string const who =
            stream == record.streams.end() ? fmt::format("stream {}", id) : stream->entry;
        findings.push_back({.about = Class::availability,
                            .verdict = Verdict::fail,
                            .check = "worker_hung",
                            .sentence = fmt::format(
                                "{}: a worker hung for at least {}, from {} into the run: it "
                                "waits without a socket timeout on a broker connection that "
                                "is dead",
                                who, format_seconds(hang.to - hang.from), show_instant(hang.from)),
                            .proof = describe_some(record, hang.some)});
    }
    return findings;
}

RegisterCheck const registered{
    {.name = "worker_hung",
     .summary = "no worker of the task queue waited on a dead connection",
     .check = check}};

}  // namespace
}  // namespace interregnum
