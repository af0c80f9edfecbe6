// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/nearest.h"
#include "harness/scenario/reading.h"

namespace interregnum::reading {

namespace {

/// A customer as a scenario has it: false, true, or an object of options. Nothing when it is
/// switched off.
std::optional<WorkloadItem> read_item(ProbeKind const& probe, Value const& value,
                                      std::string const& path, FileMistakes& mistakes) {
    WorkloadItem item{.probe = &probe, .options = fallback_options(probe.options)};
    if (value.kind == Value::Kind::boolean) {
        if (!value.boolean) return std::nullopt;
        return item;
    }
    if (value.kind != Value::Kind::object) {
        mistakes.add(
            value.at, path,
            fmt::format("expected true, false or an object of options, got {}", show(value)));
        return item;
    }
    ObjectReader reader(value, path, mistakes);
    item.options = reader.options(probe.options);
    reader.finish();
    return item;
}

void report_unknown(Value const& workload, std::string const& path, FileMistakes& mistakes) {
    std::vector<std::string> const names = customer_names();
    for (Member const& member : workload.members) {
        if (std::ranges::find(names, member.key) != names.end()) continue;
        std::string hint = did_you_mean(member.key, names);
        if (Registry<ProbeKind>::find(member.key) != nullptr)
            hint = ": it is an observer, which always runs";
        else if (hint.empty())
            hint = fmt::format(" (there are: {})", fmt::join(names, ", "));
        mistakes.add(member.at, join_path(path, member.key), "no such customer" + hint);
    }
}

}  // namespace

std::vector<std::string> customer_names() {
    std::vector<std::string> names;
    for (ProbeKind const* probe : Registry<ProbeKind>::all())
        if (probe->role == ProbeKind::Role::customer) names.emplace_back(probe->name);
    return names;
}

std::vector<WorkloadItem> read_workload(ObjectReader& top) {
    Value const* given = top.value("workload");
    std::string const path = top.path_of("workload");
    if (given != nullptr && !ObjectReader(*given, path, top.mistakes()).is_object())
        given = nullptr;
    if (given != nullptr) report_unknown(*given, path, top.mistakes());
    std::vector<WorkloadItem> items;
    for (ProbeKind const* probe : Registry<ProbeKind>::all()) {
        if (probe->role != ProbeKind::Role::customer) continue;
        Value const* const value = given == nullptr ? nullptr : given->find(probe->name);
        if (value == nullptr) {
            if (probe->by_default)
                items.push_back({.probe = probe, .options = fallback_options(probe->options)});
            continue;
        }
        if (auto item = read_item(*probe, *value, join_path(path, probe->name), top.mistakes()))
            items.push_back(std::move(*item));
    }
    return items;
}

}  // namespace interregnum::reading
