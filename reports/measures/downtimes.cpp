// SPDX-License-Identifier: MIT
#include "reports/measures/downtime.h"
#include "reports/measures/groups.h"

/// The downtimes that scenarios set limits on, by group of paths.
namespace interregnum {
namespace {

MeasureValue downtime(Study const& study, Group const& group) {
    return worst_in(group, study.of<paths_of>(), [](Path const& path) { return path.downtime(); });
}

RegisterForGroups const registered("downtime",
                                   "how long {} were not answered in time, at the worst entry "
                                   "point",
                                   Unit::duration, downtime);

}  // namespace
}  // namespace interregnum
