// SPDX-License-Identifier: MIT
#include <map>
#include <optional>

#include "harness/cluster/etcd.h"
#include "harness/probe.h"
#include "probes/session/looking.h"

namespace interregnum {
namespace {

constexpr Duration period = std::chrono::milliseconds(200);
/// A member that did not answer is left alone for so long: the others must not wait for it.
constexpr Duration rest = std::chrono::seconds(2);

/// Asks every etcd member whether it leads; the fact "etcd_leader" is the node that says so, ""
/// when none does. A leader that was cut off goes on saying so until its election timeout, so of
/// two that claim it the newer claim counts.
class EtcdLeaderObserver final : public Observer {
public:
    explicit EtcdLeaderObserver(ProbeContext const& context) : context_(context) {}

    void watch(std::stop_token stop) override {
        CostMeter cost(context_, "etcd_leader", "");
        look_every(period, context_, cost, stop, [&] {
            std::string leader = look(stop);
            bool const answered = !leader.empty();
            if (stop.stop_requested() || leader == last_) return answered;
            last_ = leader;
            context_.sink->write(record::Fact{.name = "etcd_leader",
                                              .value = std::move(leader),
                                              .at = context_.offset(context_.clock->now())});
            return answered;
        });
    }

private:
    std::string look(std::stop_token const& stop) {
        std::string leader;
        for (ProbeNode const& node : context_.nodes) {
            if (node.group != "db" || !claims(node, stop)) continue;
            if (leader.empty() || leader == last_) leader = node.name;
        }
        return leader;
    }

    bool claims(ProbeNode const& node, std::stop_token const& stop) {
        if (auto const found = resting_.find(node.name);
            found != resting_.end() && context_.clock->now() < found->second)
            return false;
        HttpRequest request =
            rest_request(node, node.etcd_port, std::string(etcd_status_path), context_.etcd);
        request.body = "{}";
        Result<HttpAnswer> const answer = http(request, stop);
        if (!answer) {
            resting_[node.name] = context_.clock->now() + rest;
            return false;
        }
        Result<EtcdStatus> const status = parse_etcd_status(answer->body);
        return answer->status == 200 && status && status->leader;
    }

    ProbeContext const& context_;
    std::optional<std::string> last_;
    std::map<std::string, Instant> resting_;
};

std::vector<std::unique_ptr<Observer>> observers(Options const& /*options*/,
                                                 ProbeContext const& context) {
    std::vector<std::unique_ptr<Observer>> all;
    all.push_back(std::make_unique<EtcdLeaderObserver>(context));
    return all;
}

RegisterProbe const registered{{
    .name = "etcd_leader",
    .summary = "watches which node leads etcd, 5 times a second",
    .role = ProbeKind::Role::observer,
    .observers = observers,
}};

}  // namespace
}  // namespace interregnum
