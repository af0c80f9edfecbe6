// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

/// The job is what cancels the wait: somebody kills statements that hang, as people do.
RegisterDefect const registered{
    {.name = "sync_wait_as_success",
     .summary = "waits for the standby are cancelled, and the shop takes that for success",
     .job = "leader && { ask \"SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
            "WHERE wait_event = 'SyncRep'\" >/dev/null; false; }",
     .customer = "orders",
     .bug = "warning_is_success"}};

}  // namespace
}  // namespace interregnum
