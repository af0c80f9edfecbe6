// SPDX-License-Identifier: MIT
#include "harness/cluster/inventory_reading.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "harness/base/nearest.h"

namespace interregnum {

namespace {

/// "~/key" by HOME, "key" by the folder of the inventory.
std::string absolute_path(std::string const& path, std::string const& inventory_file) {
    if (path.starts_with("~/")) {
        char const* const home = std::getenv("HOME");
        return (std::filesystem::path(home == nullptr ? "/" : home) / path.substr(2)).string();
    }
    return (std::filesystem::path(inventory_file).parent_path() / path).string();
}

bool is_variable_name(std::string_view name) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return !name.empty() && (name.front() < '0' || name.front() > '9') &&
           name.find_first_not_of(letters) == std::string_view::npos;
}

void read_secret_source(ObjectReader& reader, std::string_view key, std::string const& file,
                        SecretSource& into) {
    Value const* const value = reader.value(key);
    if (value == nullptr) return;
    // The value is never repeated in a message: it may be the password itself.
    std::string const& spec = value->text;
    if (value->kind == Value::Kind::string && spec.starts_with("env:")) {
        if (is_variable_name(std::string_view(spec).substr(4)))
            into.spec = spec;
        else
            reader.wrong(key,
                         "expected a variable's name behind \"env:\", such as "
                         "\"env:PGPASSWORD\"");
        return;
    }
    if (value->kind == Value::Kind::string && spec.starts_with("file:") && spec.size() > 5) {
        into.spec = "file:" + absolute_path(spec.substr(5), file);
        return;
    }
    reader.wrong(key,
                 R"(a password never stands in this file: expected "env:NAME" or "file:PATH")");
}

void read_text_field(ObjectReader& reader, Field const& field, std::string const& file,
                     std::string& into) {
    if (!field.choices.empty()) {
        std::vector<std::string> const choices(field.choices.begin(), field.choices.end());
        if (auto chosen = reader.one_of(field.name, choices)) into = std::move(*chosen);
        return;
    }
    auto text = reader.text(field.name);
    if (!text) return;
    if (field.is_file) {
        into = absolute_path(*text, file);
        return;
    }
    bool const printable = std::ranges::none_of(*text, [](char letter) {
        auto const byte = static_cast<unsigned char>(letter);
        return byte < 0x20 || byte == 0x7F;
    });
    // A name that begins with '-' would be an option to some program.
    if (printable && !text->starts_with('-'))
        into = std::move(*text);
    else
        reader.wrong(field.name,
                     fmt::format("expected a name that has no control characters and does not "
                                 "begin with '-', got {}",
                                 in_quotes(*text)));
}

struct HostPort {
    std::string host;
    std::uint16_t port{};
};

std::optional<HostPort> split_endpoint(std::string_view entry) {
    std::size_t const colon = entry.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = entry.substr(0, colon);
    std::string_view const port = entry.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return std::nullopt;  // an IPv6 address without brackets: its port would be a guess
    HostPort split{.host = std::string(host)};
    auto const [end, error] = std::from_chars(port.data(), port.data() + port.size(), split.port);
    if (error != std::errc{} || end != port.data() + port.size() || split.port == 0)
        return std::nullopt;
    return split;
}

/// What is in braces but no placeholder: "{nod}". Braces of other uses ("{}", JSON) are left.
void check_placeholders(std::vector<std::string> const& argv, std::string const& path,
                        Value const& list, FileMistakes& mistakes) {
    static std::vector<std::string> const known = {"node", "address"};
    for (std::size_t index = 0; index < argv.size(); ++index) {
        std::string_view rest = argv[index];
        for (std::size_t open = rest.find('{'); open != std::string_view::npos;
             open = rest.find('{')) {
            rest.remove_prefix(open + 1);
            std::size_t const close = rest.find('}');
            if (close == std::string_view::npos) break;
            std::string const name(rest.substr(0, close));
            bool const is_word =
                !name.empty() &&
                name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos;
            if (is_word && std::ranges::find(known, name) == known.end())
                mistakes.add(list.items[index].at, join_path(path, index),
                             fmt::format("unknown placeholder {{{}}}; there are {{node}} and "
                                         "{{address}}{}",
                                         name, did_you_mean(name, known)));
        }
    }
}

}  // namespace

void read_field(ObjectReader& reader, Field const& field, std::string const& file) {
    if (field.required) reader.require(field.name, field.doc);
    if (auto* const* text = std::get_if<std::string*>(&field.into))
        return read_text_field(reader, field, file, **text);
    if (auto* const* secret = std::get_if<SecretSource*>(&field.into))
        return read_secret_source(reader, field.name, file, **secret);
    if (auto* const* flag = std::get_if<bool*>(&field.into)) {
        if (auto const read = reader.flag(field.name)) **flag = *read;
        return;
    }
    auto const port = reader.option(
        {.name = field.name, .type = OptionType::integer, .at_least = 1, .at_most = 65535});
    if (port)
        *std::get<std::uint16_t*>(field.into) =
            static_cast<std::uint16_t>(std::get<std::int64_t>(*port));
}

std::vector<InventoryEndpoint> read_endpoints(ObjectReader& top, std::string_view key,
                                              Inventory const& inventory) {
    std::vector<InventoryEndpoint> endpoints;
    auto const entries = top.text_list(key);
    if (!entries) return endpoints;
    Value const& list = *top.value(key);
    std::string const path = top.path_of(key);
    if (entries->empty())
        top.wrong(key, "expected at least one entry point, such as \"app1:5000\"");
    std::vector<std::string> names;
    names.reserve(inventory.nodes.size());
    for (InventoryNode const& node : inventory.nodes) names.push_back(node.name);
    for (std::size_t index = 0; index < entries->size(); ++index) {
        std::string const& entry = (*entries)[index];
        auto wrong = [&](std::string message) {
            top.mistakes().add(list.items[index].at, join_path(path, index), std::move(message));
        };
        auto const split = split_endpoint(entry);
        if (!split || !is_host(split->host)) {
            wrong(
                fmt::format("expected NODE:PORT or HOST:PORT (an IPv6 address in brackets), got "
                            "{}",
                            in_quotes(entry)));
            continue;
        }
        InventoryNode const* const node = inventory.node(split->host);
        bool const short_name = split->host.find_first_of(".:") == std::string::npos;
        std::string const hint = did_you_mean(split->host, names);
        if (node == nullptr && short_name && !hint.empty())
            wrong(
                fmt::format("no node is named {}{}; a host that is no node is given by its "
                            "address or full name",
                            in_quotes(split->host), hint));
        if (std::ranges::find(endpoints, entry, &InventoryEndpoint::entry) != endpoints.end())
            wrong(fmt::format("{} stands in this list already", in_quotes(entry)));
        endpoints.push_back({.entry = entry,
                             .host = node != nullptr ? node->address : split->host,
                             .port = split->port});
    }
    return endpoints;
}

PowerAccess read_power(ObjectReader& top) {
    PowerAccess power;
    Value const* const value = top.value("power");
    if (value == nullptr) return power;
    if (value->kind == Value::Kind::object) {
        power.kind = PowerAccess::Kind::commands;
        ObjectReader reader(*value, top.path_of("power"), top.mistakes());
        reader.require("off", "the command that takes power from a node, as a list of arguments");
        auto read = [&](std::string_view key, std::vector<std::string>& into) {
            auto argv = reader.text_list(key);
            if (!argv) return;
            if (argv->empty()) reader.wrong(key, "expected a program and its arguments");
            check_placeholders(*argv, reader.path_of(key), *reader.value(key), top.mistakes());
            into = std::move(*argv);
        };
        read("off", power.off);
        read("on", power.on);
        reader.finish();
        return power;
    }
    std::vector<std::string> const names = {"lab", "sysrq", "none"};
    if (value->kind != Value::Kind::string || std::ranges::find(names, value->text) == names.end())
        top.wrong("power",
                  fmt::format(R"(expected {} or {{ "off": [...], "on": [...] }}, got {}{})",
                              one_of_text(names), show(*value), did_you_mean(value->text, names)));
    if (value->text == "lab") power.kind = PowerAccess::Kind::lab;
    if (value->text == "sysrq") power.kind = PowerAccess::Kind::sysrq;
    return power;
}

SpotSettings read_spot(ObjectReader& top) {
    SpotSettings spot;
    Value const* const value = top.value("spot");
    if (value == nullptr) return spot;
    if (value->kind == Value::Kind::boolean) {
        spot.watched = value->boolean;
        return spot;
    }
    if (value->kind != Value::Kind::object) {
        top.wrong("spot", fmt::format(R"(expected true, false or {{ "base": {} }}, got {})",
                                      in_quotes(spot.base), show(*value)));
        return spot;
    }
    spot.watched = true;
    ObjectReader reader(*value, top.path_of("spot"), top.mistakes());
    if (auto base = reader.text("base")) {
        constexpr std::string_view scheme = "http://";
        std::string_view const rest =
            base->starts_with(scheme) ? std::string_view(*base).substr(scheme.size()) : "";
        std::string_view const bare =
            rest.starts_with('[') && rest.ends_with(']') ? rest.substr(1, rest.size() - 2) : rest;
        auto const with_port = split_endpoint(rest);
        if (is_host(bare) || (with_port && is_host(with_port->host)))
            spot.base = *std::move(base);
        else
            reader.wrong("base", fmt::format("expected http://HOST or http://HOST:PORT and no "
                                             "path, got {}",
                                             in_quotes(*base)));
    }
    reader.finish();
    return spot;
}

}  // namespace interregnum
