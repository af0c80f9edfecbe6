// SPDX-License-Identifier: MIT
#include <algorithm>

#include "harness/fault.h"

namespace interregnum {

std::vector<std::string> targets_of(FaultKind const& kind, Options const& options,
                                    ClusterView const& view) {
    if (kind.targets != nullptr) return kind.targets(options, view);
    std::vector<std::string> targets;
    if (!options.has(kind.target_option)) return targets;
    for (std::string const& role : options.roles(kind.target_option))
        for (std::string& node : resolve_role(view, role))
            if (std::ranges::find(targets, node) == targets.end())
                targets.push_back(std::move(node));
    return targets;
}

}  // namespace interregnum
