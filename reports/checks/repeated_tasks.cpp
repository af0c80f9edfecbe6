// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/tasks.h"
#include "reports/proof.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    TaskBook const book = task_book(record);
    if (book.repeated.empty()) return {};
    auto const count = static_cast<std::int64_t>(book.repeated.size());
    Finding finding{.about = Class::safety,
                    .verdict = unless_allowed(record, "tasks.repeated", count),
                    .check = "repeated_tasks",
                    .sentence = fmt::format("{} {} done more than once", plural(count, "task"),
                                            count == 1 ? "was" : "were")};
    Proof proof;
    for (RepeatedTask const& task : book.repeated)
        proof.add([&] { return fmt::format("{}: done {} times", task.token, task.times); });
    finding.proof = proof.take();
    return {finding};
}

RegisterCheck const registered{
    {.name = "repeated_tasks", .summary = "no task was done twice", .check = check}};

}  // namespace
}  // namespace interregnum
