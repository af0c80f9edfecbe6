// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "harness/probe.h"

namespace interregnum::shop {

/// Reads everything back into the record, from `leader` and then from each of `replicas` (nodes of
/// the context), once customers have gone.
///
/// What a replica holds is compared with the leader's rows, so nothing may commit between the two:
/// the tables are locked against writers on the leader until the last replica is read. Where that
/// lock cannot be had (somebody still writes, or waits for his commit), the leader alone is read,
/// and a note says so. Where our schema is gone from the leader, so is all that was sold: complete
/// tables without a row, and a note.
[[nodiscard]] Status read_back(ProbeContext const& context, std::string const& leader,
                               std::vector<std::string> const& replicas, std::stop_token stop);

}  // namespace interregnum::shop
