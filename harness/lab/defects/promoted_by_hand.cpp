// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

/// Somebody thought that the leader was gone; and copies the replica anew once he sees what he did,
/// for nobody else would: Patroni 3.0.2 does not bring back a replica that is ahead by a timeline.
RegisterDefect const registered{
    {.name = "promoted_by_hand",
     .summary = "a replica is promoted by hand while the leader works",
     .job = "one && runuser -u postgres -- /usr/lib/postgresql/15/bin/pg_ctl promote "
            "-D /var/lib/postgresql/15/main >/dev/null && { (sleep 15; curl -s -X POST "
            "-d '{\"force\": true}' http://127.0.0.1:8008/reinitialize >/dev/null) & }"}};

}  // namespace
}  // namespace interregnum
