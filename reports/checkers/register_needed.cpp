// SPDX-License-Identifier: MIT
#include "reports/checkers/register_needed.h"

#include <algorithm>
#include <unordered_map>

namespace interregnum::checkers {

using Kind = RegisterOp::Kind;

std::vector<std::uint32_t> needed(std::span<RegisterOp const> ops) {
    std::vector<std::uint32_t> kept(ops.size());
    for (std::uint32_t i = 0; i < ops.size(); ++i) kept[i] = i;
    // These see more than equality: any change may be what they need.
    bool const delicate = std::ranges::any_of(ops, [](RegisterOp const& op) {
        return op.kind == Kind::refused || op.kind == Kind::append;
    });
    if (delicate) return kept;
    // One that is left out may have been all that wanted the value of another.
    std::unordered_map<Value, std::uint32_t> wanted;
    std::unordered_map<Value, std::vector<std::uint32_t>> makers;
    auto const made = [&](std::uint32_t i) {
        return ops[i].kind == Kind::cas ? ops[i].other : ops[i].value;
    };
    for (std::uint32_t i = 0; i < ops.size(); ++i) {
        if (ops[i].kind != Kind::write) ++wanted[ops[i].value];
        if (ops[i].completed == never && changes(ops[i].kind)) makers[made(i)].push_back(i);
    }
    std::vector<bool> gone(ops.size());
    std::vector<Value> useless;
    for (auto const& [value, those] : makers)
        if (!wanted.contains(value)) useless.push_back(value);
    while (!useless.empty()) {
        Value const value = useless.back();
        useless.pop_back();
        for (std::uint32_t const i : makers[value]) {
            gone[i] = true;
            if (ops[i].kind == Kind::cas && --wanted[ops[i].value] == 0 &&
                makers.contains(ops[i].value))
                useless.push_back(ops[i].value);
        }
    }
    std::erase_if(kept, [&](std::uint32_t i) { return gone[i]; });
    return kept;
}

}  // namespace interregnum::checkers
