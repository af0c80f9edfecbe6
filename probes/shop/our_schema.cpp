// SPDX-License-Identifier: MIT
#include "probes/shop/our_schema.h"

#include "probes/shop/schema.h"

namespace interregnum::shop {

Result<bool> has_schema(AdminSession& session) {
    Result<SqlRows> const found = session.query(std::string(find_schema));
    session.end_snapshot();
    if (!found) return std::unexpected(found.error());
    if (found->rows.empty()) return false;
    if (found->text(0, 0) == ours) return true;
    return fail(Error::Kind::refused,
                "a schema named \"interregnum\" is there that is not ours (its comment says so); "
                "it was not touched: rename it, or give the drill a database of its own");
}

}  // namespace interregnum::shop
