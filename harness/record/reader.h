// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/base/result.h"
#include "harness/record/event.h"

namespace interregnum::record {

/// Reads `record.jsonl`. A last line without its newline (a killed controller) is dropped and
/// noted in `truncated`; any other broken line is an error that names file and line. Attempts
/// come back sorted by `started`.
[[nodiscard]] Result<Record> read_record(std::string const& path);

/// The same without attempts and final rows, which are nearly all of a long run's record: in memory
/// it is small. Lines of these are not even looked into.
[[nodiscard]] Result<Record> read_record_without_attempts(std::string const& path);

/// The same from events, for tests and for live use.
[[nodiscard]] Record collect(std::vector<Event> events);

}  // namespace interregnum::record
