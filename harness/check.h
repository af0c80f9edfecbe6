// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/registry.h"
#include "harness/record/event.h"

namespace interregnum {

/// `pass`, `fail` (the cluster), `inconclusive` (the drill proves nothing), `error` (the harness
/// broke), `aborted`. Worst wins, in the order error > fail > inconclusive > pass, except that
/// data loss and safety findings stay `fail` whatever else happened.
enum class Verdict { pass, inconclusive, fail, error, aborted };

/// What a failed check is about; the report groups by it.
enum class Class { availability, durability, safety, harness };

/// One thing wrong, with its proof.
struct Finding {
    Class about{Class::safety};
    Verdict verdict{Verdict::fail};
    std::string check;               ///< registered name
    std::string sentence;            ///< what is wrong, in one sentence, with numbers
    std::vector<std::string> proof;  ///< the few attempts or rows that show it, a line each
};

/// A judgement on a record. Pure: the same record gives the same findings.
/// An empty list means: looked, and found nothing wrong. A check that could not look says so
/// with an inconclusive finding.
struct CheckKind {
    std::string_view name;  ///< file stem
    std::string_view summary;
    std::vector<Finding> (*check)(record::Record const&){nullptr};
};
using RegisterCheck = Register<CheckKind>;

}  // namespace interregnum
