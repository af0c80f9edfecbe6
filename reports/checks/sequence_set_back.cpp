// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/measures/ledger.h"
#include "reports/measures/primaries.h"
#include "reports/proof.h"

/// A sequence that gives out numbers that it has given out before, while nothing was lost: set back
/// by a hand, or left behind by a restore. (What a failover loses with its WAL is on another
/// timeline, or lost; `reissued_ids` has its numbers.) Two things show it: on one timeline of one
/// primary, a number that is not higher than one that had been acknowledged before; or, where the
/// table has a key on it, an order that is refused because its number is taken. The shop takes
/// every number from a sequence without cache, so neither can be by right.
namespace interregnum {
namespace {

constexpr std::string_view already_there = "23505";
/// How PostgreSQL names the key of "id bigint ... PRIMARY KEY". Its messages may be translated; the
/// name is not.
constexpr std::string_view key = "_pkey";

std::vector<Finding> check(record::Record const& record) {
    Study const study(record);
    Proof proof;
    if (auto const sales = kept_sales(study))
        for (OutOfOrder const& pair : after_sales(*sales, *sales))
            if (pair.later->id <= pair.earlier->id)
                proof.add([&] {
                    return fmt::format("id {}: {}; then id {}: {}", pair.earlier->id,
                                       describe(record, *pair.earlier), pair.later->id,
                                       describe(record, *pair.later));
                });
    for (auto const& attempt : record.attempts)
        if (attempt.sqlstate == already_there && attempt.detail.contains(key))
            proof.add([&] { return describe(record, attempt) + ": " + attempt.detail; });
    if (proof.count() == 0) return {};
    return {{.about = Class::safety,
             .verdict = Verdict::fail,
             .check = "sequence_set_back",
             .sentence = fmt::format("a sequence went back: {} got a number that it had given out "
                                     "before, although that one was not lost",
                                     plural(proof.count(), "attempt")),
             .proof = proof.take()}};
}

RegisterCheck const registered{{.name = "sequence_set_back",
                                .summary = "sequences only go forward, but for what was lost",
                                .check = check}};

}  // namespace
}  // namespace interregnum
