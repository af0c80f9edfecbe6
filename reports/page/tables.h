// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/format.h"

/// The tables of the page, each as HTML; "" where there is nothing to show.
namespace interregnum {

[[nodiscard]] std::string expectations_table(Judgement const& judgement);
[[nodiscard]] std::string findings_list(record::Record const& record, Judgement const& judgement);
[[nodiscard]] std::string phases_table(Study const& study);
[[nodiscard]] std::string paths_table(Study const& study);
[[nodiscard]] std::string measures_table(Judgement const& judgement);
[[nodiscard]] std::string nodes_table(record::Record const& record);
[[nodiscard]] std::string marks_table(record::Record const& record);
/// A coloured word for a verdict.
[[nodiscard]] std::string verdict_badge(Verdict verdict);

}  // namespace interregnum
