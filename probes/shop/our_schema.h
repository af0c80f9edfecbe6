// SPDX-License-Identifier: MIT
#pragma once

#include "harness/base/result.h"
#include "probes/session/admin.h"

namespace interregnum::shop {

/// Whether our schema is there. A schema of that name that is not ours is an error (refused).
[[nodiscard]] Result<bool> has_schema(AdminSession& session);

}  // namespace interregnum::shop
