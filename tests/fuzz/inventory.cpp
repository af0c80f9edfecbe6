// SPDX-License-Identifier: MIT
// The inventory parser: what it accepts can be handed to programs, sockets and terminals.
#include "harness/cluster/inventory.h"

#include <algorithm>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    Mistakes mistakes;
    Inventory const inventory =
        parse_inventory("/fuzz/inventory.json", fuzz::text_of(data, size), mistakes);
    if (!mistakes.empty()) {
        fuzz::expect(!mistakes.text().empty());
        return 0;
    }
    auto const plain = [](std::string const& word) {
        return !word.starts_with('-') && std::ranges::none_of(word, [](char letter) {
            auto const byte = static_cast<unsigned char>(letter);
            return byte < 0x20 || byte == 0x7F;
        });
    };
    fuzz::expect(plain(inventory.cluster) && plain(inventory.ssh.user));
    for (InventoryNode const& node : inventory.nodes)
        fuzz::expect(is_node_name(node.name) && is_host(node.address));
    for (auto const* list : {&inventory.write, &inventory.read, &inventory.cache})
        for (InventoryEndpoint const& one : *list) fuzz::expect(is_host(one.host) && one.port != 0);
    return 0;
}
