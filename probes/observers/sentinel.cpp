// SPDX-License-Identifier: MIT
#include "probes/session/sentinel.h"

#include <optional>

#include "harness/probe.h"
#include "probes/session/looking.h"
#include "probes/session/names.h"

namespace interregnum {
namespace {

constexpr Duration period = std::chrono::milliseconds(200);

/// Asks one Sentinel whom it takes for the master.
class SentinelObserver final : public Observer {
public:
    SentinelObserver(ProbeContext const& context, ProbeNode const& node)
        : context_(context), name_(node.name), session_(node, context.redis) {}

    void watch(std::stop_token stop) override {
        look_every(period, *context_.clock, stop, [&] {
            Instant const asked = context_.clock->now();
            Result<MasterAddress> const named = session_.master(asked + look_limit);
            std::string master = named ? node_at(context_, named->host) : "";
            if (master == last_) return;
            last_ = master;
            context_.sink->write(
                record::RedisMasterSeen{.sentinel = name_,
                                        .master = std::move(master),
                                        .asked = context_.offset(asked),
                                        .at = context_.offset(context_.clock->now())});
        });
    }

private:
    ProbeContext const& context_;
    std::string name_;
    SentinelSession session_;
    std::optional<std::string> last_;
};

std::vector<std::unique_ptr<Observer>> observers(Options const& /*options*/,
                                                 ProbeContext const& context) {
    std::vector<std::unique_ptr<Observer>> all;
    if (context.redis.master_name.empty()) return all;
    for (ProbeNode const& node : context.nodes)
        if (node.group == "db") all.push_back(std::make_unique<SentinelObserver>(context, node));
    return all;
}

RegisterProbe const registered{{
    .name = "sentinel",
    .summary = "watches which master every Sentinel names, 5 times a second",
    .role = ProbeKind::Role::observer,
    .observers = observers,
}};

}  // namespace
}  // namespace interregnum
