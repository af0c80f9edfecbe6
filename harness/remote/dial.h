// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "harness/base/result.h"
#include "harness/remote/unique_fd.h"
#include "harness/remote/waiter.h"

namespace interregnum {

/// A TCP connection to a host name or address: non-blocking, without Nagle's delay, and with
/// keepalives that let a silent peer's connection end after about 11 s.
/// Every address of a name is tried in turn, within the waiter's deadline together.
/// Errors: `unreachable` (name unknown, nobody answered, refused), `stopped`.
[[nodiscard]] Result<UniqueFd> dial(std::string const& host, std::uint16_t port,
                                    Waiter const& waiter);

}  // namespace interregnum
