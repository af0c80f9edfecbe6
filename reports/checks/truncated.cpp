// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/measures/downtime.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    if (record.ended) return {};
    return {{.about = Class::harness,
             .verdict = Verdict::error,
             .check = "truncated",
             .sentence = fmt::format("the controller was killed {} into the run; if a fault was in "
                                     "force, run `interregnum heal`",
                                     show_instant(end_of(record))),
             .proof = {}}};
}

RegisterCheck const registered{
    {.name = "truncated",
     .summary = "the record has an end: the controller lived to write it",
     .check = check}};

}  // namespace
}  // namespace interregnum
