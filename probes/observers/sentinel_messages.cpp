// SPDX-License-Identifier: MIT
#include <utility>

#include "harness/probe.h"
#include "probes/session/looking.h"
#include "probes/session/sentinel.h"

namespace interregnum {
namespace {

/// How long one wait for a message takes at most, and so a stop.
constexpr Duration wait = std::chrono::milliseconds(200);
/// After a Sentinel could not be subscribed to.
constexpr Duration rest = std::chrono::milliseconds(500);
/// A Sentinel that is in a loop must not fill the record.
constexpr int most_messages = 10'000;

/// Listens to the channels of one Sentinel.
class SentinelMessagesObserver final : public Observer {
public:
    SentinelMessagesObserver(ProbeContext const& context, ProbeNode const& node)
        : context_(context), name_(node.name), listener_(node, context.redis) {}

    void watch(std::stop_token stop) override {
        CostMeter cost(context_, "sentinel_messages", name_);
        int written = 0;
        bool subscribed = false;
        while (!stop.stop_requested() && written < most_messages) {
            Instant const asked = context_.clock->now();
            if (!subscribed) {
                subscribed = listener_.subscribe(asked + look_limit).has_value();
                cost.count(asked, subscribed);
                if (!subscribed && !context_.clock->sleep_for(rest, stop)) return;
                continue;
            }
            auto message = listener_.next(asked + wait);
            subscribed = message.has_value();
            if (!message || !*message) continue;
            ++written;
            context_.sink->write(
                record::SentinelSaid{.sentinel = name_,
                                     .channel = std::move((*message)->channel),
                                     .message = std::move((*message)->text),
                                     .at = context_.offset(context_.clock->now())});
        }
    }

private:
    ProbeContext const& context_;
    std::string name_;
    SentinelListener listener_;
};

std::vector<std::unique_ptr<Observer>> observers(Options const& /*options*/,
                                                 ProbeContext const& context) {
    std::vector<std::unique_ptr<Observer>> all;
    if (context.redis.master_name.empty()) return all;
    for (ProbeNode const& node : context.nodes)
        if (node.group == "db")
            all.push_back(std::make_unique<SentinelMessagesObserver>(context, node));
    return all;
}

RegisterProbe const registered{{
    .name = "sentinel_messages",
    .summary = "listens to what every Sentinel tells of a failover",
    .role = ProbeKind::Role::observer,
    .observers = observers,
}};

}  // namespace
}  // namespace interregnum
