// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace interregnum {

/// A command line of ours for people to copy, quoted where a shell needs it.
class CommandText {
public:
    explicit CommandText(std::vector<std::string> words) : words_(std::move(words)) {
        words_.insert(words_.begin(), "interregnum");
    }
    CommandText& with(std::string const& flag);
    /// A flag with its value; neither where the value is empty.
    CommandText& with(std::string const& flag, std::string const& value);
    /// The flag once for each value.
    CommandText& with(std::string const& flag, std::vector<std::string> const& values);
    [[nodiscard]] std::string text() const;

private:
    std::vector<std::string> words_;
};

}  // namespace interregnum
