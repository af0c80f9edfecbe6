// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "reports/measures/felt.h"

namespace interregnum {

/// When commits on `node` no longer waited for a synchronous standby, of the wait that customers
/// felt: PostgreSQL was seen in that outage with a commit that had waited longer than the path's
/// service time. Nobody changes leader for it: Patroni drops a dead standby from
/// synchronous_standby_names, and all that waited are acknowledged at once. `node` "": any.
/// Where an attempt that began before that was still answered in time, the wait ends for
/// customers with the outage, and so does the milestone.
/// None where no such wait was seen; without an instant where its end was not.
[[nodiscard]] std::optional<Milestone> sync_wait_over(record::Record const& record,
                                                      std::string const& node, Felt const& felt);

}  // namespace interregnum
