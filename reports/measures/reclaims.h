// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/record/event.h"
#include "harness/record/spot_facts.h"

namespace interregnum {

/// A node that AWS takes back, or that went away without us, where spot instances were watched.
struct Reclaim {
    std::string node;
    /// The interruption that AWS announced; none: nothing was announced, and that it was AWS is a
    /// guess.
    std::optional<record::SpotNotice> notice;
    std::optional<record::Offset> silent;    ///< since when at the latest, to the end
    std::optional<record::Offset> rebooted;  ///< it was there again by then, in another boot

    /// AWS announced to terminate it, the time for that came within the run, and it fell silent:
    /// such an instance exists no more, and holds nothing.
    bool terminated{};
};

/// In the order of the run's nodes; none where spot instances were not watched. What a fault of
/// ours explains is none: a `command` on that node before the notice (it may have told AWS to
/// interrupt it), and silence or a boot that began while a fault had the node in its hand. In a run
/// that was watched only what AWS announced is one.
[[nodiscard]] std::vector<Reclaim> reclaims_of(record::Record const& record);

/// "db2 was reclaimed by AWS at 03:12:07 (UTC; notice seen at 03:10:07)", or what else is known.
[[nodiscard]] std::string show_reclaim(record::Record const& record, Reclaim const& reclaim);

}  // namespace interregnum
