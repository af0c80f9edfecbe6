// SPDX-License-Identifier: MIT
#include "harness/record/wal_tail.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "harness/base/json_document.h"
#include "harness/record/json_text.h"

namespace interregnum::record {
namespace {

std::optional<std::uint32_t> parse_hex(std::string_view text) {
    constexpr std::size_t longest = 8;
    std::uint32_t value = 0;
    auto const [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, /*base=*/16);
    if (text.empty() || text.size() > longest || error != std::errc{} ||
        end != text.data() + text.size())
        return std::nullopt;
    return value;
}

void read(Value const& object, std::string_view key, std::string& into) {
    Value const* const value = object.find(key);
    if (value != nullptr && value->kind == Value::Kind::string) into = value->text;
}

void read(Value const& object, std::string_view key, std::int64_t& into) {
    Value const* const value = object.find(key);
    if (value != nullptr && value->kind == Value::Kind::number && value->integer)
        into = *value->integer;
}

}  // namespace

std::optional<std::int64_t> lost_bytes(WalTail const& tail) {
    if (tail.fork < 0 || tail.end < 0) return std::nullopt;
    return std::max<std::int64_t>(0, tail.end - tail.fork);
}

std::string to_text(WalTail const& tail) {
    std::string text;
    {
        JsonObject json(text);
        json.text("node", tail.node);
        json.number("timeline", tail.timeline);
        json.text("next", tail.next);
        json.number("fork", tail.fork);
        json.number("end", tail.end);
        json.text_if("end_from", tail.end_from);
        json.number("records", tail.records);
        json.number("commits", tail.commits);
        json.text_if("first_commit", tail.first_commit);
        json.text_if("last_commit", tail.last_commit);
        std::string kinds;
        {
            JsonObject counts(kinds);
            for (auto const& [kind, count] : tail.kinds) counts.number(kind, count);
        }
        json.raw("kinds", kinds);
        json.list("segments", tail.segments, [](std::string const& segment, std::string& out) {
            append_json_string(out, segment);
        });
        json.text_if("not_kept", tail.not_kept);
    }
    return text;
}

std::optional<WalTail> wal_tail_from(std::string_view text) {
    constexpr std::size_t longest = 1U << 16U;
    Mistakes all;
    FileMistakes mistakes("wal_tail", all);
    auto const value = parse_json(text, mistakes, {.bytes = longest});
    if (!value || !all.empty() || value->kind != Value::Kind::object) return std::nullopt;
    WalTail tail;
    read(*value, "node", tail.node);
    read(*value, "timeline", tail.timeline);
    read(*value, "next", tail.next);
    read(*value, "fork", tail.fork);
    read(*value, "end", tail.end);
    read(*value, "end_from", tail.end_from);
    read(*value, "records", tail.records);
    read(*value, "commits", tail.commits);
    read(*value, "first_commit", tail.first_commit);
    read(*value, "last_commit", tail.last_commit);
    read(*value, "not_kept", tail.not_kept);
    if (Value const* const kinds = value->find("kinds"); kinds != nullptr)
        for (Member const& member : kinds->members)
            if (member.value.integer) tail.kinds[member.key] = *member.value.integer;
    if (Value const* const segments = value->find("segments"); segments != nullptr)
        for (Value const& segment : segments->items)
            if (segment.kind == Value::Kind::string) tail.segments.push_back(segment.text);
    if (tail.node.empty()) return std::nullopt;
    return tail;
}

std::vector<WalTail> wal_tails(Record const& record) {
    std::vector<WalTail> tails;
    for (Fact const& fact : record.facts) {
        if (fact.name != wal_tail_fact) continue;
        if (auto tail = wal_tail_from(fact.value)) tails.push_back(*std::move(tail));
    }
    return tails;
}

std::optional<std::int64_t> parse_wal_position(std::string_view text) {
    std::size_t const slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    auto const high = parse_hex(text.substr(0, slash));
    auto const low = parse_hex(text.substr(slash + 1));
    if (!high || !low || *high >= 1U << 30U) return std::nullopt;
    return static_cast<std::int64_t>((std::uint64_t{*high} << 32U) | *low);
}

std::string show_wal_position(std::int64_t bytes) {
    auto const position = static_cast<std::uint64_t>(bytes);
    return fmt::format("{:X}/{:X}", position >> 32U, position & 0xFFFF'FFFFU);
}

}  // namespace interregnum::record
