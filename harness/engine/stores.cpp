// SPDX-License-Identifier: MIT
#include "harness/engine/stores.h"

#include <algorithm>

#include "harness/base/log.h"

namespace interregnum {

Stores::Stores(std::vector<WorkloadItem> const& workload) {
    for (WorkloadItem const& item : workload) {
        for (std::string_view const name : item.probe->stores) {
            StoreKind const* kind = Registry<StoreKind>::find(name);
            if (kind == nullptr) continue;  // a test of the house asserts that this never happens
            auto found = std::ranges::find(used_, kind, &Used::kind);
            if (found == used_.end())
                found = used_.insert(used_.end(), {.kind = kind, .options = {}});
            for (auto const& [option, value] : item.options.all())
                found->options.set(option, value);
        }
    }
}

Stores Stores::all() {
    Stores stores;
    for (StoreKind const* kind : Registry<StoreKind>::all())
        stores.used_.push_back({.kind = kind, .options = {}});
    return stores;
}

Status Stores::prepare(ProbeContext const& context, std::stop_token stop) const {
    for (Used const& used : used_)
        if (auto done = used.kind->prepare(context, used.options, stop); !done)
            return fail_in(used.kind->name, done.error());
    return {};
}

Status Stores::final_read(ProbeContext const& context, ClusterView const& view,
                          std::stop_token stop) const {
    NodeView const* leader = view.leader();
    if (leader == nullptr) return fail(Error::Kind::not_found, "no leader to read from");
    std::vector<std::string> const replicas = resolve_role(view, "replica");
    Status first;
    for (Used const& used : used_) {
        auto done = used.kind->final_read(context, leader->name, replicas, stop);
        if (!done && first) first = fail_in(used.kind->name, done.error());
    }
    return first;
}

Status Stores::drop(ProbeContext const& context, std::stop_token stop) const {
    Status first;
    for (Used const& used : used_) {
        auto done = used.kind->drop(context, stop);
        if (!done && first) first = fail_in(used.kind->name, done.error());
    }
    return first;
}

Status drop_patiently(Stores const& stores, ProbeContext const& context, Clock& clock,
                      Duration patience, std::stop_token stop) {
    Instant const deadline = clock.now() + patience;
    Instant next_word = clock.now() + std::chrono::seconds(2);
    while (true) {
        Status dropped = stores.drop(context, stop);
        Instant const now = clock.now();
        if (dropped || now >= deadline) return dropped;
        if (now >= next_word) {
            log::info("shop.waits", "our tables cannot be dropped yet: " + dropped.error().message);
            next_word = now + std::chrono::seconds(10);
        }
        if (!clock.sleep_for(std::chrono::seconds(1), stop)) return dropped;
    }
}

}  // namespace interregnum
