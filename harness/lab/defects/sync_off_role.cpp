// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

/// The cluster is synchronous; who looks at the settings of roles as well?
RegisterDefect const registered{
    {.name = "sync_off_role",
     .summary = "the shop's role has synchronous_commit off, whatever the cluster has",
     .sql = "ALTER ROLE drill SET synchronous_commit = off"}};

}  // namespace
}  // namespace interregnum
