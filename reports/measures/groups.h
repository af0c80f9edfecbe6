// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/measure.h"
#include "reports/measures/downtime.h"

/// The groups of paths that measures are named after: "write" of `write.downtime`.
namespace interregnum {

struct Group {
    std::string_view name;
    std::string_view what;  ///< for summaries: "writes over kept connections"
    record::Service service{};
    enum class Connections { any, fresh, kept_if_any } connections{Connections::any};

    [[nodiscard]] bool has(record::StreamDeclared const& stream) const {
        return is_of(stream) && !is_one_nodes(stream);
    }
    /// One of the group but for that it is a database node's own path.
    [[nodiscard]] bool leaves_out(record::StreamDeclared const& stream) const {
        return is_of(stream) && is_one_nodes(stream);
    }

private:
    [[nodiscard]] bool is_of(record::StreamDeclared const& stream) const {
        return stream.service == service && (connections != Connections::fresh ||
                                             stream.connection == record::Connection::fresh);
    }
    /// One database node's own path is none of what customers write through, as in `select`.
    [[nodiscard]] static bool is_one_nodes(record::StreamDeclared const& stream) {
        return stream.way == "direct" && stream.service != record::Service::read;
    }
};

/// write, connect, read, cache, ticket, cart, voucher, task, http.
[[nodiscard]] std::span<Group const> groups();

/// Where the streams of a group are in a list of things that have a `stream` each. `write` means
/// kept connections, or fresh ones where a run has no kept ones.
template <class Item>
[[nodiscard]] std::vector<Item const*> members_of(Group const& group,
                                                  std::vector<Item> const& items) {
    std::vector<Item const*> all;
    std::vector<Item const*> kept;
    for (Item const& item : items)
        if (group.has(item.stream)) {
            all.push_back(&item);
            if (item.stream.connection == record::Connection::kept) kept.push_back(&item);
        }
    bool const only_kept = group.connections == Group::Connections::kept_if_any && !kept.empty();
    return only_kept ? kept : all;
}

/// The value of a group: that of its worst path, since a customer is bound to one. Both bounds
/// and the best are each the greatest over the paths that know theirs; unknown, with the first
/// path's reason, when none does.
[[nodiscard]] MeasureValue worst_of(std::vector<MeasureValue> const& values);

/// The same over the items of a group; `value_of` says what one item's value is. Where the group
/// has none, the reason says whether only single nodes were dialled.
template <class Item, class ValueOf>
[[nodiscard]] MeasureValue worst_in(Group const& group, std::vector<Item> const& items,
                                    ValueOf value_of) {
    std::vector<MeasureValue> values;
    for (Item const* item : members_of(group, items)) values.push_back(value_of(*item));
    MeasureValue worst = worst_of(values);
    auto const left_out = [&](Item const& item) { return group.leaves_out(item.stream); };
    if (values.empty() && std::ranges::any_of(items, left_out))
        worst.why_unknown = "only single database nodes were dialled, each for itself";
    return worst;
}

/// Registers "GROUP.suffix" for every group. `summary` has one {} for what the group is;
/// `compute` is made for each group.
class RegisterForGroups {
public:
    RegisterForGroups(std::string_view suffix, std::string_view summary, Unit unit,
                      std::function<MeasureValue(Study const&, Group const&)> const& compute);
};

}  // namespace interregnum
