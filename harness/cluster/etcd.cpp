// SPDX-License-Identifier: MIT
#include "harness/cluster/etcd.h"

#include <nlohmann/json.hpp>

namespace interregnum {

Result<EtcdStatus> parse_etcd_status(std::string_view body) {
    using Json = nlohmann::json;
    auto const shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= 16; };
    Json const json = Json::parse(body, shallow, /*allow_exceptions=*/false);
    // 64-bit ids come as strings (the gateway's JSON mapping of uint64).
    auto const text = [](Json const& object, char const* key) {
        auto const found = object.find(key);
        return found != object.end() && found->is_string() ? found->get<std::string>() : "";
    };
    if (!json.is_object() || !json.contains("header") || !json["header"].is_object())
        return fail(Error::Kind::protocol, "an answer that is not etcd's status");
    std::string const member = text(json["header"], "member_id");
    std::string const leader = text(json, "leader");
    return EtcdStatus{.leader = !leader.empty() && leader == member,
                      .has_leader = !leader.empty() && leader != "0"};
}

}  // namespace interregnum
