// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/record/spot_facts.h"

namespace interregnum {

/// Asks the instance metadata service (IMDSv2), on a node, as `sh -s -- BASE`: a token, then
/// whether AWS is about to interrupt the instance, or recommends to move away. By curl or, where
/// there is none, by bash's own sockets; by nobody's proxy, in at most 7 s. The token is a secret:
/// it lives a minute, in that shell and in pipes, and never in an argument or in what is printed.
[[nodiscard]] std::string_view spot_script();

/// What it printed: the notices there are, without their node and when they were seen. Errors:
/// `unreachable`, with the reason, where the service could not be asked; `protocol` for anything
/// that is no such answer.
[[nodiscard]] Result<std::vector<record::SpotNotice>> parse_spot_answer(std::string_view out);

}  // namespace interregnum
