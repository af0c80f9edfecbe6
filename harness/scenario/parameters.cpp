// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/nearest.h"
#include "harness/scenario/document.h"

namespace interregnum::reading {

namespace {

constexpr std::size_t most_parameters = 32;
constexpr std::size_t longest_name = 40;

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name && text.front() >= 'a' &&
           text.front() <= 'z' &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
               std::string_view::npos;
}

/// "$cut" -> "cut"; "" for any other value. What only looks alike, such as "$HOME" or "$(date)",
/// is an argument of somebody's program.
std::string_view name_in(Value const& value) {
    if (value.kind != Value::Kind::string || !value.text.starts_with('$')) return {};
    std::string_view const name = std::string_view(value.text).substr(1);
    return is_name(name) ? name : std::string_view();
}

bool is_single(Value const& value) {
    return value.kind == Value::Kind::string || value.kind == Value::Kind::number ||
           value.kind == Value::Kind::boolean;
}

/// What there is to put in, and what was asked for.
class Parameters {
public:
    Parameters(Value const* given, FileMistakes& mistakes) : mistakes_(&mistakes) {
        std::string const at(parameters_key);
        if (given == nullptr) return;
        if (!ObjectReader(*given, at, mistakes).is_object()) return;
        if (given->members.size() > most_parameters)
            mistakes.add(given->at, at,
                         fmt::format("expected at most {} parameters", most_parameters));
        for (Member const& member : given->members) {
            std::string const path = join_path(at, member.key);
            if (!is_name(member.key))
                mistakes.add(member.at, path,
                             fmt::format("expected a name of a-z, 0-9 and \"_\" with a letter "
                                         "first, at most {} long",
                                         longest_name));
            else if (!is_single(member.value) || !name_in(member.value).empty())
                mistakes.add(member.value.at, path,
                             "expected a text, a number, true or false, got " + show(member.value));
            names_.push_back(member.key);
            members_.push_back(&member);
        }
    }

    void put_into(Value& value, std::string const& path) {
        if (std::string const name(name_in(value)); !name.empty()) {
            put(name, value, path);
            return;
        }
        for (std::size_t index = 0; index < value.items.size(); ++index)
            put_into(value.items[index], join_path(path, index));
        for (Member& member : value.members) put_into(member.value, join_path(path, member.key));
    }

    /// A parameter of an extended file may be out of use because this file replaces its place.
    void tell_unused() const {
        for (Member const* const member : members_) {
            if (used_.contains(member->key) || SourceFiles::is_added(member->at)) continue;
            mistakes_->add(member->at, join_path(parameters_key, member->key),
                           fmt::format("unused: no value is \"${}\"{}", member->key,
                                       did_you_mean(member->key, unknown_)));
        }
    }

private:
    void put(std::string const& name, Value& value, std::string const& path) {
        auto const found = std::ranges::find(names_, name);
        if (found != names_.end()) {
            used_.insert(name);
            Value const& given = members_[static_cast<std::size_t>(found - names_.begin())]->value;
            if (is_single(given)) value = given;
            return;
        }
        unknown_.push_back(name);
        std::string hint = did_you_mean(name, names_);
        if (hint.empty())
            hint = names_.empty() ? " (\"parameters\" has none)"
                                  : fmt::format(" (there are: {})", fmt::join(names_, ", "));
        mistakes_->add(value.at, path,
                       fmt::format("unknown parameter {}{}", in_quotes(name), hint));
    }

    FileMistakes* mistakes_;
    std::vector<std::string> names_;
    std::vector<Member const*> members_;
    std::set<std::string> used_;
    std::vector<std::string> unknown_;
};

}  // namespace

void put_in_parameters(Value& root, FileMistakes& mistakes) {
    Value given;
    Value const* const found = root.find(parameters_key);
    if (found != nullptr) given = *found;
    Parameters parameters(found == nullptr ? nullptr : &given, mistakes);
    for (Member& member : root.members)
        if (member.key != parameters_key && member.key != "$schema")
            parameters.put_into(member.value, join_path("", member.key));
    parameters.tell_unused();
}

}  // namespace interregnum::reading
