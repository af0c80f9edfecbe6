// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "reports/checkers/history.h"
#include "reports/checkers/register_op.h"

namespace interregnum::test {

using checkers::Action;
using checkers::History;
using checkers::Operation;
using checkers::Outcome;
using checkers::RegisterOp;
using checkers::Value;

inline Value number(std::int64_t n) { return Value::integer(n); }

/// A number below `bound`; the same on every machine for a seed.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    std::uint32_t operator()(std::uint32_t bound) {
        return static_cast<std::uint32_t>(engine_() % bound);
    }
    bool chance(std::uint32_t percent) { return (*this)(100) < percent; }

private:
    std::mt19937_64 engine_;
};

/// What a made history is of.
struct Making {
    std::uint32_t clients{5};
    std::uint32_t keys{3};
    std::uint32_t operations{100};
    std::uint32_t unknown_percent{0};  ///< operations whose answer is lost
    std::uint32_t failed_percent{0};   ///< changes that do not happen, and say so
    std::uint64_t seed{1};
};

/// Histories of clients of a thing that works: each operation begins, takes effect at one instant,
/// and ends. Those of unknown outcome may have taken effect or not.
[[nodiscard]] History unique_register(Making const& making);  ///< no value is written twice
[[nodiscard]] History cas_register(Making const& making);     ///< reads, writes, cas of 5 values
[[nodiscard]] History append_map(Making const& making);       ///< puts, appends, gets of texts
[[nodiscard]] History set_history(Making const& making);      ///< adds, reads; one at the end
[[nodiscard]] History bank_history(Making const& making);     ///< transfers, reads; total 100 a key
[[nodiscard]] History counter_history(Making const& making);  ///< adds of -2 to 5, reads
[[nodiscard]] History session_history(Making const& making);  ///< versions by key, read at a leader

/// Purchases of 1 to `most_at_once`, refunds and counts of a shop that keeps to its quota.
[[nodiscard]] History quota_history(Making const& making, std::int64_t quota,
                                    std::int64_t most_at_once);

/// Whether there is time for everything (`tests/run long`), or for a share of it.
[[nodiscard]] inline bool thorough() { return std::getenv("INTERREGNUM_THOROUGH") != nullptr; }

/// Puts `more`, one after the other, between two lines of a history; by a process of their own.
void insert(History& history, std::uint32_t after_line, std::vector<Operation> more);

/// All operations of a history about one key, as the linearizability checkers take them; failed
/// ones and unknown reads left out.
[[nodiscard]] std::vector<RegisterOp> register_ops(History const& history);

/// Whether a register is linearizable, by trying all orders: slow, and simple enough to be right.
/// At most 64 operations.
[[nodiscard]] bool by_all_orders(std::vector<RegisterOp> const& ops, Value initial,
                                 checkers::Texts const& texts);

}  // namespace interregnum::test
