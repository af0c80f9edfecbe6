// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>

namespace interregnum {

/// A password or key. It has no stream operator and no formatter, so it cannot reach a log, a
/// record or a report by accident; `reveal()` is for the one call that needs it.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    [[nodiscard]] std::string const& reveal() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }

private:
    std::string value_;
};

}  // namespace interregnum
