// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <utility>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "probes/session/admin.h"

namespace interregnum {

/// Tables that nobody writes to for as long as this lives. A commit that still waits for its
/// synchronous standby has not let go of its own lock, so it is waited for too. Readers are not
/// held up. Given back by rolling back, which the server does by itself where we cannot.
class TableLock {
public:
    /// Locks `tables` ("schema.table, ...", in the order in which writers come to them, so that
    /// nobody is in a deadlock with them) in `session`, which it takes over. Waits for `patience`
    /// at most, for all together. Errors: those of the session; `timeout`.
    [[nodiscard]] static Result<TableLock> take(AdminSession session, std::string_view tables,
                                                Duration patience);

    /// Whether it was there from `take` until now: not if the server ended the session.
    [[nodiscard]] Status held();

private:
    explicit TableLock(AdminSession session) : session_(std::move(session)) {}
    AdminSession session_;
};

}  // namespace interregnum
