// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

RegisterDefect const registered{{.name = "stale_purchase",
                                 .summary = "the purchase looks at what is free on a replica",
                                 .customer = "tickets",
                                 .bug = "replica_reads"}};

}  // namespace
}  // namespace interregnum
