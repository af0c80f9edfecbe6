// SPDX-License-Identifier: MIT
#include "reports/checkers/history_line.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace interregnum::checkers {
namespace {

constexpr std::array<std::pair<std::string_view, Action>, 10> actions{
    {{"read", Action::read},
     {"write", Action::write},
     {"get", Action::read},
     {"put", Action::write},
     {"cas", Action::cas},
     {"append", Action::append},
     {"add", Action::add},
     {"transfer", Action::transfer},
     {"buy", Action::buy},
     {"cancel", Action::cancel}}};

constexpr bool plain(char letter) {
    // Others need unescaping or a look at their encoding, which the general parser does.
    auto const byte = static_cast<unsigned char>(letter);
    return byte >= 0x20U && byte < 0x7fU && letter != '\\' && letter != '"';
}

/// A scan over one line. Every step answers false where the line is not of the common shapes.
class Scan {
public:
    Scan(std::string_view line, Tables& tables)
        : at_(line.data()), end_(at_ + line.size()), tables_(&tables) {}

    bool event(Event& event, bool& known_action) {
        if (!take('{')) return false;
        do {
            std::string_view key;
            if (!string(key) || !take(':') || !member(key, event, known_action)) return false;
        } while (take(','));
        if (!take('}')) return false;
        skip_space();
        return at_ == end_ && (seen_ & 2U) != 0;
    }

private:
    bool member(std::string_view key, Event& event, bool& known_action) {
        skip_space();
        if (key == "value") return once(1) && value(event.value, true);
        if (key == "type") return once(2) && type(event.type);
        if (key == "f") {
            std::string_view name;
            if (!once(4)) return false;
            if (!string(name)) return false;
            known_action = action_of(name, event.action);
            if (!known_action) event.other = text(name);
            return true;
        }
        if (key == "process") return once(8) && process(event);
        if (key == "key") return once(16) && value(event.key, false);
        if (key == "time")
            return once(32) && number(event.time, std::numeric_limits<std::int64_t>::max());
        if (key == "index") return once(64) && number(event.index) && event.index >= 0;
        if (key.starts_with('_')) return false;
        std::string_view ignored;
        return at_ != end_ && *at_ == '"' && string(ignored);
    }
    /// Of two equal keys the general parser has something to say.
    bool once(unsigned member) {
        bool const first = (seen_ & member) == 0;
        seen_ |= member;
        return first;
    }
    bool type(Event::Type& to) {
        std::string_view name;
        if (!string(name)) return false;
        if (name == "invoke")
            to = Event::Type::invoke;
        else if (name == "ok")
            to = Event::Type::ok;
        else if (name == "fail")
            to = Event::Type::fail;
        else if (name == "info")
            to = Event::Type::info;
        else
            return false;
        return true;
    }
    bool process(Event& event) {
        if (at_ != end_ && *at_ == '"') {
            std::string_view name;
            event.ignored = true;
            return string(name);
        }
        return number(event.process);
    }
    bool value(Value& to, bool nested) {
        skip_space();
        if (at_ == end_) return false;
        switch (*at_) {
            case '"': {
                std::string_view content;
                if (!string(content)) return false;
                to = text(content);
                return true;
            }
            case 'n':
                if (end_ - at_ < 4 || std::string_view(at_, 4) != "null") return false;
                at_ += 4;
                to = Value();
                return true;
            case '[':
                return nested && list(to);
            case '{':
                return nested && map(to);
            default:
                break;
        }
        std::int64_t found = 0;
        if (!number(found)) return false;
        to = Value::integer(found);
        return true;
    }
    bool list(Value& to) {
        ++at_;
        std::size_t const begun = tables_->lists.begin();
        if (!take(']')) {
            do {
                Value item;
                if (!value(item, false)) return false;
                tables_->lists.push(item);
            } while (take(','));
            if (!take(']')) return false;
        }
        to = Value::list(tables_->lists.end(begun));
        return true;
    }
    bool map(Value& to) {
        ++at_;
        std::size_t const begun = tables_->lists.begin();
        if (!take('}')) {
            do {
                std::string_view key;
                Value item;
                if (!string(key) || !take(':')) return false;
                tables_->lists.push(text(key));
                if (!value(item, false)) return false;
                tables_->lists.push(item);
            } while (take(','));
            if (!take('}')) return false;
        }
        to = Value::map(tables_->lists.end(begun));
        return !twice(tables_->lists.at(to));
    }
    /// Whether a key is there twice; keys and values take turns.
    bool twice(std::span<Value const> items) {
        constexpr std::size_t few = 32;
        if (items.size() <= few) {
            for (std::size_t i = 2; i < items.size(); i += 2)
                for (std::size_t j = 0; j < i; j += 2)
                    if (items[i] == items[j]) return true;
            return false;
        }
        keys_.clear();
        for (std::size_t i = 0; i < items.size(); i += 2) keys_.push_back(items[i].bits());
        std::ranges::sort(keys_);
        return std::ranges::adjacent_find(keys_) != keys_.end();
    }
    bool number(std::int64_t& to, std::int64_t largest = Value::largest) {
        skip_space();
        bool const negative = at_ != end_ && *at_ == '-';
        if (negative) ++at_;
        char const* const first = at_;
        std::uint64_t found = 0;  // 19 digits fit
        while (at_ != end_ && *at_ >= '0' && *at_ <= '9' && at_ - first < 19) {
            found = found * 10 + static_cast<std::uint64_t>(*at_ - '0');
            ++at_;
        }
        std::ptrdiff_t const digits = at_ - first;
        if (digits == 0 || (digits > 1 && *first == '0') || !std::in_range<std::int64_t>(found) ||
            static_cast<std::int64_t>(found) > largest)
            return false;
        if (at_ != end_ &&
            (*at_ == '.' || *at_ == 'e' || *at_ == 'E' || (*at_ >= '0' && *at_ <= '9')))
            return false;
        to = negative ? -static_cast<std::int64_t>(found) : static_cast<std::int64_t>(found);
        return true;
    }
    bool string(std::string_view& to) {
        skip_space();
        if (at_ == end_ || *at_ != '"') return false;
        char const* const first = ++at_;
        while (at_ != end_ && plain(*at_)) ++at_;
        if (at_ == end_ || *at_ != '"') return false;
        to = {first, at_};
        ++at_;
        return true;
    }
    Value text(std::string_view content) {
        draft_.assign(1, '"');
        draft_ += content;
        return Value::text(tables_->texts.index(draft_));
    }
    bool take(char wanted) {
        skip_space();
        if (at_ == end_ || *at_ != wanted) return false;
        ++at_;
        return true;
    }
    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r')) ++at_;
    }
    char const* at_;
    char const* end_;
    Tables* tables_;
    std::string draft_;
    std::vector<std::uint64_t> keys_;
    unsigned seen_{0};
};

std::uint8_t kind_bit(Value value) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(value.kind()));
}

}  // namespace

bool action_of(std::string_view name, Action& action) {
    for (auto const& [known, value] : actions)
        if (name == known) {
            action = value;
            return true;
        }
    return false;
}

Fit fit(Event& event, bool known_action, Shape const& shape, Tables& tables) {
    if (event.ignored) return {};
    ActionRule const* const rule = known_action ? shape.rule(event.action) : nullptr;
    // What nemeses do is told by lines of type `info` alone.
    if (rule == nullptr) {
        if (event.type != Event::Type::info) return {.fits = false, .where = "f"};
        event.ignored = true;
        return {};
    }
    if (event.type == Event::Type::fail || event.type == Event::Type::info) {
        if (rule->reasons && event.type == Event::Type::fail) event.other = event.value;
        event.value = Value();  // the reason, or the argument again
        return {};
    }
    std::uint8_t const accepted = event.type == Event::Type::ok ? rule->ok : rule->invoke;
    if ((accepted & accepts_pair) != 0 && event.value.kind() == Value::Kind::list) {
        auto const items = tables.lists.at(event.value);
        if (items.size() != 2) return {.fits = false, .where = "value"};
        event.other = items[1];
        event.value = items[0];
        tables.lists.drop_last();
        return {};
    }
    return {.fits = (accepted & kind_bit(event.value)) != 0, .where = "value"};
}

bool scan_line(std::string_view line, Shape const& shape, Tables& tables, Event& event) {
    std::size_t const begun = tables.lists.begin();
    std::uint64_t const lists = tables.lists.size();
    bool known_action = false;
    if (Scan(line, tables).event(event, known_action) &&
        fit(event, known_action, shape, tables).fits)
        return true;
    tables.lists.cut(begun, lists);
    return false;
}

Status read_line(std::string_view line, Shape const& shape, Tables& tables, Event& event) {
    Event scanned = event;
    if (scan_line(line, shape, tables, scanned)) {
        event = scanned;
        return {};
    }
    return parse_line(line, shape, tables, event);
}

}  // namespace interregnum::checkers
