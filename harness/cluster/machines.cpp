// SPDX-License-Identifier: MIT
#include "harness/cluster/machines.h"

#include <algorithm>

#include <fmt/format.h>

namespace interregnum {

namespace {

// Hundreds of instances with all that EC2 tells of each.
constexpr JsonLimits limits{.bytes = 16U << 20U, .depth = 64, .values = 300'000};

/// Behind the end of the document that begins at `begin`: where its brackets close.
std::size_t end_of_document(std::string_view text, std::size_t begin) {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t at = begin; at < text.size(); ++at) {
        char const letter = text[at];
        if (in_string) {
            if (letter == '\\')
                ++at;
            else if (letter == '"')
                in_string = false;
            continue;
        }
        if (letter == '"') in_string = true;
        if (letter == '{' || letter == '[') ++depth;
        if ((letter == '}' || letter == ']') && (depth <= 1 || --depth == 0)) return at + 1;
    }
    return text.size();
}

}  // namespace

std::vector<std::string_view> json_documents(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    std::vector<std::string_view> documents;
    for (std::size_t at = text.find_first_not_of(blanks); at < text.size();
         at = text.find_first_not_of(blanks, at)) {
        bool const bracket = text[at] == '{' || text[at] == '[';
        std::size_t const end = bracket ? end_of_document(text, at) : text.size();
        documents.push_back(text.substr(at, end - at));
        at = end;
    }
    return documents;
}

Result<Value> read_json_document(std::string const& file, std::string_view text) {
    Mistakes mistakes;
    FileMistakes of_file(file, mistakes);
    auto value = parse_json(text, of_file, limits);
    if (value && mistakes.empty()) return std::move(*value);
    constexpr std::size_t most_shown = 3;
    mistakes.all.resize(std::min(mistakes.all.size(), most_shown));
    std::string told = mistakes.text();
    while (told.ends_with('\n')) told.pop_back();
    return fail(Error::Kind::invalid, told.empty() ? file + ": no JSON" : told);
}

FoundCluster with_machines(FoundCluster found, Machines const& machines) {
    std::vector<FoundNode> const told = std::move(found.nodes);
    std::string const leader = std::move(found.leader);
    found.nodes.clear();
    found.leader.clear();
    auto const is_of = [](FoundNode const& node, Machine const& machine) {
        return node.address == machine.address ||
               (!machine.private_address.empty() && node.address == machine.private_address);
    };
    for (Machine const& machine : machines.nodes) {
        auto const known =
            std::ranges::find_if(told, [&](FoundNode const& node) { return is_of(node, machine); });
        bool const member = known != told.end() && known->group == "db" && machine.group == "db";
        found.nodes.push_back(
            {.name = name_for_node(member ? known->name : machine.name, machine.group, found.nodes),
             .address = machine.address,
             .group = machine.group});
        if (member && known->name == leader) found.leader = found.nodes.back().name;
    }
    for (FoundNode const& node : told)
        if (std::ranges::none_of(machines.nodes,
                                 [&](Machine const& machine) { return is_of(node, machine); }))
            found.remarks.push_back(fmt::format(
                "{} ({}) belongs to the cluster as its services tell, and is none of the machines "
                "that were given: left out",
                node.name, node.address));
    found.remarks.insert(found.remarks.end(), machines.remarks.begin(), machines.remarks.end());
    return found;
}

}  // namespace interregnum
