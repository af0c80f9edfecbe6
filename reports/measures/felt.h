// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/measures/downtime.h"
#include "reports/measures/failover.h"
#include "reports/measures/moment.h"

namespace interregnum {

/// How customers felt a fault: the longest outage after the first one.
struct Felt {
    std::optional<FaultMoment> fault;  ///< the last before the outage; none: nothing was injected
    Path const* path{};                ///< nullptr: nothing was missing
    Outage outage;
    // As seen at the entry: wider by the delay of the way that leads there.
    Maybe began;
    Maybe ended;        ///< none: it never did
    Maybe first_error;  ///< the end of the first attempt in it that ended
    /// When the answer came to the first attempt after it, which may have waited for what ended it.
    std::optional<record::Offset> answered;
    MeasureValue elsewhere;  ///< the path's other outages after the fault, summed

    [[nodiscard]] MeasureValue downtime() const;
};

/// Among these paths, which must outlive the result.
[[nodiscard]] Felt felt_of(Study const& study, std::vector<Path> const& paths);

/// `write_paths(paths_of(...))`, and the paths of the cache.
[[nodiscard]] std::vector<Path> write_path_list(Study const& study);
[[nodiscard]] std::vector<Path> cache_path_list(Study const& study);

/// When the last path of these services that was down together with the outage came back.
[[nodiscard]] Milestone all_served(Study const& study, Felt const& felt,
                                   std::vector<record::Service> const& services);

/// "orders via app1:5000 (kept)".
[[nodiscard]] std::string path_text(record::StreamDeclared const& stream);

}  // namespace interregnum
