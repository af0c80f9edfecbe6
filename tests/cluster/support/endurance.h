// SPDX-License-Identifier: MIT
#pragma once

#include "harness/base/clock.h"

namespace interregnum::test {

/// Buys 500 orders a second on the lab for `span`, as `interregnum run` does, and looks at its
/// memory once a second: it must not grow from the second fifth of the span to the last, and next
/// to all orders must have been acknowledged. Prints one line; skips where there is no lab.
void expect_no_growth(Duration span);

}  // namespace interregnum::test
