// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/measure.h"

/// Tables of what was measured of every path, each as HTML; "" where there is nothing to show.
namespace interregnum {

/// Every outage with its own bounds.
[[nodiscard]] std::string windows_table(Study const& study);
/// Time to stable recovery of every path and fault.
[[nodiscard]] std::string recovery_table(Study const& study);
[[nodiscard]] std::string brownout_table(Study const& study);
/// Waits from the due time: before, during and after the fault.
[[nodiscard]] std::string latency_table(Study const& study);
/// How old what readers saw was, and how far standbys were behind.
[[nodiscard]] std::string staleness_tables(Study const& study);
/// Why attempts were not answered, by part of the drill.
[[nodiscard]] std::string reasons_table(Study const& study);
[[nodiscard]] std::string split_brain_table(Study const& study);
/// What watching cost.
[[nodiscard]] std::string observers_table(Study const& study);

}  // namespace interregnum
