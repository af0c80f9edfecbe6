// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

/// As a Python process in swap or under a debugger: PostgreSQL goes on, and with no watchdog
/// nobody stops it when the lock is gone. In the end somebody kills both and starts them again; a
/// Patroni 3.0.2 that goes on by itself may put its name over the new leader's instead.
RegisterDefect const registered{
    {.name = "patroni_hung",
     .summary = "the leader's Patroni stands still for 45 s, PostgreSQL goes on; no watchdog",
     .job = "leader && systemctl kill --kill-who=main --signal=STOP patroni && "
            "{ (sleep 45; systemctl kill --signal=KILL patroni; systemctl restart patroni) & }"}};

}  // namespace
}  // namespace interregnum
