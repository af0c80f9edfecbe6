// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

/// The log for people, on stderr. The product is the run record, not this.
/// Event names are `noun.verb`; values never hold secrets.
namespace interregnum::log {

/// Debug lines are shown with `--verbose`.
void set_verbose(bool verbose);
/// Also writes every line (debug ones too) to this file, until the program ends.
void also_to_file(std::string const& path);

void debug(std::string_view event, std::string_view text);
void info(std::string_view event, std::string_view text);
void warn(std::string_view event, std::string_view text);
void error(std::string_view event, std::string_view text);

}  // namespace interregnum::log
