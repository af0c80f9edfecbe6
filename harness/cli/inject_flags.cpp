// SPDX-License-Identifier: MIT
#include "harness/cli/inject_flags.h"

#include "harness/base/process.h"

namespace interregnum {

std::string inject_again(InjectFlags const& flags, std::uint64_t seed) {
    std::vector<std::string> argv{"interregnum", "inject", flags.fault};
    auto const add = [&](std::string const& flag, std::string const& value) {
        if (value.empty()) return;
        argv.push_back(flag);
        argv.push_back(value);
    };
    add("--inventory", flags.cluster.inventory);
    add("--target", flags.target);
    add("--for", flags.hold);
    for (std::string const& set : flags.sets) add("--set", set);
    if (flags.within != InjectFlags().within) add("--within", flags.within);
    if (flags.allow_quorum_loss) argv.emplace_back("--allow-quorum-loss");
    add("--seed", std::to_string(seed));
    return show_command(argv);
}

}  // namespace interregnum
