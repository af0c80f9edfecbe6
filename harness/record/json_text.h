// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "harness/record/event.h"

/// Writing of one line of JSON, by hand: a record has up to millions of lines.
namespace interregnum::record {

/// Appends `text` as a JSON string with its quotes. Bytes that are no valid UTF-8 (a server's
/// message in another encoding) become U+FFFD, so that the line can always be read back.
/// `<`, U+2028 and U+2029 are escaped: the text may stand in a script of a page.
void append_json_string(std::string& out, std::string_view text);

/// An object that is being written, member by member, onto the end of a string.
class JsonObject {
public:
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
    JsonObject(JsonObject const&) = delete;
    JsonObject& operator=(JsonObject const&) = delete;
    JsonObject(JsonObject&&) = delete;
    JsonObject& operator=(JsonObject&&) = delete;
    ~JsonObject() { out_ += '}'; }

    void text(std::string_view key, std::string_view value) {
        begin(key);
        append_json_string(out_, value);
    }
    /// Left out when empty.
    void text_if(std::string_view key, std::string_view value) {
        if (!value.empty()) text(key, value);
    }
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    void number(std::string_view key, T value) {
        begin(key);
        out_ += std::to_string(value);
    }
    void flag(std::string_view key, bool value) {
        begin(key);
        out_ += value ? "true" : "false";
    }
    void at(std::string_view key, Offset value) { number(key, value.count()); }
    /// `each(item, out)` appends one item's JSON.
    template <class Items, class Each>
    void list(std::string_view key, Items const& items, Each each) {
        begin(key);
        out_ += '[';
        bool first = true;
        for (auto const& item : items) {
            if (!first) out_ += ',';
            first = false;
            each(item, out_);
        }
        out_ += ']';
    }
    /// A value that is JSON already.
    void raw(std::string_view key, std::string_view json) {
        begin(key);
        out_ += json;
    }

private:
    void begin(std::string_view key) {
        if (!first_) out_ += ',';
        first_ = false;
        append_json_string(out_, key);
        out_ += ':';
    }

    std::string& out_;
    bool first_{true};
};

}  // namespace interregnum::record
