// SPDX-License-Identifier: MIT
#include "harness/cli/command_text.h"

#include "harness/base/process.h"

namespace interregnum {

CommandText& CommandText::with(std::string const& flag) {
    words_.push_back(flag);
    return *this;
}

CommandText& CommandText::with(std::string const& flag, std::string const& value) {
    if (value.empty()) return *this;
    words_.push_back(flag);
    words_.push_back(value);
    return *this;
}

CommandText& CommandText::with(std::string const& flag, std::vector<std::string> const& values) {
    for (std::string const& value : values) with(flag, value);
    return *this;
}

std::string CommandText::text() const { return show_command(words_); }

}  // namespace interregnum
