// SPDX-License-Identifier: MIT
#include "harness/engine/plan_file.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "harness/base/units.h"
#include "harness/engine/drill.h"

namespace interregnum {

namespace {

using Json = nlohmann::ordered_json;

Json options_json(Options const& options) {
    Json json = Json::object();
    for (auto const& [name, value] : options.all()) json[name] = to_text(value);
    return json;
}

Json expectations_json(std::vector<record::Expectation> const& expectations) {
    Json json = Json::array();
    for (record::Expectation const& expectation : expectations) json.push_back(expectation.text);
    return json;
}

/// As the file has it: which of the settings holds is the record's to say.
Json under_json(std::vector<Under> const& all) {
    Json json = Json::object();
    for (Under const& under : all) {
        Json one{{"expect", expectations_json(under.expectations)}};
        if (under.by_design)
            one["by_design"] = under.by_design->empty() ? Json(false) : Json(*under.by_design);
        if (under.why) one["why"] = *under.why;
        json[std::string(to_string(under.setting))] = std::move(one);
    }
    return json;
}

Json scenario_json(Scenario const& scenario) {
    Json json{{"name", scenario.name},
              {"file", scenario.file},
              {"title", scenario.title},
              {"extends", scenario.extends},
              {"tags", scenario.tags},
              {"steady_before", format_duration(scenario.steady_before)},
              {"steady_after", format_duration(scenario.steady_after)},
              {"allow_quorum_loss", scenario.limits.allow_quorum_loss},
              {"longest_fault", format_duration(scenario.limits.longest_fault)},
              {"workload", Json::object()},
              {"steps", Json::array()},
              {"expect", expectations_json(scenario.expectations)},
              {"under", under_json(scenario.under)},
              {"by_design", scenario.by_design},
              {"why", scenario.why}};
    for (WorkloadItem const& item : scenario.workload)
        json["workload"][std::string(item.probe->name)] = options_json(item.options);
    for (Step const& step : scenario.steps) json["steps"].push_back(step.text);
    return json;
}

Json endpoints_json(std::vector<InventoryEndpoint> const& endpoints) {
    Json json = Json::array();
    for (InventoryEndpoint const& one : endpoints) json.push_back(one.entry);
    return json;
}

Json inventory_json(Inventory const& inventory) {
    Json nodes = Json::object();
    for (InventoryNode const& node : inventory.nodes)
        nodes[node.name] = {{"group", node.group}, {"address", node.address}};
    return {{"file", inventory.file},
            {"cluster", inventory.cluster},
            {"environment", inventory.environment},
            {"nodes", nodes},
            {"ssh",
             {{"transport", inventory.ssh.transport},
              {"user", inventory.ssh.user},
              {"key", inventory.ssh.key},
              {"sudo", inventory.ssh.sudo},
              {"port", inventory.ssh.port},
              {"host_keys", inventory.ssh.host_keys}}},
            {"write", endpoints_json(inventory.write)},
            {"read", endpoints_json(inventory.read)},
            {"cache", endpoints_json(inventory.cache)},
            {"via", inventory.via},
            {"postgres",
             {{"user", inventory.postgres.user},
              {"dbname", inventory.postgres.dbname},
              {"sslmode", inventory.postgres.sslmode},
              {"password", inventory.postgres.password.spec}}},
            {"redis",
             {{"master", inventory.redis.master},
              {"user", inventory.redis.user},
              {"password", inventory.redis.password.spec}}}};
}

}  // namespace

std::string plan_text(DrillRequest const& request) {
    Json const json{{"again", request.again},
                    {"seed", request.seed},
                    {"trust_new_hosts", request.trust_new_hosts},
                    {"scenario", scenario_json(request.scenario)},
                    {"inventory", inventory_json(request.inventory)}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Status save_plan(DrillRequest const& request, std::string const& path) {
    std::ofstream file(path, std::ios::binary);
    file << plan_text(request);
    file.close();
    if (!file) return fail(Error::Kind::failed, "cannot write " + path);
    return {};
}

}  // namespace interregnum
