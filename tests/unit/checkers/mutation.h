// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/history_model.h"
#include "tests/unit/checkers/made.h"

// Histories of things that work, which no checker may reject, and the same ones broken in ways that
// make them invalid by construction, which each checker must find.
namespace interregnum::test {

using Judge = std::function<HistoryVerdict(History const&)>;
/// Breaks a history; false: this one has no place where it could.
using Break = std::function<bool(History&, Dice&)>;

inline bool ok(Operation const& operation, Action action) {
    return operation.action == action && operation.outcome == Outcome::ok;
}

/// Two operations that are what is asked for, at random; nothing when there are none.
inline std::optional<std::pair<std::size_t, std::size_t>> pick(
    History const& history, Dice& dice,
    std::function<bool(Operation const&, Operation const&)> const& wanted) {
    auto const count = static_cast<std::uint32_t>(history.operations.size());
    for (int attempt = 0; attempt < 20'000; ++attempt) {
        std::size_t const one = dice(count);
        std::size_t const other = dice(count);
        if (wanted(history.operations[one], history.operations[other])) return {{one, other}};
    }
    return std::nullopt;
}

inline bool before(Operation const& one, Operation const& other) {
    return one.completed < other.invoked;
}

/// What is made, judged and broken.
struct Broken {
    History (*make)(Making const&);
    Judge judge;
    std::map<std::string, Break> breaks;
};

inline void try_all(Broken const& kind) {
    std::map<std::string, int> found;
    int valid = 0;
    int const rounds = thorough() ? 200 : 6;
    for (std::uint32_t const clients : {1U, 2U, 5U, 10U, 25U})
        for (std::uint32_t const unknown : {0U, 10U})
            for (int round = 0; round < rounds; ++round) {
                Making const making{.clients = clients,
                                    .keys = 3,
                                    .operations = 150,
                                    .unknown_percent = unknown,
                                    .failed_percent = 5,
                                    .seed = static_cast<std::uint64_t>(round) * 1000 + clients};
                History const good = kind.make(making);
                ASSERT_EQ(kind.judge(good), HistoryVerdict::valid)
                    << clients << " clients, " << unknown << " % unknown, seed " << making.seed;
                ++valid;
                for (auto const& [name, breaks] : kind.breaks) {
                    History bad = good;
                    Dice dice(making.seed + 7);
                    if (!breaks(bad, dice)) continue;
                    ASSERT_EQ(kind.judge(bad), HistoryVerdict::invalid)
                        << name << ": " << clients << " clients, " << unknown << " % unknown, seed "
                        << making.seed;
                    ++found[name];
                }
            }
    fmt::print("{} valid, none rejected", valid);
    for (auto const& [name, breaks] : kind.breaks) {
        EXPECT_GE(found[name], rounds) << name << " was hardly ever possible";
        fmt::print("; {} {}", found[name], name);
    }
    fmt::print(": all found\n");
}

}  // namespace interregnum::test
