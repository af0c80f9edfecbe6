// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

/// Somebody thought that the leader was gone.
RegisterDefect const registered{
    {.name = "promoted_by_hand",
     .summary = "a replica is promoted by hand while the leader works",
     .job = "one && runuser -u postgres -- /usr/lib/postgresql/15/bin/pg_ctl promote "
            "-D /var/lib/postgresql/15/main >/dev/null"}};

}  // namespace
}  // namespace interregnum
