// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/lab/settings.h"

namespace interregnum {

/// Checks `postgresql.NAME=VALUE` settings against the server's own list, the output of
/// `postgres --describe-config` (tab-separated: name, context, group, type, default, minimum,
/// maximum...). Names that Patroni sets itself are refused. Pure.
[[nodiscard]] Status check_gucs(LabSettings const& settings, std::string_view guc_table);

}  // namespace interregnum
