// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/object_reader.h"
#include "harness/cluster/inventory.h"

namespace interregnum {

/// An inventory while it is read, with what is only read to be refused.
struct InventoryDraft {
    Inventory inventory;
    bool redis_tls{};
};

/// One key of a section: where its value goes (which says its type), and what it may be. The
/// reader and the JSON Schema are made from the same tables of these.
struct Field {
    std::string_view name;
    std::variant<std::string*, bool*, std::uint16_t*, SecretSource*> into;
    std::string_view doc;
    bool required{};
    bool is_file{};  ///< a path on the controller, made absolute
    std::vector<std::string_view> choices{};
};

/// A group of keys: an object of that name, or the top of the file when the name is "".
struct Section {
    std::string_view name;
    std::string_view doc;
    bool required{};
    std::vector<Field> fields;
    /// Mistakes between fields, once all are read.
    void (*check)(InventoryDraft const& draft, ObjectReader& reader){nullptr};
};

/// The tables, bound to `draft`; a fresh draft also holds every default.
[[nodiscard]] std::vector<Section> inventory_sections(InventoryDraft& draft);

}  // namespace interregnum
