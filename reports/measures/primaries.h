// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/measure.h"
#include "harness/record/event.h"

/// Who took writes, on which timeline, by direct looks at each node's WAL (`ReplicationSeen`): what
/// a reader of the primary may rely on, and a sequence there, holds on one timeline of one node.
namespace interregnum {

class Primaries {
public:
    explicit Primaries(record::Record const& record);
    /// The timeline on which `node` was the primary from before `from` until after `to`: the last
    /// look before, the first one after and all between say so (a node that was deposed meanwhile
    /// and came back would be on another). 0 when they do not, or there is none.
    [[nodiscard]] std::int64_t timeline(std::string_view node, record::Offset from,
                                        record::Offset to) const;

private:
    std::map<std::string, std::vector<record::ReplicationSeen const*>, std::less<>> looks_;
};

/// An attempt by a node that was the primary of one timeline all the while.
struct OnPrimary {
    record::Attempt const* attempt{};
    std::int64_t timeline{};
};

/// Acknowledged orders, tickets and vouchers, of one table and one sequence, by their end: those
/// that are there in the end, by a node that was the primary. nullopt without complete final reads,
/// which tell what was lost: of that no more can be said than that it is.
[[nodiscard]] std::optional<std::vector<OnPrimary>> kept_sales(Study const& study);

/// One that came later than another, by the same primary on the same timeline.
struct OutOfOrder {
    record::Attempt const*
        earlier{};  ///< of those that had ended before, the one of the highest id
    record::Attempt const* later{};
};

/// Of `later`, each with the sale of the highest id that had been acknowledged before it began, by
/// the same node on the same timeline; those without one are left out.
[[nodiscard]] std::vector<OutOfOrder> after_sales(std::vector<OnPrimary> const& sales,
                                                  std::vector<OnPrimary> later);

}  // namespace interregnum
