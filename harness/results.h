// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/registry.h"
#include "harness/base/result.h"
#include "harness/statistics.h"

namespace interregnum {

/// Runs over time. Several programs may use one at once. Used by one thread at a time.
class ResultsStore {
public:
    virtual ~ResultsStore() = default;
    /// Adds a run, whole or not at all; one that is there already (same folder's name, seed and
    /// cluster) is replaced, so that a report written again does not count twice.
    [[nodiscard]] virtual Status add(RunSummary const& run) = 0;
    /// The newest `most` runs of a scenario ("": of all), oldest first.
    [[nodiscard]] virtual Result<std::vector<RunSummary>> runs(std::string const& scenario,
                                                               std::size_t most) = 0;
};

/// A place where results can be kept. Implemented by reports.
struct ResultsKind {
    std::string_view name;  ///< "sqlite", "postgresql"
    /// Opens it, makes it when it is not there, and brings an older schema up to date; a newer one
    /// is an error (`invalid`). Waits for other writers at most 10 s.
    Result<std::unique_ptr<ResultsStore>> (*open)(std::string const& where){nullptr};
};
using RegisterResults = Register<ResultsKind>;

/// A measure night by night, and whether the newest night is worse than those before.
struct Trend {
    Told told;
    std::string page;  ///< the same as one HTML page
    bool regressed{};
    bool can_tell{};  ///< there were enough runs to see a regression
};

/// Shows results over time. Implemented by reports; pure.
struct TrendKind {
    std::string_view name;  ///< "default"
    /// The newest night and at most `nights` nights before it, of one scenario ("": of all). What
    /// the newest night is, the runs of all scenarios say.
    Trend (*tell)(std::vector<RunSummary> const& runs, std::string const& measure, int nights,
                  std::string const& scenario){nullptr};
};
using RegisterTrend = Register<TrendKind>;

}  // namespace interregnum
