// SPDX-License-Identifier: MIT
#include "harness/record/judgement.h"

namespace interregnum::record {

bool said_no(Attempt const& attempt) {
    return attempt.outcome == Outcome::failed && attempt.error == "sold_out";
}

bool answered(Attempt const& attempt, Offset deadline) {
    if (attempt.outcome != Outcome::ok && !said_no(attempt)) return false;
    return deadline <= Offset::zero() || attempt.finished - attempt.started <= deadline;
}

}  // namespace interregnum::record
