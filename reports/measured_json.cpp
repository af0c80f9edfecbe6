// SPDX-License-Identifier: MIT
#include "reports/measured_json.h"

#include <nlohmann/json.hpp>

#include "harness/record/names.h"
#include "reports/measures/brownout.h"
#include "reports/measures/failover.h"
#include "reports/measures/latency.h"
#include "reports/measures/reasons.h"
#include "reports/measures/recovery.h"
#include "reports/measures/replica_lag.h"
#include "reports/measures/split_brain.h"
#include "reports/measures/staleness.h"

namespace interregnum {
namespace {

using Json = nlohmann::ordered_json;

// Which path: the same keys as in "paths".
Json path_json(record::StreamDeclared const& stream) {
    return {{"probe", stream.probe},
            {"entry", stream.entry},
            {"connection", record::to_string(stream.connection)}};
}

Json failover_json(Failover const& failover) {
    Json list = Json::array();
    for (Milestone const& milestone : failover.milestones) {
        Json item{{"instant", milestone.name}, {"known", milestone.at.has_value()}};
        if (milestone.at) {
            item["best_ns"] = milestone.at->best.count();
            item["not_before_ns"] = milestone.at->low.count();
            item["not_after_ns"] = milestone.at->high.count();
            item["during_the_outage"] = !milestone.aside;
        }
        item[milestone.at ? "source" : "why"] = milestone.source;
        list.push_back(std::move(item));
    }
    return {{"leader_changed", failover.leader_changed},
            {"entry", failover.entry},
            {"downtime_ns", value_json(failover.downtime)},
            {"other_windows_ns", value_json(failover.elsewhere)},
            {"instants", std::move(list)}};
}

Json recovery_json(Study const& study) {
    Json list = Json::array();
    for (Recovery const& recovery : study.of<recoveries_of>()) {
        Json item = path_json(recovery.stream);
        item["fault"] = recovery.fault;
        item["outages"] = recovery.windows;
        item["time_ns"] = value_json(recovery.time);
        list.push_back(std::move(item));
    }
    return list;
}

Json brownout_json(Study const& study) {
    Json list = Json::array();
    for (Brownout const& brownout : study.of<brownouts_of>()) {
        Json item = path_json(brownout.stream);
        item["time_ns"] = value_json(brownout.time);
        if (brownout.known) {
            item["steady_share"] = brownout.steady_share;
            item["steady_p99_ns"] = brownout.steady_p99.count();
        }
        item["windows"] = Json::array();
        for (BrownWindow const& window : brownout.windows)
            item["windows"].push_back({{"from_ns", window.from.count()},
                                       {"to_ns", window.to.count()},
                                       {"attempts", window.attempts},
                                       {"missing", window.missing},
                                       {"median_ns", window.median.count()}});
        list.push_back(std::move(item));
    }
    return list;
}

Json waits_json(Waits const& waits) {
    return {{"attempts", waits.attempts},      {"missing", waits.missing},
            {"p50_ns", value_json(waits.p50)}, {"p95_ns", value_json(waits.p95)},
            {"p99_ns", value_json(waits.p99)}, {"p99.9_ns", value_json(waits.p999)},
            {"max_ns", value_json(waits.max)}};
}

Json latency_json(Study const& study) {
    Json list = Json::array();
    for (PathWaits const& path : study.of<waits_of>()) {
        Json item = path_json(path.stream);
        item["all"] = waits_json(path.all);
        if (path.during.attempts + path.after.attempts > 0) {
            item["before"] = waits_json(path.before);
            item["during"] = waits_json(path.during);
            item["after"] = waits_json(path.after);
        }
        list.push_back(std::move(item));
    }
    return list;
}

Json staleness_json(Study const& study) {
    Json list = Json::array();
    for (PathStaleness const& path : study.of<staleness_of>()) {
        Json item = path_json(path.stream);
        item["reads"] = path.reads;
        item["stale"] = path.stale;
        item["p50_ns"] = value_json(path.p50);
        item["p99_ns"] = value_json(path.p99);
        item["max_ns"] = value_json(path.max);
        list.push_back(std::move(item));
    }
    return list;
}

Json replicas_json(Study const& study) {
    Json list = Json::array();
    for (ReplicaLag const& lag : study.of<replica_lags_of>())
        list.push_back({{"node", lag.node},
                        {"looks", lag.looks},
                        {"not_compared", lag.not_compared},
                        {"lag_p99_bytes", value_json(lag.p99)},
                        {"lag_max_bytes", value_json(lag.max)},
                        {"delay_max_ns", value_json(lag.delay)}});
    return list;
}

Json reasons_json(Study const& study) {
    Reasons const& reasons = study.of<reasons_of>();
    Json list = Json::array();
    for (Reason const& reason : reasons.reasons) {
        Json parts = Json::object();
        for (std::size_t i = 0; i < reason.counts.size(); ++i)
            if (reason.counts[i] > 0) parts[reasons.parts[i]] = reason.counts[i];
        list.push_back({{"service", record::to_string(reason.service)},
                        {"error", reason.error},
                        {"outcome", record::to_string(reason.outcome)},
                        {"total", reason.total},
                        {"by_part", std::move(parts)},
                        {"example", reason.example}});
    }
    return list;
}

Json split_brains_json(Study const& study) {
    Json list = Json::array();
    for (SplitBrain const& brain : study.of<split_brains>())
        list.push_back({{"nodes", {brain.one, brain.other}},
                        {"proof", brain.customers  ? "customers"
                                  : brain.canaries ? "canary writes"
                                                   : "members"},
                        {"from_ns", brain.from.count()},
                        {"to_ns", brain.to.count()},
                        {"not_before_ns", brain.earliest.count()},
                        {"not_after_ns", brain.latest.count()},
                        {"sentence", brain.sentence}});
    return list;
}

Json observers_json(record::Record const& record) {
    Json list = Json::array();
    for (auto const& cost : record.observer_costs)
        list.push_back({{"observer", cost.observer},
                        {"node", cost.node},
                        {"looks", cost.looks},
                        {"failed", cost.failed},
                        {"waited_ns", cost.waited.count()}});
    return list;
}

}  // namespace

Json value_json(MeasureValue const& value) {
    if (!value.known) return {{"known", false}, {"why", value.why_unknown}};
    return {{"known", true},
            {"best", value.best},
            {"at_least", value.at_least},
            {"at_most", value.at_most == unbounded ? Json() : Json(value.at_most)}};
}

void add_measured(Json& summary, Study const& study) {
    summary["failover"] = failover_json(study.of<failover_of>());
    summary["redis_failover"] = failover_json(study.of<redis_failover_of>());
    summary["recovery"] = recovery_json(study);
    summary["brownout"] = brownout_json(study);
    summary["latency"] = latency_json(study);
    summary["staleness"] = staleness_json(study);
    summary["replicas"] = replicas_json(study);
    summary["reasons"] = reasons_json(study);
    summary["split_brains"] = split_brains_json(study);
    summary["observers"] = observers_json(study);
}

}  // namespace interregnum
