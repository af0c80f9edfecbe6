// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

namespace interregnum {

/// Something a node must be able to do for a fault to be possible there.
struct Need {
    std::string_view name;    ///< "nft"
    std::string_view what;    ///< for people: "nftables can be used"
    std::string_view probe;   ///< shell text, run as root under `sh`; exit status 0 when it can;
                              ///< leaves nothing behind, changes nothing that is in use
    std::string_view remedy;  ///< what to do when it cannot: "apt-get install nftables"
};

/// All needs that faults can name, in the order in which `preflight` shows them.
[[nodiscard]] std::vector<Need> const& all_needs();
[[nodiscard]] Need const* find_need(std::string_view name);

}  // namespace interregnum
