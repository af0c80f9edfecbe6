// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

/// The cluster is synchronous; who looks at the settings of roles as well? The WAL writer takes its
/// time, as people let it who want fast commits.
RegisterDefect const registered{
    {.name = "sync_off_role",
     .summary = "the shop's role has synchronous_commit off, whatever the cluster has",
     .settings = {"postgresql.wal_writer_delay=2s"},
     .sql = "ALTER ROLE drill SET synchronous_commit = off"}};

}  // namespace
}  // namespace interregnum
