// SPDX-License-Identifier: MIT
#include "harness/lab/health_parse.h"

#include <algorithm>
#include <sstream>

#include <nlohmann/json.hpp>

namespace interregnum {
namespace {

using nlohmann::json;

std::string text_of(json const& object, char const* key) {
    auto const found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<std::string> split(std::string const& line, char separator) {
    std::istringstream in(line);
    std::vector<std::string> fields;
    for (std::string field; std::getline(in, field, separator);) fields.push_back(field);
    return fields;
}

std::size_t column(std::vector<std::string> const& header, std::string_view name) {
    auto const found = std::ranges::find(header, name);
    return static_cast<std::size_t>(found - header.begin());
}

}  // namespace

Streaming count_streaming(std::string_view text) {
    Streaming count;
    auto const answer = json::parse(text, nullptr, false);
    if (!answer.is_object() || !answer.contains("replication")) return count;
    for (json const& replica : answer.at("replication")) {
        if (!replica.is_object() || text_of(replica, "state") != "streaming") continue;
        ++count.replicas;
        auto const sync = text_of(replica, "sync_state");
        if (sync == "sync" || sync == "quorum") ++count.synchronous;
    }
    return count;
}

std::string find_leader(std::string_view text) {
    auto const answer = json::parse(text, nullptr, false);
    if (!answer.is_object() || !answer.contains("members")) return "";
    for (json const& member : answer.at("members"))
        if (member.is_object() && text_of(member, "role") == "leader" &&
            text_of(member, "state") == "running")
            return text_of(member, "name");
    return "";
}

std::vector<std::string> flatten_resp(std::string_view answer) {
    std::istringstream lines{std::string(answer)};
    std::vector<std::string> flat;
    bool bulk = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.ends_with('\r')) line.pop_back();
        bool const header = !bulk && !line.empty() && (line[0] == '*' || line[0] == '$');
        if (!header) flat.push_back(line);
        bulk = header && line[0] == '$' && line != "$-1";
    }
    return flat;
}

std::map<std::string, std::string> resp_pairs(std::vector<std::string> const& flat) {
    std::map<std::string, std::string> pairs;
    for (std::size_t i = 0; i + 1 < flat.size(); i += 2) pairs[flat[i]] = flat[i + 1];
    return pairs;
}

std::vector<std::string> servers_up(std::string_view csv, std::string_view section) {
    std::istringstream lines{std::string(csv)};
    std::string line;
    if (!std::getline(lines, line) || !line.starts_with("# ")) return {};
    auto const header = split(line.substr(2), ',');
    auto const status = column(header, "status");
    auto const check = column(header, "check_status");
    std::vector<std::string> up;
    while (std::getline(lines, line)) {
        auto const row = split(line, ',');
        if (row.size() <= std::max(status, check) || row[0] != section) continue;
        if (row[1] == "FRONTEND" || row[1] == "BACKEND") continue;
        // "* " in front: the next check is under way, the last one was this.
        bool const checked = row[check].ends_with("L7OK") || row[check].ends_with("L7OKC");
        // "UP 2/3" has failed a check and is still routed to, as is one not checked yet.
        if (row[status].starts_with("UP"))
            up.push_back(checked && row[status] == "UP" ? row[1] : row[1] + " (in doubt)");
    }
    return up;
}

}  // namespace interregnum
