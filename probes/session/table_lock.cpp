// SPDX-License-Identifier: MIT
#include "probes/session/table_lock.h"

#include <string>

#include <fmt/format.h>

namespace interregnum {

namespace {

// What a lock outlives its holder by whose network is gone. Longer than anybody reads between two
// looks at it (held()).
constexpr std::string_view forget = "SET LOCAL idle_in_transaction_session_timeout = '3min'";

// Locks of one transaction stand and fall together. Of another session, which a library had made
// behind our back, there would be none.
constexpr std::string_view count_locks =
    "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' "
    "AND mode = 'ShareLock' AND granted";

}  // namespace

Result<TableLock> TableLock::take(AdminSession session, std::string_view tables,
                                  Duration patience) {
    TableLock lock(std::move(session));
    auto const limit = std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    // Each on its own: the limit of a statement counts from its beginning, for all that came
    // with it. SHARE is the weakest lock that writers (ROW EXCLUSIVE) wait for.
    for (std::string const& sql :
         {std::string(forget), fmt::format("SET LOCAL statement_timeout = '{}ms'", limit),
          fmt::format("LOCK TABLE {} IN SHARE MODE", tables)})
        if (auto const done = lock.session_.hold(sql); !done) return std::unexpected(done.error());
    return lock;
}

Status TableLock::held() {
    Result<SqlRows> const locks = session_.hold(std::string(count_locks));
    if (!locks) return std::unexpected(locks.error());
    if (locks->number(0, 0) > 0) return {};
    return fail(Error::Kind::failed, "the lock is gone");
}

}  // namespace interregnum
