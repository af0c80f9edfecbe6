// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "harness/base/clock.h"
#include "harness/base/result.h"

namespace interregnum {

/// What to wait for on a socket.
enum class WaitFor { reading, writing, either };

enum class Waited { ready, deadline };

/// Waits until the socket is ready (an error or a hang-up counts: the next call will tell), at
/// most until the deadline. Exact to the kernel's timer; a signal does not cut it short.
[[nodiscard]] Waited wait_socket(int socket, WaitFor what, Instant deadline);

/// Whether reading would not block now.
[[nodiscard]] bool readable_now(int socket);

/// Whether the peer has closed or reset a connection that should be idle. Does not block and
/// takes nothing out of the socket.
[[nodiscard]] bool peer_is_gone(int socket);

/// Ends both directions at once, so that nothing that is called afterwards can wait for the peer.
void shut_down(int socket);

/// The numeric address of a host, so that no name is looked up while an attempt's clock runs.
/// A numeric one comes back as it is; a name is looked up now, which may take seconds.
[[nodiscard]] Result<std::string> numeric_address(std::string const& host);

}  // namespace interregnum
