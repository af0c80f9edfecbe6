// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

/// A master that is cut off from its replicas goes on taking writes until the cut is over; then
/// they are gone.
RegisterDefect const registered{{.name = "redis_no_min_replicas",
                                 .summary = "a Redis master takes writes without any replica",
                                 .settings = {"redis.min_replicas_to_write=0"}}};

}  // namespace
}  // namespace interregnum
