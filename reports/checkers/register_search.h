// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reports/checkers/budget.h"
#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

struct SearchAnswer {
    enum class Verdict : std::uint8_t { linearizable, broken, unknown };
    Verdict verdict{Verdict::linearizable};
    /// If broken: the place in `ops` of the operation at whose end no order was left. The history
    /// up to there is broken already, unless it has appends, of which the search knows what later
    /// reads will say.
    std::uint32_t at{};
};

/// Linearizability of one register with any operations: a complete search.
///
/// It goes through the ends of operations in order of time and keeps all configurations that the
/// register can be in (Lowe, "Testing for linearizability", 2017, just-in-time linearization): a
/// value and the set of pending operations that have taken effect. At the end of an operation only
/// those that have it among them go on; when none is left the history is broken.
///
/// What keeps them few, each proved by the oracle in the tests:
/// - a read takes effect as soon as the value is right: that never costs anything;
/// - a write that nobody needs takes no effect until it ends. Then it may have happened unseen just
///   before the last write that took effect, if it had begun by then: no choice to remember;
/// - of pending writes of one value the one that ends first is used;
/// - a configuration goes when another can do all it can: same value, no newer last write needed,
///   no fewer reads done, no more writes used;
/// - a write or cas of unknown outcome is left out if nobody sees or expects its value.
///
/// Changes of unknown outcome stay pending for ever and multiply the configurations, so narrow
/// searches go first, which keep few. An order found by one of them is as good as any; that there
/// is none is said only by a search that dropped nothing.
///
/// `texts` gives the content of text values, for `append`. `ops` are in the order they began.
[[nodiscard]] SearchAnswer search_register(std::span<RegisterOp const> ops, Value initial,
                                           Texts const& texts, Budget& budget);

}  // namespace interregnum::checkers
