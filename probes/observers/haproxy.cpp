// SPDX-License-Identifier: MIT
#include "harness/cluster/haproxy.h"

#include <map>
#include <utility>

#include "harness/probe.h"
#include "probes/session/looking.h"

namespace interregnum {
namespace {

constexpr Duration period = std::chrono::milliseconds(100);

/// Watches the backend servers of the HAProxy on one application node.
class HaproxyObserver final : public Observer {
public:
    HaproxyObserver(ProbeContext const& context, ProbeNode node)
        : context_(context), node_(std::move(node)) {}

    void watch(std::stop_token stop) override {
        CostMeter cost(context_, "haproxy", node_.name);
        look_every(period, context_, cost, stop, [&] { return look(stop); });
    }

private:
    using Place = std::pair<std::string, std::string>;  ///< backend, server

    /// One sight of all backends: from when to when it was taken.
    struct Times {
        record::Offset previous;
        record::Offset asked;
        record::Offset at;
    };

    bool look(std::stop_token const& stop) {
        Instant const asked = context_.clock->now();
        Result<HttpAnswer> const answer =
            http(rest_request(node_, node_.haproxy_stats_port, "/;csv", RestAccess{}), stop);
        if (stop.stop_requested()) return false;
        Times const times{.previous = std::exchange(previous_, context_.offset(asked)),
                          .asked = context_.offset(asked),
                          .at = context_.offset(context_.clock->now())};
        Result<std::vector<HaproxyServer>> const servers =
            answer && answer->status == 200 ? parse_haproxy_stats(answer->body)
                                            : fail(Error::Kind::unreachable, "no answer");
        if (!servers) {
            // A HAProxy that never answered is seen once, without a backend.
            if (seen_.empty()) seen_[Place{}] = "?";
            for (auto const& [place, status] : std::map(seen_)) note(place, "", times);
            return false;
        }
        seen_.erase(Place{});
        for (HaproxyServer const& each : *servers)
            note({each.backend, each.server}, plain_status(each.status), times);
        return true;
    }

    void note(Place const& place, std::string const& status, Times const& times) {
        auto const [entry, is_new] = seen_.try_emplace(place, status);
        if (!is_new && entry->second == status) return;
        entry->second = status;
        context_.sink->write(record::BackendSeen{.app = node_.name,
                                                 .backend = place.first,
                                                 .server = place.second,
                                                 .status = status,
                                                 .previous = times.previous,
                                                 .asked = times.asked,
                                                 .at = times.at});
    }

    ProbeContext const& context_;
    ProbeNode node_;
    std::map<Place, std::string> seen_;
    record::Offset previous_{-1};  ///< when the look before this one was asked
};

std::vector<std::unique_ptr<Observer>> observers(Options const& /*options*/,
                                                 ProbeContext const& context) {
    std::vector<std::unique_ptr<Observer>> all;
    for (ProbeNode const& node : context.nodes)
        if (node.group == "app") all.push_back(std::make_unique<HaproxyObserver>(context, node));
    return all;
}

RegisterProbe const registered{{
    .name = "haproxy",
    .summary = "watches the backend servers of every HAProxy, 10 times a second",
    .role = ProbeKind::Role::observer,
    .observers = observers,
}};

}  // namespace
}  // namespace interregnum
