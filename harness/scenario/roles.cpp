// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/nearest.h"
#include "harness/cluster/inventory.h"
#include "harness/cluster/view.h"
#include "harness/scenario/reading.h"

namespace interregnum::reading {

namespace {

bool contains(std::vector<std::string> const& names, std::string const& name) {
    return std::ranges::find(names, name) != names.end();
}

/// Names that mean something only where steps are made from others; "" for any other.
std::string stand_in_problem(std::string const& name) {
    if (name == "each") return "\"each\" is a node of \"for_each\", and this step is in none";
    if (name == "any")
        return "\"any\" alone is for the faults of \"chaos\"; here it is \"any:replica\" or the "
               "like";
    return "";
}

/// What is wrong with it, or "". Without an inventory a name can be a node's; but one that looks
/// like a role is a slip, unless it is numbered, as nodes are: "haproxy1".
std::string role_problem(std::string const& name, std::vector<std::string> const* node_names) {
    std::vector<std::string> const& roles = role_names();
    if (contains(roles, name)) return "";
    if (node_names != nullptr) {
        if (contains(*node_names, name)) return "";
        if (std::string problem = stand_in_problem(name); !problem.empty()) return problem;
        std::vector<std::string> all = roles;
        all.insert(all.end(), node_names->begin(), node_names->end());
        std::string hint = did_you_mean(name, all);
        if (hint.empty()) hint = fmt::format(" (there are: {})", fmt::join(all, ", "));
        return fmt::format("no role and no node is named {}{}", in_quotes(name), hint);
    }
    if (std::string problem = stand_in_problem(name); !problem.empty()) return problem;
    std::string const hint = did_you_mean(name, roles);
    bool const numbered = !name.empty() && name.back() >= '0' && name.back() <= '9';
    if (is_node_name(name) && (hint.empty() || numbered)) return "";
    return fmt::format(
        "unknown role {}{}", in_quotes(name),
        hint.empty() ? fmt::format(" (there are: {})", fmt::join(roles, ", ")) : hint);
}

constexpr std::string_view any = "any:";

/// "any:" goes before a role; a node's name needs no choice.
std::string any_problem(std::string const& role) {
    if (contains(role_names(), role)) return "";
    std::string hint = did_you_mean(role, role_names());
    if (hint.empty()) hint = fmt::format(" (there are: {})", fmt::join(role_names(), ", "));
    return fmt::format("\"any:\" goes before a role, and no role is named {}{}", in_quotes(role),
                       hint);
}

}  // namespace

void check_roles(Value const& value, std::string const& path,
                 std::vector<std::string> const* node_names, FileMistakes& mistakes) {
    for (RoleName const& role : role_names_in(value, path)) {
        std::string problem;
        if (role.name.starts_with(any))
            problem = any_problem(role.name.substr(any.size()));
        else
            problem = role_problem(role.name, node_names);
        if (!problem.empty()) mistakes.add(role.at, role.path, std::move(problem));
    }
}

}  // namespace interregnum::reading
