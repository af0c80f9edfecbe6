// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "harness/record/event.h"

/// The words that the record and the reports use for enumerators; one table for both directions.
namespace interregnum::record {

[[nodiscard]] std::string_view to_string(Outcome outcome);        ///< "ok", "failed", "unknown"
[[nodiscard]] std::string_view to_string(Service service);        ///< "write", "read", ...
[[nodiscard]] std::string_view to_string(Connection connection);  ///< "kept", "fresh"
[[nodiscard]] std::string_view to_string(FaultStage stage);       ///< "armed", "injecting", ...
[[nodiscard]] std::string_view to_string(Note::Effect effect);    ///< "none", "inconclusive", ...
[[nodiscard]] std::string_view to_string(EndReason reason);       ///< "completed", "aborted", ...

/// The enumerator of a word, or nullopt. `T` is one of the enumerations above.
template <class T>
[[nodiscard]] std::optional<T> from_word(std::string_view word);

}  // namespace interregnum::record
