// SPDX-License-Identifier: MIT
// What AWS, Terraform, a console and a node's metadata tell: whatever it is, an inventory that is
// made of it can be read, and a known_hosts file, too. The first letter says which of them it is.
#include <map>

#include "harness/cluster/aws_instances.h"
#include "harness/cluster/console_keys.h"
#include "harness/cluster/inventory.h"
#include "harness/cluster/terraform_output.h"
#include "harness/engine/spot_answer.h"
#include "harness/remote/known_hosts.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace interregnum;

void expect_inventory(Machines const& machines) {
    Mistakes mistakes;
    (void)parse_inventory("/fuzz/inventory.json",
                          inventory_text(with_machines({}, machines), {.spot = true}), mistakes);
    fuzz::expect(mistakes.empty());
}

void expect_known_hosts(std::vector<ConsoleKeys> const& consoles) {
    std::vector<FoundNode> const nodes{{.name = "db1", .address = "10.0.0.1", .group = "db"}};
    auto const text = known_hosts_text(nodes, {{"db1", consoles.front().keys}});
    if (text) fuzz::expect(KnownHosts::parse(*text, "fuzz").has_value());
}

}  // namespace

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view text = fuzz::text_of(data, size);
    if (text.empty()) return 0;
    char const kind = text.front();
    text.remove_prefix(1);
    if (kind == 'a') {
        if (auto const made = machines_of_aws("fuzz", text, {})) expect_inventory(*made);
    } else if (kind == 't') {
        if (auto const made = nodes_of_terraform("fuzz", text, {}))
            expect_inventory(made->machines);
    } else if (kind == 'm') {
        (void)parse_spot_answer(text);
    } else {
        auto const consoles = parse_consoles("fuzz", text);
        if (consoles && !consoles->empty()) expect_known_hosts(*consoles);
    }
    return 0;
}
