// SPDX-License-Identifier: MIT
#include "harness/cli/inject_flags.h"

#include "harness/cli/command_text.h"

namespace interregnum {

std::string inject_again(InjectFlags const& flags, std::uint64_t seed) {
    CommandText made({"inject", flags.fault});
    made.with("--inventory", flags.cluster.inventory)
        .with("--target", flags.target)
        .with("--for", flags.hold)
        .with("--set", flags.sets);
    if (flags.within != InjectFlags().within) made.with("--within", flags.within);
    if (flags.allow_quorum_loss) made.with("--allow-quorum-loss");
    return made.with("--seed", std::to_string(seed)).text();
}

}  // namespace interregnum
