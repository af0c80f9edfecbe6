// SPDX-License-Identifier: MIT

#include <nlohmann/json.hpp>

#include "harness/base/units.h"
#include "harness/format.h"
#include "harness/record/names.h"
#include "reports/because.h"
#include "reports/certificate.h"
#include "reports/expected.h"
#include "reports/judge.h"
#include "reports/measured_json.h"
#include "reports/measures/downtime.h"
#include "reports/measures/leadership.h"
#include "reports/measures/ledger.h"
#include "reports/measures/phases.h"
#include "reports/measures/reclaims.h"

namespace interregnum {
namespace {

using Json = nlohmann::ordered_json;
using record::Record;

// Raised when a reader of the old shape could misread the new.
constexpr int summary_schema = 1;

std::string_view unit_word(Unit unit) {
    return unit == Unit::duration ? "ns" : (unit == Unit::bytes ? "bytes" : "count");
}

std::string_view class_word(Class about) {
    switch (about) {
        case Class::availability:
            return "availability";
        case Class::durability:
            return "durability";
        case Class::safety:
            return "safety";
        case Class::harness:
            return "harness";
    }
    return "harness";
}

Json outages_json(Path const& path) {
    Json list = Json::array();
    for (Outage const& outage : path.outages) {
        bool const ended = outage.first_good.has_value();
        list.push_back(
            {{"last_good_ns", outage.last_good ? Json(outage.last_good->count()) : Json()},
             {"first_missing_ns", outage.first_missing.count()},
             {"last_missing_ns", outage.last_missing.count()},
             {"first_good_ns", ended ? Json(outage.first_good->count()) : Json()},
             {"at_least_ns", outage.at_least().count()},
             {"at_most_ns", ended ? Json(outage.at_most().count()) : Json()},
             {"missing", outage.missing},
             {"down_when_the_run_began", !outage.last_good.has_value()},
             {"down_when_the_run_ended", !ended}});
    }
    return list;
}

Json paths_json(Study const& study) {
    Json list = Json::array();
    for (Path const& path : study.of<paths_of>())
        list.push_back({{"probe", path.stream.probe},
                        {"service", record::to_string(path.stream.service)},
                        {"entry", path.stream.entry},
                        {"connection", record::to_string(path.stream.connection)},
                        {"period_ns", path.stream.period.count()},
                        {"deadline_ns", path.stream.deadline.count()},
                        {"attempts", path.attempts},
                        {"ok", path.ok},
                        {"late", path.late},
                        {"said_no", path.said_no},
                        {"failed", path.failed},
                        {"unknown", path.unknown},
                        {"unserved", path.unserved},
                        {"downtime_ns", value_json(path.downtime())},
                        {"outages", outages_json(path)}});
    return list;
}

Json leaders_json(Record const& record) {
    Json list = Json::array();
    for (Reign const& reign : reigns_of(record))
        list.push_back({{"node", reign.node},
                        {"timeline", reign.timeline},
                        {"not_before_ns", reign.not_before.count()},
                        {"seen_ns", reign.seen.count()}});
    return list;
}

Json ledgers_json(Study const& study) {
    Json list = Json::array();
    for (Ledger const& ledger : study.of<ledgers_of>()) {
        Json item{{"kind", ledger.kind},
                  {"attempts", ledger.attempts},
                  {"acknowledged", ledger.acknowledged},
                  {"failed", ledger.failed},
                  {"unknown", ledger.unknown},
                  {"read_back", ledger.complete}};
        if (ledger.complete) {
            item["read_from"] = ledger.source;
            item["lost"] = ledger.lost.size();
            item["lost_but_on_a_replica"] = ledger.on_replicas.size();
            item["ghost"] = ledger.ghosts.size();
            item["duplicated"] = ledger.doubled.size();
            item["unknown_present"] = ledger.unknown_present;
            item["unknown_absent"] = ledger.unknown_absent;
        }
        list.push_back(std::move(item));
    }
    return list;
}

Json findings_json(Judgement const& judgement) {
    Json list = Json::array();
    for (Finding const& finding : judgement.findings)
        list.push_back({{"check", finding.check},
                        {"class", class_word(finding.about)},
                        {"verdict", verdict_key(finding.verdict)},
                        {"sentence", finding.sentence},
                        {"proof", finding.proof}});
    return list;
}

Json nodes_json(Record const& record) {
    Json list = Json::array();
    for (NodeCertificate const& node : certificates_of(record)) {
        using State = NodeCertificate::State;
        list.push_back({{"node", node.node},
                        {"state", node.state == State::clean               ? "clean"
                                  : node.state == State::changed           ? "changed"
                                  : node.state == State::changed_meanwhile ? "changed_meanwhile"
                                  : node.state == State::gone              ? "gone"
                                                                           : "unknown"},
                        {"differences", node.differences}});
    }
    return list;
}

Json reclaims_json(std::vector<Reclaim> const& reclaims) {
    Json list = Json::array();
    for (Reclaim const& reclaim : reclaims) {
        Json item{{"node", reclaim.node}, {"terminated", reclaim.terminated}};
        if (reclaim.notice)
            item["notice"] = {{"action", reclaim.notice->action},
                              {"time", reclaim.notice->time},
                              {"seen_ns", reclaim.notice->at.count()}};
        if (reclaim.silent) item["silent_ns"] = reclaim.silent->count();
        if (reclaim.rebooted) item["rebooted_ns"] = reclaim.rebooted->count();
        list.push_back(std::move(item));
    }
    return list;
}

std::string render(Record const& record, Judgement const& judgement) {
    Study const study(record);
    Json json{{"schema", summary_schema},
              {"verdict", verdict_key(judgement.verdict)},
              {"because", judgement.because},
              {"undecided", judgement.undecided},
              {"not_undone", judgement.not_undone},
              {"run",
               {{"id", record.run.run_id},
                {"version", record.run.version},
                {"scenario", record.run.scenario},
                {"title", record.run.title},
                {"cluster", record.run.cluster},
                {"environment", record.run.environment},
                {"seed", record.run.seed},
                {"started", format_wall(Duration(record.run.wall_start_ns))},
                {"length_ns", end_of(record).count()},
                {"ended", record.ended ? record::to_string(record.ended->reason) : "killed"},
                {"again", record.run.again},
                {"notes", record.run.notes}}}};
    if (record.run.watched) json["run"]["watched"] = true;
    // An outage that customers could not have been spared, for programs that count passes.
    if (!record.run.why.empty()) json["run"]["why"] = record.run.why;
    if (!record.run.by_design.empty()) {
        json["run"]["by_design"] = record.run.by_design;
        json["down_by_design"] = down_by_design(record.run, judgement);
    }
    auto const with_leader = etcd_led_with_leader(record);
    json["splits"] = {{"etcd_leader_with_leader", with_leader ? Json(*with_leader) : Json()}};
    json["measures"] = Json::object();
    for (MeasureKind const* kind : Registry<MeasureKind>::all()) {
        auto const found = judgement.measures.find(kind->name);
        if (found == judgement.measures.end()) continue;
        Json value = value_json(found->second);
        value["unit"] = unit_word(kind->unit);
        json["measures"][std::string(kind->name)] = std::move(value);
    }
    json["expectations"] = Json::array();
    for (Judged const& judged : judgement.expectations)
        json["expectations"].push_back({{"text", judged.expectation.text},
                                        {"measure", judged.expectation.measure},
                                        {"op", judged.expectation.op},
                                        {"limit", judged.expectation.limit},
                                        {"by_default", judged.expectation.by_default},
                                        {"verdict", verdict_key(judged.verdict)},
                                        {"sentence", judged.sentence}});
    json["findings"] = findings_json(judgement);
    json["phases"] = Json::object();
    for (Phase const& phase : study.of<phases_of>())
        json["phases"][phase.name] = value_json(phase.span);
    json["leaders"] = leaders_json(record);
    json["paths"] = paths_json(study);
    json["ledgers"] = ledgers_json(study);
    add_measured(json, study);
    json["nodes"] = nodes_json(record);
    // Only where there is any: on most clusters nobody takes nodes back.
    if (auto const reclaims = reclaims_of(record); !reclaims.empty())
        json["reclaimed"] = reclaims_json(reclaims);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

RegisterFormat const registered{{.name = "json",
                                 .summary = "every number with its bounds, for programs",
                                 .file = "summary.json",
                                 .render = render}};

}  // namespace
}  // namespace interregnum
