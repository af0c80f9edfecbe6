// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace interregnum::packet_script {

/// $1: the fault's id; $2: the table; then peers, "--", bystanders.
extern std::string_view const inject;
/// $1: the fault's id. From any state.
extern std::string_view const undo;
/// $1: the fault's id; $2: the lease, as nft writes it. Fails when the table is gone.
extern std::string_view const renew;
/// $1: the fault's id; $2: attempts; $3: ports, separated by blanks; then addresses. Succeeds when
/// the rules are in force.
extern std::string_view const provoke;
/// $1: the fault's id. Succeeds when packets came under the rules.
extern std::string_view const hit;

}  // namespace interregnum::packet_script
