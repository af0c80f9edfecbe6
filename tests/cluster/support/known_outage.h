// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/probe.h"

namespace interregnum::test {

enum class OutageKind {
    silent,   ///< packets to the server vanish; nobody says so
    reset,    ///< connections are taken and reset, those that there are first
    stall,    ///< connections are taken, and nothing of them is passed on until it is over
    refused,  ///< new connections are refused; those that there are go on
};

[[nodiscard]] std::string_view name_of(OutageKind kind);

/// When something was switched: after `before`, and by `after` at the latest.
struct Switched {
    Instant before;
    Instant after;
};

/// A way to a server that can be broken and mended at instants known to well below a millisecond,
/// so that what the program measures can be held against the truth. The calling thread is in the
/// lab's network, and stays there while this lives.
class KnownOutage {
public:
    virtual ~KnownOutage() = default;
    /// Where customers dial.
    [[nodiscard]] virtual Endpoint way_in() const = 0;
    [[nodiscard]] virtual Result<Switched> down() = 0;
    /// Idempotent. Done by the destructor too.
    [[nodiscard]] virtual Result<Switched> up() = 0;
};

/// Silent: the lab's network is told a hardware address of the server that nobody has, by one
/// system call (SIOCSARP, arp(7)). The others: a relay in a thread of this process.
[[nodiscard]] Result<std::unique_ptr<KnownOutage>> known_outage(OutageKind kind,
                                                                Endpoint const& server);

/// The two of them, for `known_outage`.
[[nodiscard]] Result<std::unique_ptr<KnownOutage>> silence(Endpoint const& server);
[[nodiscard]] Result<std::unique_ptr<KnownOutage>> relay(Endpoint const& server, OutageKind kind);

}  // namespace interregnum::test
