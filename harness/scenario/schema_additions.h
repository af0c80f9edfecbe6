// SPDX-License-Identifier: MIT
#pragma once

#include <string>

/// Private to harness/scenario.
namespace interregnum::reading {

/// The schema of scenarios with what can stand in any of them: `extends` (with null, which removes
/// a key), `tags`, `parameters` (with "$NAME" for any single value), and the steps that stand for
/// others. Takes and gives the text of a JSON Schema.
[[nodiscard]] std::string with_additions(std::string const& schema);

}  // namespace interregnum::reading
