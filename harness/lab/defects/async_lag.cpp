// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

/// What a replica has not received is lost with the leader, and nothing keeps one that is far
/// behind from being promoted.
RegisterDefect const registered{
    {.name = "async_lag",
     .summary = "commits wait for no replica, and one far behind may be promoted",
     .settings = {"patroni.synchronous_mode=false", "patroni.synchronous_mode_strict=false",
                  "patroni.maximum_lag_on_failover=1GiB"}}};

}  // namespace
}  // namespace interregnum
