// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/tasks.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    TaskBook const book = task_book(record);
    if (book.lost.empty()) return {};
    auto const count = static_cast<std::int64_t>(book.lost.size());
    return {{.about = Class::durability,
             .verdict = unless_forbidden(record, "tasks.lost", count),
             .check = "lost_tasks",
             .sentence = fmt::format(
                 "{} of {} tasks that were put on the queue are neither done nor on it on {}",
                 format_count(count), format_count(book.put), book.source),
             .proof = describe_some(record, book.lost)}};
}

RegisterCheck const registered{
    {.name = "lost_tasks",
     .summary = "tasks are done or on the queue (told only, unless tasks.lost is limited)",
     .check = check}};

}  // namespace
}  // namespace interregnum
