// SPDX-License-Identifier: MIT
// The scenario parser: whatever it is given, it comes back, and what it refuses it explains.
#include "harness/scenario/scenario.h"

#include "harness/scenario/expand.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    static std::vector<std::string> const nodes{"db1", "db2", "app1"};
    std::string_view const text = fuzz::text_of(data, size);
    Mistakes mistakes;
    // What it extends: itself, or something good.
    auto const load = [&](std::string const& name, std::string const&) -> Result<BaseFile> {
        if (name == "self") return BaseFile{.file = "self.json", .text = std::string(text)};
        return BaseFile{.file = name, .text = R"({ "title": "t", "parameters": { "p": "1s" },
                                     "steps": [ { "steady": "$p" } ] })"};
    };
    Scenario const scenario = parse_scenario("fuzz.json", text, {}, {}, mistakes, &nodes, load);
    fuzz::expect(mistakes.empty() == mistakes.text().empty());
    if (mistakes.empty()) {
        fuzz::expect(!scenario.title.empty() && !scenario.steps.empty());
        // What was read without a mistake is played on any cluster that has the nodes.
        static std::vector<InventoryNode> const members{
            {.name = "db1", .address = "", .group = "db"},
            {.name = "db2", .address = "", .group = "db"},
            {.name = "app1", .address = "", .group = "app"}};
        auto const made = expanded(scenario, members, size);
        fuzz::expect(made && !made->steps.empty());
    }
    // The same text as what somebody gave on the command line.
    Mistakes of_flags;
    std::string const value(text.substr(0, 200));
    (void)parse_scenario("fuzz.json", R"({ "title": "t", "steps": [ { "steady": "1s" } ] })",
                         {{value, "1"}, {"steps[0].steady", value}}, {value}, of_flags);
    return 0;
}
