// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/object_reader.h"
#include "harness/cluster/inventory_fields.h"

namespace interregnum {

/// Reads one key of a section to where its table says. `file` is the inventory's: relative paths
/// are relative to its folder.
void read_field(ObjectReader& reader, Field const& field, std::string const& file);

/// Reads a list of entry points: `"write": ["app1:5000", "10.0.0.7:5000", "[2001:db8::1]:5000"]`.
/// The nodes of `inventory` must have been read.
[[nodiscard]] std::vector<InventoryEndpoint> read_endpoints(ObjectReader& top, std::string_view key,
                                                            Inventory const& inventory);

/// Reads `"power"`: "lab", "sysrq", "none" or { "off": [...], "on": [...] }.
[[nodiscard]] PowerAccess read_power(ObjectReader& top);

/// Reads `"spot"`: true, false or { "base": "http://169.254.169.254" }.
[[nodiscard]] SpotSettings read_spot(ObjectReader& top);

}  // namespace interregnum
