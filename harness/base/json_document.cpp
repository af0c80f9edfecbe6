// SPDX-License-Identifier: MIT
#include "harness/base/json_document.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/json_text.h"

namespace interregnum {

namespace {

using Json = nlohmann::json;

/// Gives nlohmann the text and counts what it has taken: its SAX events have no positions.
class CountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = char const*;
    using reference = char const&;

    CountingIterator(char const* at, std::size_t& taken) : at_(at), taken_(&taken) {}
    reference operator*() const { return *at_; }
    CountingIterator& operator++() {
        ++at_;
        ++*taken_;
        return *this;
    }
    bool operator==(CountingIterator const& other) const { return at_ == other.at_; }

private:
    char const* at_;
    std::size_t* taken_;
};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

/// nlohmann's "... while parsing object - unexpected string literal; expected '}'" in our words.
/// What it read last is left out on purpose: it may be a password.
std::string explain(std::string what) {
    if (what.find("number overflow") != std::string::npos) return "this number is too large";
    std::size_t const dash = what.find(" - ");
    if (dash == std::string::npos) return "not valid JSON";
    std::string const context = what.substr(0, dash);
    what.erase(0, dash + 3);
    std::string expected;
    if (std::size_t const at = what.rfind("; expected "); at != std::string::npos) {
        expected = what.substr(at + 11);
        what.erase(at);
    }
    if (std::size_t const read = what.find("; last read: "); read != std::string::npos)
        what.erase(read);
    if (what.starts_with("invalid") && what != "invalid literal") return what;
    if (context.ends_with("parsing object")) expected = "',' or '}'";
    if (context.ends_with("parsing array")) expected = "',' or ']'";
    if (context.ends_with("object key")) expected = "a key in double quotes";
    if (expected.empty() || expected.starts_with("'['"))
        expected =
            "a value (text in double quotes, a number, true, false, null, a list or an "
            "object)";
    if (!what.starts_with("unexpected ")) return "expected " + expected;
    what.erase(0, std::string_view("unexpected ").size());
    replace_all(what, "string literal", "a text");
    replace_all(what, "number literal", "a number");
    replace_all(what, " literal", "");
    replace_all(what, "end of input", "the end of the file");
    replace_all(expected, "end of input", "the end of the file");
    return fmt::format("expected {}, got {}", expected, what);
}

/// Builds the tree from nlohmann's events. Stops (returns false) at the first thing after which
/// nothing sensible can follow.
class TreeBuilder final : public nlohmann::json_sax<Json> {
public:
    TreeBuilder(std::string_view text, LineIndex const& lines, JsonLimits limits,
                FileMistakes& mistakes)
        : text_(text), lines_(&lines), limits_(limits), mistakes_(&mistakes) {}

    std::size_t& taken() { return taken_; }
    Value& root() { return root_; }

    bool null() override { return add({.kind = Value::Kind::null}); }
    bool boolean(bool value) override {
        return add({.kind = Value::Kind::boolean, .boolean = value});
    }
    bool number_integer(number_integer_t value) override {
        return add(
            {.kind = Value::Kind::number, .integer = value, .number = static_cast<double>(value)});
    }
    bool number_unsigned(number_unsigned_t value) override {
        Value made{.kind = Value::Kind::number, .number = static_cast<double>(value)};
        if (std::in_range<std::int64_t>(value)) made.integer = static_cast<std::int64_t>(value);
        return add(std::move(made));
    }
    bool number_float(number_float_t value, string_t const& /*text*/) override {
        return add({.kind = Value::Kind::number, .number = value});
    }
    bool string(string_t& value) override {
        return clean(value) && add({.kind = Value::Kind::string, .text = std::move(value)});
    }
    bool binary(binary_t& /*value*/) override { return false; }  // JSON text has none
    bool start_object(std::size_t /*size*/) override { return open(Value::Kind::object); }
    bool start_array(std::size_t /*size*/) override { return open(Value::Kind::array); }
    bool end_array() override {
        open_.pop_back();
        end_ = taken_;
        return true;
    }
    bool end_object() override {
        report_duplicates(*open_.back());
        open_.pop_back();
        end_ = taken_;
        return true;
    }
    bool key(string_t& value) override {
        if (!clean(value)) return false;
        Place const at = next_place();
        open_.back()->members.push_back({.key = std::move(value), .at = at, .value = {}});
        return true;
    }
    bool parse_error(std::size_t /*position*/, std::string const& /*token*/,
                     nlohmann::detail::exception const& problem) override {
        std::string message = explain(problem.what());
        std::size_t const last = taken_ == 0 ? 0 : taken_ - 1;
        // Inside a string the last byte taken is the bad one; else the token's start says more.
        std::size_t offset = message.starts_with("invalid") ? last : std::min(next_start(), last);
        if (message.ends_with("the end of the file")) offset = text_.size();
        return refuse(lines_->place(offset), std::move(message));
    }

private:
    bool refuse(Place at, std::string message) {
        mistakes_->add(at, "", std::move(message));
        return false;
    }

    /// Where the token begins that was taken last: the first byte after the one before it that
    /// only separates.
    [[nodiscard]] std::size_t next_start() const {
        return std::min(text_.find_first_not_of(" \t\r\n,:", end_), text_.size());
    }
    Place next_place() {
        std::size_t const start = next_start();
        end_ = taken_;
        return lines_->place(start);
    }

    bool add(Value value) {
        if (value.kind == Value::Kind::number) {
            std::size_t const start = next_start();
            std::size_t const end = text_.find_first_not_of("+-.eE0123456789", start);
            value.text = text_.substr(start, end == std::string_view::npos ? end : end - start);
        }
        value.at = next_place();
        if (++values_ > limits_.values)
            return refuse(value.at, fmt::format("more than {} values", limits_.values));
        Value& slot = next_slot();
        slot = std::move(value);
        return true;
    }

    Value& next_slot() {
        if (open_.empty()) return root_;
        Value& parent = *open_.back();
        if (parent.kind == Value::Kind::array) return parent.items.emplace_back();
        return parent.members.back().value;
    }

    bool open(Value::Kind kind) {
        if (static_cast<int>(open_.size()) >= limits_.depth)
            return refuse(next_place(), fmt::format("nested deeper than {}", limits_.depth));
        Value& slot = next_slot();
        slot = {.kind = kind, .at = next_place()};
        // Stays valid: a container that is open is its parent's last, and the parent does not
        // grow before it is closed.
        open_.push_back(&slot);
        if (++values_ > limits_.values)
            return refuse(slot.at, fmt::format("more than {} values", limits_.values));
        return true;
    }

    /// "\u0000" is valid JSON, but no name, path or password here can hold it.
    bool clean(std::string const& text) {
        if (text.find('\0') == std::string::npos) return true;
        return refuse(next_place(), "a text with a NUL character (\\u0000)");
    }

    void report_duplicates(Value const& object) {
        std::vector<Member const*> sorted;
        sorted.reserve(object.members.size());
        for (Member const& member : object.members) sorted.push_back(&member);
        std::ranges::sort(sorted, {}, [](Member const* member) {
            return std::tuple(std::string_view(member->key), member->at.line, member->at.column);
        });
        for (std::size_t at = 1; at < sorted.size(); ++at) {
            if (sorted[at]->key != sorted[at - 1]->key) continue;
            mistakes_->add(sorted[at]->at, "",
                           fmt::format("the key {} stands twice in one object, first in line {}",
                                       in_quotes(sorted[at]->key), sorted[at - 1]->at.line));
        }
    }

    std::string_view text_;
    LineIndex const* lines_;
    JsonLimits limits_;
    FileMistakes* mistakes_;
    Value root_;
    std::vector<Value*> open_;
    std::size_t taken_{};  ///< bytes that nlohmann has taken
    std::size_t end_{};    ///< where the last token ended
    int values_{};
};

}  // namespace

std::optional<Value> parse_json(std::string_view text, FileMistakes& mistakes, JsonLimits limits) {
    if (text.size() > limits.bytes) {
        mistakes.add_whole(fmt::format("larger than {} bytes, the limit here", limits.bytes));
        return std::nullopt;
    }
    LineIndex const lines(text);
    // To nlohmann a NUL ends the text, so that anything could stand behind it.
    if (std::size_t const nul = text.find('\0'); nul != std::string_view::npos) {
        mistakes.add(lines.place(nul), "", "a NUL byte, which no text file has");
        return std::nullopt;
    }
    PlainJson plain = blank_extras(text);
    if (plain.open_comment) {
        mistakes.add(lines.place(*plain.open_comment), "", "this comment has no end (\"*/\")");
        return std::nullopt;
    }
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (plain.text.starts_with(byte_order_mark)) plain.text.replace(0, 3, "   ");
    TreeBuilder builder(plain.text, lines, limits, mistakes);
    char const* const begin = plain.text.data();
    std::size_t unused = 0;
    bool const parsed =
        Json::sax_parse(CountingIterator(begin, builder.taken()),
                        CountingIterator(begin + plain.text.size(), unused), &builder);
    if (!parsed) return std::nullopt;
    return std::move(builder.root());
}

}  // namespace interregnum
