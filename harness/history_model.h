// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/option.h"
#include "harness/base/registry.h"
#include "harness/base/result.h"

namespace interregnum {

/// Bytes of a history. Read from several threads at once, each at places of its own.
class HistorySource {
public:
    virtual ~HistorySource() = default;
    /// What messages call it: the path.
    [[nodiscard]] virtual std::string const& name() const = 0;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    /// Fills `to` from `offset` on; fewer bytes only at the end.
    [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset,
                                                      std::span<char> to) const = 0;
};

/// What judging may cost. What would go beyond ends in `unknown`, never in a guess.
struct HistoryLimits {
    Clock const* clock{nullptr};
    Instant deadline;
    std::size_t search_bytes{std::size_t{1} << 30U};  ///< what a search may remember
    /// Called now and then with what is being done and how much of it (0 to 1, below 0 when
    /// nobody can say); may be empty.
    std::function<void(std::string_view what, double share)> progress;
};

enum class HistoryVerdict { valid, invalid, unknown };

/// One thing wrong in a history, with the fewest operations that prove it.
struct HistoryFinding {
    std::string kind;      ///< "stale read", "lost"...
    std::string sentence;  ///< what is wrong
    struct Line {
        std::uint32_t line;  ///< of the file, from 1, where the operation begins
        std::string text;    ///< the operation, for people
    };
    std::vector<Line> proof;
};

struct HistoryJudgement {
    HistoryVerdict verdict{HistoryVerdict::unknown};
    std::string sentence;  ///< the verdict and why
    std::uint64_t operations{};
    std::vector<std::pair<std::string, std::int64_t>> numbers;  ///< what was counted
    std::vector<HistoryFinding> findings;  ///< the first few of each kind; `numbers` has all
};

/// What the operations of somebody's history should amount to: a register, a set, a bank...
/// `judge` reads JSON lines; its error says file, line, column and what was expected.
struct HistoryModelKind {
    std::string_view name;  ///< file stem, with "-" for "_"
    std::string_view summary;
    std::vector<OptionSpec> options{};
    Result<HistoryJudgement> (*judge)(HistorySource const&, Options const&,
                                      HistoryLimits const&){nullptr};
};
using RegisterHistoryModel = Register<HistoryModelKind>;

}  // namespace interregnum
