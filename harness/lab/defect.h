// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/registry.h"
#include "harness/base/result.h"

namespace interregnum {

/// Something wrong with the lab on purpose, as it goes wrong with people's clusters and shops, so
/// that it can be shown that the checks find it. One file in `harness/lab/defects/` each. All of
/// it is data: whatever is left empty is not done. Neither the inventory nor a run's record says
/// which defects a lab has, so no check can know.
struct Defect {
    std::string_view name;     ///< "async_lag"; the file is async_lag.cpp
    std::string_view summary;  ///< one line for `lab up --help`
    /// "patroni.synchronous_mode=false": set after all `--set`, so that they win.
    std::vector<std::string> settings{};
    /// For the leader's PostgreSQL, as superuser in the shop's database, once the lab is healthy.
    std::string_view sql{};
    /// A line of shell for each database node, as root: what somebody installed and forgot. It is
    /// tried once a second while the shop has at least `job_orders` orders, until it succeeds,
    /// and again for each shop that is opened anew. `leader` and `replica` are commands that
    /// succeed on such nodes, `one` on one replica only; `ask SQL` asks this node's PostgreSQL.
    std::string_view job{};
    /// A bug of the shop's own code: the customer that has it, and its word for its option "bug".
    std::string_view customer{};
    std::string_view bug{};
};
using RegisterDefect = Register<Defect>;

/// How many orders a shop has had when jobs begin: some seconds into a drill.
inline constexpr int job_orders = 500;

/// The defects of these names, each once, in the order of their names. An error of kind `invalid`
/// says which name is none.
[[nodiscard]] Result<std::vector<Defect const*>> find_defects(std::span<std::string const> names);

/// "  async_lag   commits wait for nobody..." for all, for `lab up --help`.
[[nodiscard]] std::string describe_defects();

/// The shell script of the service that tries jobs.
[[nodiscard]] std::string jobs_script(std::span<Defect const* const> defects);

}  // namespace interregnum
