// SPDX-License-Identifier: MIT
#include "harness/cluster/aws_instances.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/nearest.h"
#include "harness/cluster/inventory.h"

namespace interregnum {

namespace {

constexpr std::size_t most_machines = 200;
constexpr std::size_t most_shown = 8;

std::string text_of(Value const& object, std::string_view key) {
    Value const* const value = object.find(key);
    return value != nullptr && value->kind == Value::Kind::string ? value->text : "";
}

bool is_list(Value const* value) { return value != nullptr && value->kind == Value::Kind::array; }

bool is_instance_id(std::string_view text) {
    return text.starts_with("i-") && text.size() > 2 && text.size() <= 40 &&
           text.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
}

std::map<std::string, std::string> tags_of(Value const& instance) {
    std::map<std::string, std::string> tags;
    if (Value const* const list = instance.find("Tags"); is_list(list))
        for (Value const& tag : list->items)
            tags.emplace(text_of(tag, "Key"), text_of(tag, "Value"));
    return tags;
}

class Reading {
public:
    Reading(std::string const& file, AwsMapping const& mapping) : file_(file), mapping_(mapping) {}

    Status add_document(Value const& document) {
        Value const* const reservations = document.find("Reservations");
        if (!is_list(reservations)) {
            if (document.kind == Value::Kind::array) return add_instances(document);
            return wrong(
                "expected what `aws ec2 describe-instances --output json` prints: an "
                "object with the list \"Reservations\"");
        }
        // A page's end is no list's end: nodes would be missing without anybody noticing.
        if (document.find("NextToken") != nullptr) more_to_come_ = true;
        for (Value const& reservation : reservations->items) {
            Value const* const instances = reservation.find("Instances");
            if (!is_list(instances)) return wrong("a reservation without the list \"Instances\"");
            if (Status added = add_instances(*instances); !added) return added;
        }
        return {};
    }

    Result<Machines> finish(std::size_t documents) {
        if (more_to_come_ && documents == 1)
            return fail(Error::Kind::invalid,
                        file_ +
                            ": one page of several (it has a \"NextToken\"): leave out "
                            "--max-items and --no-paginate, or give all pages together");
        if (std::ranges::none_of(made_.nodes,
                                 [](Machine const& machine) { return machine.group == "db"; }))
            return fail(Error::Kind::invalid, none_found());
        std::ranges::sort(made_.nodes, {}, [](Machine const& machine) {
            return std::tuple(machine.group != "db", machine.name, machine.id);
        });
        return std::move(made_);
    }

private:
    Status wrong(std::string const& what) const {
        return fail(Error::Kind::invalid, fmt::format("{}: {}", file_, what));
    }

    Status add_instances(Value const& list) {
        for (Value const& instance : list.items)
            if (Status added = add_instance(instance); !added) return added;
        return {};
    }

    Status add_instance(Value const& instance) {
        std::string const id = text_of(instance, "InstanceId");
        if (!is_instance_id(id))
            return wrong(
                fmt::format("expected instances, each with its \"InstanceId\" (\"i-\" and "
                            "hexadecimal digits), got {}",
                            id.empty() ? show(instance) : in_quotes(id)));
        auto const tags = tags_of(instance);
        auto const has = [&](TagPattern const& pattern) {
            auto const tag = tags.find(pattern.key);
            return tag != tags.end() && looks_like(tag->second, pattern.value);
        };
        note_tags(tags);
        bool const db = has(mapping_.db);
        bool const app = has(mapping_.app);
        if (db && app)
            return wrong(fmt::format(
                "{} is a database node by {}={} and an application node by "
                "{}={}: make the two differ",
                id, mapping_.db.key, mapping_.db.value, mapping_.app.key, mapping_.app.value));
        if ((!db && !app) || !seen_.insert(id).second) return {};
        auto const name = tags.find("Name");
        Machine machine{.id = id,
                        .name = name == tags.end() ? "" : name->second,
                        .group = db ? "db" : "app",
                        .spot = text_of(instance, "InstanceLifecycle") == "spot"};
        Value const* const state_value = instance.find("State");
        std::string const state = state_value == nullptr ? "" : text_of(*state_value, "Name");
        if (state != "running") {
            made_.remarks.push_back(
                fmt::format("instance {} is {} and not running: left out", id,
                            is_node_name(state) ? state : "in a state that is not told"));
            return {};
        }
        return add_running(instance, std::move(machine));
    }

    Status add_running(Value const& instance, Machine machine) {
        bool const wants_public = mapping_.address == AddressKind::public_one;
        machine.private_address = text_of(instance, "PrivateIpAddress");
        machine.address =
            wants_public ? text_of(instance, "PublicIpAddress") : machine.private_address;
        if (!is_host(machine.address))
            return wrong(fmt::format(
                "{} has no {} address{}", machine.id, wants_public ? "public" : "private",
                wants_public ? ": give it one, or take --address private" : ""));
        for (Machine const& other : made_.nodes)
            if (other.address == machine.address)
                return wrong(fmt::format("{} and {} have the same address {} (of two networks?)",
                                         other.id, machine.id, machine.address));
        if (made_.nodes.size() == most_machines)
            return wrong(fmt::format("more than {} instances are nodes by {}={} and {}={}",
                                     most_machines, mapping_.db.key, mapping_.db.value,
                                     mapping_.app.key, mapping_.app.value));
        made_.nodes.push_back(std::move(machine));
        return {};
    }

    void note_tags(std::map<std::string, std::string> const& tags) {
        for (auto const& [key, value] : tags) {
            if (keys_.size() < 200) keys_.insert(key);
            if (key == mapping_.db.key && values_.size() < most_shown)
                values_.insert(in_quotes(value));
        }
    }

    [[nodiscard]] std::string none_found() const {
        std::string const why =
            fmt::format("{}: no running instance is a database node by the tag {}={}", file_,
                        mapping_.db.key, mapping_.db.value);
        if (!values_.empty())
            return why + fmt::format("; values of that tag here: {}", fmt::join(values_, ", "));
        if (keys_.empty()) return why + "; no instance here has any tag";
        std::vector<std::string> const keys(keys_.begin(), keys_.end());
        std::string const near = did_you_mean(mapping_.db.key, keys);
        return why + fmt::format(
                         "; no instance here has that tag{}: --db-tag KEY=VALUE says "
                         "which one to look at",
                         near);
    }

    std::string const& file_;
    AwsMapping const& mapping_;
    Machines made_;
    std::set<std::string> seen_;
    std::set<std::string> keys_;
    std::set<std::string> values_;
    bool more_to_come_{};
};

}  // namespace

Result<TagPattern> parse_tag_pattern(std::string_view text) {
    std::size_t const equals = text.find('=');
    // What EC2 allows: 128 characters of a key and 256 of a value, each of four bytes at most.
    constexpr std::size_t longest_key = 512;
    constexpr std::size_t longest_value = 1024;
    if (equals == std::string_view::npos || equals == 0 || equals > longest_key ||
        text.size() - equals - 1 > longest_value)
        return fail(Error::Kind::invalid,
                    fmt::format("{}: expected a tag and its value, such as Role=db or "
                                "'Name=shop-db-*'",
                                in_quotes(text)));
    return TagPattern{.key = std::string(text.substr(0, equals)),
                      .value = std::string(text.substr(equals + 1))};
}

bool looks_like(std::string_view text, std::string_view pattern) {
    // Where the last star was, and how much of the text it has taken so far.
    std::size_t star = std::string_view::npos;
    std::size_t taken = 0;
    std::size_t at = 0;
    std::size_t in_pattern = 0;
    while (at < text.size()) {
        if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
            star = in_pattern++;
            taken = at;
        } else if (in_pattern < pattern.size() && pattern[in_pattern] == text[at]) {
            ++in_pattern;
            ++at;
        } else if (star != std::string_view::npos) {
            in_pattern = star + 1;
            at = ++taken;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

Result<Machines> machines_of_aws(std::string const& file, std::string_view text,
                                 AwsMapping const& mapping) {
    Reading reading(file, mapping);
    auto const documents = json_documents(text);
    if (documents.empty())
        return fail(Error::Kind::invalid,
                    file + ": it is empty; expected what `aws ec2 describe-instances` prints");
    for (std::string_view const document : documents) {
        auto const value = read_json_document(file, document);
        if (!value) return std::unexpected(value.error());
        if (Status added = reading.add_document(*value); !added)
            return std::unexpected(added.error());
    }
    return reading.finish(documents.size());
}

}  // namespace interregnum
