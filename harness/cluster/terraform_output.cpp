// SPDX-License-Identifier: MIT
#include "harness/cluster/terraform_output.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/nearest.h"
#include "harness/cluster/inventory.h"

namespace interregnum {

namespace {

constexpr std::size_t most_machines = 200;

std::string text_of(Value const& object, std::string_view key) {
    Value const* const value = object.find(key);
    return value != nullptr && value->kind == Value::Kind::string ? value->text : "";
}

/// What kind of value it is and nothing of it.
std::string_view kind_of(Value const& value) {
    switch (value.kind) {
        case Value::Kind::null:
            return "null";
        case Value::Kind::boolean:
            return "true or false";
        case Value::Kind::number:
            return "a number";
        case Value::Kind::string:
            return "a text";
        case Value::Kind::array:
            return "a list";
        case Value::Kind::object:
            return "a map";
    }
    return "a value";
}

class Reading {
public:
    Reading(std::string const& file, TerraformMapping const& mapping)
        : file_(file), mapping_(mapping) {}

    Result<TerraformNodes> read(Value const& document) {
        if (document.kind != Value::Kind::object) return unlike(document);
        for (Member const& output : document.members)
            if (output.value.find("value") == nullptr) return unlike(output.value);
        Value const* const db = value_of(document, mapping_.db);
        if (db == nullptr) return missing(document);
        Status done = add_nodes(*db, mapping_.db, "db");
        if (Value const* const app = value_of(document, mapping_.app); done && app != nullptr)
            done = add_nodes(*app, mapping_.app, "app");
        else if (done)
            made_.machines.remarks.push_back(
                fmt::format("Terraform has no output {}, so there is no application node "
                            "(--app-output)",
                            in_quotes(mapping_.app)));
        if (Value const* const keys = value_of(document, mapping_.host_keys); done && keys)
            done = add_keys(*keys);
        if (!done) return std::unexpected(done.error());
        return std::move(made_);
    }

private:
    [[nodiscard]] std::unexpected<Error> wrong(std::string const& output,
                                               std::string const& what) const {
        return fail(Error::Kind::invalid, fmt::format("{}: output {}: {}", file_, output, what));
    }
    [[nodiscard]] std::unexpected<Error> unlike(Value const& got) const {
        return fail(Error::Kind::invalid,
                    fmt::format("{}: expected all outputs, as `terraform output -json` prints them "
                                "without a name: a map of outputs, each with its \"value\"; got {}",
                                file_, kind_of(got)));
    }
    [[nodiscard]] std::unexpected<Error> missing(Value const& document) const {
        std::vector<std::string> names;
        for (Member const& output : document.members) names.push_back(output.key);
        std::string const near = did_you_mean(mapping_.db, names);
        return wrong(mapping_.db,
                     fmt::format("there is none{}; --db-output says which one has the database "
                                 "nodes",
                                 near));
    }

    static Value const* value_of(Value const& document, std::string const& name) {
        Value const* const output = document.find(name);
        return output == nullptr ? nullptr : output->find("value");
    }

    Status add_nodes(Value const& value, std::string const& output, std::string const& group) {
        if (value.kind == Value::Kind::array) {
            for (Value const& item : value.items)
                if (Status added = add_node(item, "", output, group); !added) return added;
        } else if (value.kind == Value::Kind::object && !is_machine(value)) {
            for (Member const& member : value.members)
                if (Status added = add_node(member.value, member.key, output, group); !added)
                    return added;
        } else if (Status added = add_node(value, "", output, group); !added) {
            return added;
        }
        if (group == "db" && made_.machines.nodes.empty())
            return wrong(output, "expected the addresses of the database nodes, got none");
        return {};
    }

    static bool is_machine(Value const& value) {
        return value.find("private_ip") != nullptr || value.find("public_ip") != nullptr;
    }

    Status add_node(Value const& value, std::string name, std::string const& output,
                    std::string const& group) {
        bool const wants_public = mapping_.address == AddressKind::public_one;
        Machine machine{.name = std::move(name), .group = group};
        if (value.kind == Value::Kind::string) {
            machine.address = value.text;
        } else if (value.kind == Value::Kind::object && is_machine(value)) {
            machine.id = text_of(value, "id");
            machine.private_address = text_of(value, "private_ip");
            machine.address = wants_public ? text_of(value, "public_ip") : machine.private_address;
            if (machine.name.empty()) machine.name = text_of(value, "name");
            Value const* const tags = value.find("tags");
            if (machine.name.empty() && tags != nullptr) machine.name = text_of(*tags, "Name");
        } else {
            return wrong(output, fmt::format("expected addresses, or objects with \"private_ip\" "
                                             "and \"public_ip\", got {}",
                                             kind_of(value)));
        }
        std::size_t const number = made_.machines.nodes.size() + 1;
        if (!is_host(machine.address))
            return wrong(output, fmt::format("expected an IPv4 or IPv6 address or a host name for "
                                             "each node; node {} of all has none{}",
                                             number, wants_public ? " that is public" : ""));
        for (Machine const& other : made_.machines.nodes)
            if (other.address == machine.address)
                return wrong(output, fmt::format("the address {} stands twice", machine.address));
        if (number > most_machines)
            return wrong(output, fmt::format("more than {} nodes", most_machines));
        made_.machines.nodes.push_back(std::move(machine));
        return {};
    }

    Status add_keys(Value const& value) {
        std::string const& output = mapping_.host_keys;
        if (value.kind != Value::Kind::object)
            return wrong(output,
                         fmt::format("expected a map of nodes (names or addresses) to their "
                                     "public host keys, got {}",
                                     kind_of(value)));
        for (Member const& member : value.members) {
            std::vector<std::string>& lines = made_.host_keys[member.key];
            if (member.value.kind == Value::Kind::string) {
                std::string_view rest = member.value.text;
                while (!rest.empty()) {
                    std::size_t const end = rest.find('\n');
                    if (end != 0) lines.emplace_back(rest.substr(0, end));
                    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
                }
                continue;
            }
            bool good = member.value.kind == Value::Kind::array;
            for (Value const& item : member.value.items) {
                good = good && item.kind == Value::Kind::string;
                lines.push_back(item.text);
            }
            if (!good)
                return wrong(output, fmt::format("expected a public key or a list of them for each "
                                                 "node, got {}",
                                                 kind_of(member.value)));
        }
        return {};
    }

    std::string const& file_;
    TerraformMapping const& mapping_;
    TerraformNodes made_;
};

}  // namespace

Result<TerraformNodes> nodes_of_terraform(std::string const& file, std::string_view text,
                                          TerraformMapping const& mapping) {
    auto const value = read_json_document(file, text);
    if (!value) return std::unexpected(value.error());
    return Reading(file, mapping).read(*value);
}

}  // namespace interregnum
