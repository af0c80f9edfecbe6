// SPDX-License-Identifier: MIT
#include "harness/cluster/inventory.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/json_document.h"
#include "harness/base/nearest.h"
#include "harness/base/text_file.h"
#include "harness/cluster/inventory_fields.h"
#include "harness/cluster/inventory_reading.h"

namespace interregnum {

namespace {

constexpr std::size_t file_limit = 1U << 20U;

/// The nodes of a group: `"db": { "db1": "10.0.1.11" }`.
void read_nodes(ObjectReader& top, std::string_view group, Inventory& inventory) {
    Value const* const value = top.value(group);
    if (value == nullptr) return;
    FileMistakes& mistakes = top.mistakes();
    std::string const path = top.path_of(group);
    ObjectReader const object(*value, path, mistakes);
    if (object.is_object() && value->members.empty())
        mistakes.add(value->at, path, R"(expected at least one node, as "name": "address")");
    for (Member const& member : value->members) {
        std::string const node_path = join_path(path, member.key);
        if (!is_node_name(member.key))
            mistakes.add(member.at, node_path,
                         "a node's name has lower-case letters, digits, '-' and '.', at most 63 of "
                         "them, a letter or digit first");
        auto const address = read_text(member.value, node_path, mistakes);
        if (!address) continue;
        if (!is_host(*address))
            mistakes.add(member.value.at, node_path,
                         fmt::format("expected an IPv4 or IPv6 address or a host name, got {}",
                                     in_quotes(*address)));
        if (InventoryNode const* const same = inventory.node(member.key))
            if (same->group != group)
                mistakes.add(member.at, node_path,
                             fmt::format("the name stands under \"{}\" already; names are unique "
                                         "over both groups",
                                         same->group));
        for (InventoryNode const& other : inventory.nodes)
            if (other.group == group && other.address == *address)
                mistakes.add(member.value.at, node_path,
                             fmt::format("{} has this address already", other.name));
        inventory.nodes.push_back(
            {.name = member.key, .address = *address, .group = std::string(group)});
    }
}

void check_via(ObjectReader& top, Inventory const& inventory) {
    if (inventory.via.empty() || inventory.node(inventory.via) != nullptr) return;
    std::vector<std::string> names;
    names.reserve(inventory.nodes.size());
    for (InventoryNode const& node : inventory.nodes) names.push_back(node.name);
    top.wrong("via", fmt::format("no node is named {}{}", in_quotes(inventory.via),
                                 did_you_mean(inventory.via, names)));
}

void read_section(ObjectReader& top, Section const& section, InventoryDraft& draft) {
    if (section.name.empty()) {
        for (Field const& field : section.fields) read_field(top, field, draft.inventory.file);
        return;
    }
    if (section.required) top.require(section.name, section.doc);
    Value const* const value = top.value(section.name);
    if (value == nullptr) return;
    std::size_t const before = top.mistakes().count();
    ObjectReader reader(*value, top.path_of(section.name), top.mistakes());
    for (Field const& field : section.fields) read_field(reader, field, draft.inventory.file);
    if (reader.is_object()) reader.finish();
    // What is between fields makes sense only when each is right.
    if (section.check != nullptr && top.mistakes().count() == before) section.check(draft, reader);
}

}  // namespace

InventoryNode const* Inventory::node(std::string_view name) const {
    auto const found = std::ranges::find(nodes, name, &InventoryNode::name);
    return found == nodes.end() ? nullptr : &*found;
}

Inventory parse_inventory(std::string const& file, std::string_view text, Mistakes& mistakes) {
    InventoryDraft draft;
    Inventory& inventory = draft.inventory;
    inventory.file = file;
    FileMistakes of_file(file, mistakes);
    auto const root = parse_json(text, of_file, {.bytes = file_limit});
    if (!root) return std::move(inventory);
    ObjectReader top(*root, "", of_file);
    if (!top.is_object()) return std::move(inventory);
    top.value("$schema");  // editors look for it
    for (Section const& section : inventory_sections(draft)) read_section(top, section, draft);
    if (!inventory.cluster.empty() && !is_node_name(inventory.cluster))
        top.wrong("cluster", fmt::format("expected lower-case letters, digits, '-' and '.', got {}",
                                         in_quotes(inventory.cluster)));
    top.require("db", R"(the database nodes, as { "db1": "10.0.1.11" })");
    read_nodes(top, "db", inventory);
    read_nodes(top, "app", inventory);
    check_via(top, inventory);
    top.require("write", "where customers write, as [ \"app1:5000\" ]");
    inventory.write = read_endpoints(top, "write", inventory);
    inventory.read = read_endpoints(top, "read", inventory);
    inventory.cache = read_endpoints(top, "cache", inventory);
    inventory.power = read_power(top);
    inventory.spot = read_spot(top);
    top.finish();
    return std::move(inventory);
}

Result<Inventory> load_inventory(std::string const& file, Mistakes& mistakes) {
    auto const text = read_text_file(file, file_limit);
    if (!text) return std::unexpected(text.error());
    return parse_inventory(file, *text, mistakes);
}

}  // namespace interregnum
