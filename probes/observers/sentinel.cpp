// SPDX-License-Identifier: MIT
#include "probes/session/sentinel.h"

#include <optional>
#include <utility>

#include "harness/probe.h"
#include "probes/session/looking.h"
#include "probes/session/names.h"

namespace interregnum {
namespace {

constexpr Duration period = std::chrono::milliseconds(100);

/// Asks one Sentinel whom it takes for the master.
class SentinelObserver final : public Observer {
public:
    SentinelObserver(ProbeContext const& context, ProbeNode const& node)
        : context_(context), name_(node.name), session_(node, context.redis) {}

    void watch(std::stop_token stop) override {
        CostMeter cost(context_, "sentinel", name_);
        look_every(period, context_, cost, stop, [&] {
            Instant const asked = context_.clock->now();
            Result<MasterAddress> const named = session_.master(asked + look_limit);
            std::string master = named ? node_at(context_, named->host) : "";
            record::Offset const previous = std::exchange(previous_, context_.offset(asked));
            if (master == last_) return named.has_value();
            last_ = master;
            context_.sink->write(
                record::RedisMasterSeen{.sentinel = name_,
                                        .master = std::move(master),
                                        .previous = previous,
                                        .asked = context_.offset(asked),
                                        .at = context_.offset(context_.clock->now())});
            return named.has_value();
        });
    }

private:
    ProbeContext const& context_;
    std::string name_;
    SentinelSession session_;
    std::optional<std::string> last_;
    record::Offset previous_{-1};
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
    .summary = "watches which master every Sentinel names, 10 times a second",
    .role = ProbeKind::Role::observer,
    .observers = observers,
}};

}  // namespace
}  // namespace interregnum
