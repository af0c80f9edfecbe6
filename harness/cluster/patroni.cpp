// SPDX-License-Identifier: MIT
#include "harness/cluster/patroni.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace interregnum {

namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_text = 200;   // of any name in an answer
constexpr std::size_t most_members = 1000;  // of a cluster

/// The body as an object, or nullopt-like null. Deep nesting would exhaust the stack.
Json parse_object(std::string_view body) {
    auto const shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= 16; };
    Json const value = Json::parse(body, shallow, /*allow_exceptions=*/false);
    return value.is_object() ? value : Json();
}

std::string text_of(Json const& object, char const* key) {
    auto const found = object.find(key);
    if (found == object.end() || !found->is_string()) return {};
    return found->get_ref<std::string const&>().substr(0, longest_text);
}

std::int64_t number_of(Json const& object, char const* key, std::int64_t otherwise) {
    auto const found = object.find(key);
    if (found == object.end() || !found->is_number_integer()) return otherwise;
    return found->get<std::int64_t>();
}

bool flag_of(Json const& object, char const* key) {
    auto const found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::string plain_role(std::string const& role) {
    return role == "master" || role == "primary" ? "leader" : role;
}

Duration seconds_of(Json const& object, char const* key, Duration otherwise) {
    std::int64_t const seconds = number_of(object, key, -1);
    if (seconds < 0 || seconds > 86'400) return otherwise;
    return std::chrono::seconds(seconds);
}

}  // namespace

std::string leader_key(std::string_view name_space, std::string_view scope) {
    std::string key;
    for (char const letter : fmt::format("/{}/{}/leader", name_space, scope))
        if (letter != '/' || key.empty() || key.back() != '/') key += letter;
    return key;
}

Result<PatroniStatus> parse_patroni_status(std::string_view body) {
    Json const json = parse_object(body);
    std::string const state = json.is_object() ? text_of(json, "state") : "";
    if (state.empty())
        return fail(Error::Kind::protocol, "an answer that is not Patroni's (no \"state\" in it)");
    PatroniStatus status{.member = {},
                         .scope = {},
                         .role = plain_role(text_of(json, "role")),
                         .state = state,
                         .timeline = number_of(json, "timeline", 0),
                         .paused = flag_of(json, "pause"),
                         .unlocked = flag_of(json, "cluster_unlocked"),
                         .sync_standby = flag_of(json, "sync_standby"),
                         .replication_state = text_of(json, "replication_state")};
    if (auto const found = json.find("xlog"); found != json.end() && found->is_object())
        status.location = number_of(*found, "location", number_of(*found, "replayed_location", -1));
    if (auto const found = json.find("patroni"); found != json.end() && found->is_object()) {
        status.member = text_of(*found, "name");
        status.scope = text_of(*found, "scope");
    }
    return status;
}

Result<PatroniCluster> parse_patroni_cluster(std::string_view body) {
    Json const json = parse_object(body);
    if (!json.is_object() || !json.contains("members") || !json["members"].is_array())
        return fail(Error::Kind::protocol, "an answer without \"members\"");
    if (json["members"].size() > most_members)
        return fail(Error::Kind::protocol, "more than 1,000 members");
    PatroniCluster cluster{.members = {}, .paused = flag_of(json, "pause")};
    for (Json const& row : json["members"]) {
        if (!row.is_object() || text_of(row, "name").empty())
            return fail(Error::Kind::protocol, "a member without a name");
        cluster.members.push_back({.name = text_of(row, "name"),
                                   .host = text_of(row, "host"),
                                   .role = plain_role(text_of(row, "role")),
                                   .state = text_of(row, "state"),
                                   .timeline = number_of(row, "timeline", 0),
                                   .lag_bytes = number_of(row, "lag", -1)});
    }
    return cluster;
}

Result<PatroniConfig> parse_patroni_config(std::string_view body) {
    Json const json = parse_object(body);
    if (!json.is_object()) return fail(Error::Kind::protocol, "a configuration that is no object");
    PatroniConfig config;
    config.ttl = seconds_of(json, "ttl", config.ttl);
    config.loop_wait = seconds_of(json, "loop_wait", config.loop_wait);
    config.synchronous = flag_of(json, "synchronous_mode") ||
                         text_of(json, "synchronous_mode") == "quorum" ||
                         text_of(json, "synchronous_mode") == "on";
    config.strict = flag_of(json, "synchronous_mode_strict");
    config.failsafe = flag_of(json, "failsafe_mode");
    return config;
}

}  // namespace interregnum
