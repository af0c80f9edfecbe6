// SPDX-License-Identifier: MIT
#include "reports/measures/tasks.h"

#include <set>

#include "harness/measure.h"
#include "reports/measures/final_tables.h"

namespace interregnum {
namespace {

using record::Outcome;

MeasureValue count(Study const& study, std::int64_t (*of)(TaskBook const& book)) {
    TaskBook const& book = study.of<task_book>();
    if (!book.complete) return {.why_unknown = "there is no complete final read of the tasks"};
    std::int64_t const number = of(book);
    return {.known = true, .at_least = number, .at_most = number, .best = number};
}

MeasureValue lost(Study const& study) {
    return count(study,
                 [](TaskBook const& book) { return static_cast<std::int64_t>(book.lost.size()); });
}
MeasureValue repeated(Study const& study) {
    return count(study, [](TaskBook const& book) {
        return static_cast<std::int64_t>(book.repeated.size());
    });
}

RegisterMeasure const registered_lost{
    {.name = "tasks.lost",
     .summary = "tasks that were put on the queue and are neither done nor on it in the end",
     .unit = Unit::count,
     .compute = lost}};
RegisterMeasure const registered_repeated{{.name = "tasks.repeated",
                                           .summary = "tasks that were done more than once",
                                           .unit = Unit::count,
                                           .compute = repeated}};

}  // namespace

TaskBook task_book(record::Record const& record) {
    auto const tables = final_tables(record);
    FinalTable const* const done = leaders_table(tables, "tasks");
    FinalTable const* const queued = leaders_table(tables, "tasks_queued");
    TaskBook book;
    if (done == nullptr || queued == nullptr) return book;
    book.complete = true;
    book.source = done->source;
    std::set<std::string> there;
    for (auto const& row : queued->rows) there.insert(row.token);
    for (auto const& row : done->rows) {
        there.insert(row.token);
        if (row.count > 1) book.repeated.push_back({.token = row.token, .times = row.count});
    }
    std::set<int> streams;
    for (auto const& stream : record.streams)
        if (stream.service == record::Service::task) streams.insert(stream.id);
    for (auto const& attempt : record.attempts) {
        // A worker's attempt has no token. Of another trouble than this one it is not known whether
        // the task ever was on the queue.
        bool const waited = attempt.outcome == Outcome::unknown && attempt.error == "task_not_done";
        if (attempt.token.empty() || !streams.contains(attempt.stream)) continue;
        if (attempt.outcome != Outcome::ok && !waited) continue;
        ++book.put;
        // A worker may also have said that it was done before it was.
        if (!there.contains(attempt.token)) book.lost.push_back(attempt);
    }
    return book;
}

}  // namespace interregnum
