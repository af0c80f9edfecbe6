// SPDX-License-Identifier: MIT
#include "harness/cli/init_sources.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/text_file.h"
#include "harness/cluster/aws_instances.h"
#include "harness/cluster/console_keys.h"
#include "harness/cluster/inventory.h"

namespace interregnum {

namespace {

constexpr std::size_t input_limit = 16U << 20U;

std::string name_of(std::string const& path) { return path == "-" ? "standard input" : path; }

Result<std::string> read_input(std::string const& path) {
    if (path != "-") return read_text_file(path, input_limit);
    std::string text(input_limit + 1, '\0');
    std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > input_limit)
        return fail(Error::Kind::invalid, "standard input: larger than 16 MiB, the limit here");
    return text;
}

/// "db1=console.txt" or "consoles.json". What could be no node is part of a file's name.
struct ConsoleFile {
    std::string node;
    std::string path;
};
ConsoleFile split_console(std::string const& given) {
    std::size_t const equals = given.find('=');
    if (equals == std::string::npos || !is_host(given.substr(0, equals)))
        return {.node = "", .path = given};
    return {.node = given.substr(0, equals), .path = given.substr(equals + 1)};
}

/// Which node is meant by a name, an address or an instance's id.
class Names {
public:
    Names(Machines const& machines, FoundCluster const& found)
        : machines_(machines), found_(found) {}

    [[nodiscard]] FoundNode const* node(std::string const& word) const {
        for (std::size_t index = 0; index < found_.nodes.size(); ++index) {
            FoundNode const& node = found_.nodes[index];
            bool const is_machine =
                index < machines_.nodes.size() &&
                (machines_.nodes[index].id == word || machines_.nodes[index].name == word ||
                 machines_.nodes[index].private_address == word);
            if (node.name == word || node.address == word || is_machine) return &node;
        }
        return nullptr;
    }
    [[nodiscard]] std::unexpected<Error> unknown(std::string const& where,
                                                 std::string const& word) const {
        std::vector<std::string> names;
        for (FoundNode const& node : found_.nodes) names.push_back(node.name);
        return fail(Error::Kind::invalid, fmt::format("{}: {} is no node; there are {}", where,
                                                      in_quotes(word), fmt::join(names, ", ")));
    }

private:
    Machines const& machines_;
    FoundCluster const& found_;
};

using KeysByNode = std::map<std::string, std::vector<PublicHostKey>>;

/// Keys of a node that were told already must be the same again.
Status add_keys(KeysByNode& to, std::string const& node, std::vector<PublicHostKey> keys) {
    auto const [known, first] = to.emplace(node, keys);
    if (first || known->second == keys) return {};
    return fail(Error::Kind::refused,
                fmt::format("two sets of host keys that differ were given for {}: which of them is "
                            "in use now cannot be told",
                            node));
}

Status add_console(KeysByNode& to, ConsoleFile const& given, Names const& names) {
    std::string const file = name_of(given.path);
    auto const text = read_input(given.path);
    if (!text) return std::unexpected(text.error());
    auto consoles = parse_consoles(file, *text);
    if (!consoles) return std::unexpected(consoles.error());
    FoundNode const* const meant = given.node.empty() ? nullptr : names.node(given.node);
    if (!given.node.empty() && meant == nullptr)
        return names.unknown("--host-keys-from", given.node);
    for (ConsoleKeys& console : *consoles) {
        FoundNode const* node = console.machine.empty() ? meant : names.node(console.machine);
        // Where no machine's id is known, the command line says whose console it is.
        if (node == nullptr && consoles->size() == 1) node = meant;
        if (node == nullptr && console.machine.empty())
            return fail(Error::Kind::invalid,
                        fmt::format("{}: whose console is that? --host-keys-from NODE={}", file,
                                    given.path));
        if (node == nullptr) return names.unknown(file, console.machine);
        if (meant != nullptr && node != meant)
            return fail(Error::Kind::invalid,
                        fmt::format("{}: it is the console of {} ({}), not of {}", file, node->name,
                                    console.machine, meant->name));
        if (Status added = add_keys(to, node->name, std::move(console.keys)); !added) return added;
    }
    return {};
}

Status add_told_keys(KeysByNode& to, SourceFlags const& flags, TerraformNodes const& given,
                     Names const& names) {
    std::string const where =
        fmt::format("{}: output {}", name_of(flags.from_terraform), flags.keys_output);
    for (auto const& [word, lines] : given.host_keys) {
        FoundNode const* const node = names.node(word);
        if (node == nullptr) return names.unknown(where, word);
        std::vector<PublicHostKey> keys;
        for (std::string const& line : lines) {
            auto key = parse_host_key(line);
            if (!key) return fail_in(where + ", " + node->name, key.error());
            keys.push_back(std::move(*key));
        }
        if (Status added = add_keys(to, node->name, std::move(keys)); !added) return added;
    }
    return {};
}

}  // namespace

void add_source_flags(Verb const& verb, SourceFlags& flags) {
    verb.takes("--from-aws", flags.from_aws,
               "the nodes are in what `aws ec2 describe-instances` prints: a file, or - for "
               "standard input");
    verb.takes("--db-tag", flags.db_tag,
               "the instances with this tag are database nodes; * stands for anything: "
               "'Name=shop-db-*'")
        .shows_default();
    verb.takes("--app-tag", flags.app_tag, "those with this tag are application nodes")
        .shows_default();
    verb.takes("--from-terraform", flags.from_terraform,
               "the nodes are in what `terraform output -json` prints: a file, or -");
    verb.takes("--db-output", flags.db_output,
               "the output with the database nodes: a list or a map of addresses")
        .shows_default();
    verb.takes("--app-output", flags.app_output, "the output with the application nodes")
        .shows_default();
    verb.takes("--host-keys-output", flags.keys_output,
               "the output with the nodes' public host keys, if there is one: a map")
        .shows_default();
    verb.takes("--address", flags.address, "which address of a machine to write down")
        .one_of({"private", "public"})
        .shows_default();
    verb.takes("--host-keys-from", flags.host_keys_from,
               "host keys from consoles: NODE=FILE with a console's text, or a file of what `aws "
               "ec2 get-console-output` prints for all; -: standard input")
        .one_value_each_time();
    verb.takes("--host-keys-out", flags.host_keys_out, "where these keys are written")
        .shows_default();
    verb.flag("--spot", flags.spot,
              "AWS may take them back: watch for it (of --from-aws it is seen there)");
}

Result<TerraformNodes> given_machines(SourceFlags const& flags) {
    AddressKind const address =
        flags.address == "public" ? AddressKind::public_one : AddressKind::private_one;
    auto const inputs = std::ranges::count_if(flags.host_keys_from, [](std::string const& given) {
        return split_console(given).path == "-";
    });
    if (inputs + (flags.from_aws == "-" ? 1 : 0) + (flags.from_terraform == "-" ? 1 : 0) > 1)
        return fail(Error::Kind::invalid, "standard input can be read once only");
    if (!flags.from_aws.empty() && !flags.from_terraform.empty())
        return fail(Error::Kind::invalid, "give --from-aws or --from-terraform, not both");
    if (!flags.from_terraform.empty()) {
        auto const text = read_input(flags.from_terraform);
        if (!text) return std::unexpected(text.error());
        return nodes_of_terraform(name_of(flags.from_terraform), *text,
                                  {.db = flags.db_output,
                                   .app = flags.app_output,
                                   .host_keys = flags.keys_output,
                                   .address = address});
    }
    TerraformNodes given;
    if (flags.from_aws.empty()) return given;
    auto db = parse_tag_pattern(flags.db_tag);
    if (!db) return fail_in("--db-tag", db.error());
    auto app = parse_tag_pattern(flags.app_tag);
    if (!app) return fail_in("--app-tag", app.error());
    auto const text = read_input(flags.from_aws);
    if (!text) return std::unexpected(text.error());
    auto machines =
        machines_of_aws(name_of(flags.from_aws), *text,
                        {.db = std::move(*db), .app = std::move(*app), .address = address});
    if (!machines) return std::unexpected(machines.error());
    given.machines = std::move(*machines);
    return given;
}

Result<std::string> given_host_keys(SourceFlags const& flags, TerraformNodes const& given,
                                    FoundCluster const& found) {
    if (flags.host_keys_from.empty() && given.host_keys.empty()) return std::string();
    Names const names(given.machines, found);
    KeysByNode keys;
    if (Status told = add_told_keys(keys, flags, given, names); !told)
        return std::unexpected(told.error());
    for (std::string const& one : flags.host_keys_from)
        if (Status added = add_console(keys, split_console(one), names); !added)
            return std::unexpected(added.error());
    return known_hosts_text(found.nodes, keys);
}

}  // namespace interregnum
