// SPDX-License-Identifier: MIT
#include "harness/cluster/etcd.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <nlohmann/json.hpp>

#include "harness/remote/base64.h"

namespace interregnum {

namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_value = 1000;
constexpr std::size_t longest_reason = 200;
constexpr std::size_t longest_line = std::size_t{1} << 20U;
constexpr std::size_t most_changes = 1000;

Json parse(std::string_view body) {
    auto const shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= 16; };
    return Json::parse(body, shallow, /*allow_exceptions=*/false);
}

std::string text(Json const& object, char const* key) {
    auto const found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool flag(Json const& object, char const* key) {
    auto const found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

/// 64-bit numbers come as strings (the gateway's JSON mapping of int64); 0 when it is none.
std::int64_t number(Json const& object, char const* key) {
    std::string const digits = text(object, key);
    std::int64_t value = 0;
    auto const [end, trouble] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return trouble == std::errc() && end == digits.data() + digits.size() && value > 0 ? value : 0;
}

/// The member of that name when it is an object, else an empty one.
Json const& part(Json const& object, char const* key) {
    static Json const none = Json::object();
    auto const found = object.find(key);
    return found != object.end() && found->is_object() ? *found : none;
}

/// A value in base64. Fails when it is none.
Result<std::string> bytes(Json const& object, char const* key) {
    auto decoded = base64_decode(text(object, key));
    if (!decoded) return fail(Error::Kind::protocol, "an etcd value that is not base64");
    decoded->resize(std::min(decoded->size(), longest_value));
    return std::move(*decoded);
}

Result<EtcdChange> change_of(Json const& event) {
    if (!event.is_object()) return fail(Error::Kind::protocol, "an etcd event that is no object");
    Json const& key = part(event, "kv");
    EtcdChange change{.deleted = text(event, "type") == "DELETE",
                      .value = {},
                      .revision = number(key, "mod_revision")};
    if (change.revision == 0)
        return fail(Error::Kind::protocol, "an etcd event without \"mod_revision\"");
    if (change.deleted) return change;
    Result<std::string> value = bytes(key, "value");
    if (!value) return std::unexpected(value.error());
    change.value = std::move(*value);
    return change;
}

}  // namespace

Result<EtcdStatus> parse_etcd_status(std::string_view body) {
    Json const json = parse(body);
    if (!json.is_object() || !json.contains("header") || !json["header"].is_object())
        return fail(Error::Kind::protocol, "an answer that is not etcd's status");
    std::string const member = text(json["header"], "member_id");
    std::string const leader = text(json, "leader");
    return EtcdStatus{.leader = !leader.empty() && leader == member,
                      .has_leader = !leader.empty() && leader != "0"};
}

std::string etcd_range_request(std::string_view key) {
    return Json{{"key", base64_encode(key)}}.dump();
}

Result<EtcdKey> parse_etcd_range(std::string_view body) {
    Json const json = parse(body);
    EtcdKey key;
    if (json.is_object()) key.store_revision = number(part(json, "header"), "revision");
    if (key.store_revision == 0)
        return fail(Error::Kind::protocol, "an answer that is not a range of etcd's");
    auto const found = json.find("kvs");
    if (found == json.end() || !found->is_array() || found->empty()) return key;
    if (!found->front().is_object())
        return fail(Error::Kind::protocol, "an etcd key that is no object");
    Result<std::string> value = bytes(found->front(), "value");
    if (!value) return std::unexpected(value.error());
    key.there = true;
    key.value = std::move(*value);
    key.changed = number(found->front(), "mod_revision");
    return key;
}

std::string etcd_watch_request(std::string_view key, std::int64_t from) {
    Json create{{"key", base64_encode(key)}};
    if (from > 0) create["start_revision"] = std::to_string(from);
    return Json{{"create_request", create}}.dump();
}

Result<EtcdWatchMessage> parse_etcd_watch(std::string_view line) {
    Json const json = parse(line);
    if (!json.is_object())
        return fail(Error::Kind::protocol, "a message that is not of etcd's watch");
    EtcdWatchMessage message;
    if (Json const& error = part(json, "error"); !error.empty()) {
        message.ended = true;
        message.reason = text(error, "message").substr(0, longest_reason);
        return message;
    }
    Json const& result = part(json, "result");
    if (!result.contains("header"))
        return fail(Error::Kind::protocol, "a message that is not of etcd's watch");
    message.created = flag(result, "created");
    message.store_revision = number(part(result, "header"), "revision");
    message.ended = flag(result, "canceled");
    message.reason = text(result, "cancel_reason").substr(0, longest_reason);
    message.compacted = number(result, "compact_revision");
    message.ended = message.ended || message.compacted > 0;
    auto const events = result.find("events");
    if (events == result.end() || !events->is_array()) return message;
    if (events->size() > most_changes)
        return fail(Error::Kind::protocol, "more than 1,000 changes in a message of etcd's");
    std::int64_t before = 0;
    for (Json const& event : *events) {
        Result<EtcdChange> change = change_of(event);
        if (!change) return std::unexpected(change.error());
        if (change->revision < before)
            return fail(Error::Kind::protocol, "changes of etcd's that are out of order");
        before = change->revision;
        message.changes.push_back(std::move(*change));
    }
    return message;
}

Result<std::vector<std::string>> LineAssembler::take(std::string_view piece) {
    std::vector<std::string> lines;
    while (!piece.empty()) {
        std::size_t const end = piece.find('\n');
        std::string_view const part_of_line = piece.substr(0, end);
        if (rest_.size() + part_of_line.size() > longest_line)
            return fail(Error::Kind::protocol, "a line of more than 1 MiB");
        rest_ += part_of_line;
        if (end == std::string_view::npos) break;
        piece.remove_prefix(end + 1);
        if (!rest_.empty()) lines.push_back(std::exchange(rest_, {}));
    }
    return lines;
}

}  // namespace interregnum
