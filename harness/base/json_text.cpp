// SPDX-License-Identifier: MIT
#include "harness/base/json_text.h"

#include <algorithm>

namespace interregnum {

namespace {

/// Walks JSON text once and blanks what plain JSON does not have.
class Blanker {
public:
    explicit Blanker(std::string_view text) : result_{.text = std::string(text)} {}

    PlainJson run() {
        std::string const& text = result_.text;
        while (at_ < text.size()) {
            if (text[at_] == '"')
                skip_string();
            else if (text.compare(at_, 2, "//") == 0)
                blank(std::min(text.find('\n', at_), text.size()));
            else if (text.compare(at_, 2, "/*") == 0)
                skip_block_comment();
            else
                see(text[at_]);
        }
        return std::move(result_);
    }

private:
    void skip_string() {
        std::string const& text = result_.text;
        for (++at_; at_ < text.size() && text[at_] != '"'; ++at_)
            if (text[at_] == '\\') ++at_;
        at_ = std::min(at_ + 1, text.size());
        remember('"', at_ - 1);
    }

    void skip_block_comment() {
        std::size_t const end = result_.text.find("*/", at_ + 2);
        if (end == std::string::npos) result_.open_comment = at_;
        blank(end == std::string::npos ? result_.text.size() : end + 2);
    }

    void see(char letter) {
        if (letter != ' ' && letter != '\t' && letter != '\n' && letter != '\r') {
            bool const closes = letter == ']' || letter == '}';
            bool const after_element =
                last_ == ',' && std::string_view("[{,:").find(before_last_) == std::string::npos;
            if (closes && after_element) result_.text[last_at_] = ' ';
            remember(letter, at_);
        }
        ++at_;
    }

    void remember(char letter, std::size_t offset) {
        before_last_ = last_;
        last_ = letter;
        last_at_ = offset;
    }

    void blank(std::size_t end) {
        for (; at_ < end; ++at_)
            if (result_.text[at_] != '\n') result_.text[at_] = ' ';
    }

    PlainJson result_;
    std::size_t at_{};
    // The last characters seen that are neither space nor comment. They start as what no comma
    // may follow.
    char last_{','};
    char before_last_{','};
    std::size_t last_at_{};
};

}  // namespace

LineIndex::LineIndex(std::string_view text) : starts_{0} {
    for (std::size_t at = 0; at < text.size(); ++at)
        if (text[at] == '\n') starts_.push_back(at + 1);
}

Place LineIndex::place(std::size_t offset) const {
    auto const after = std::ranges::upper_bound(starts_, offset);
    auto const line = static_cast<std::size_t>(after - starts_.begin());  // starts_[0] is 0
    return {.line = static_cast<int>(line),
            .column = static_cast<int>(offset - starts_[line - 1]) + 1};
}

PlainJson blank_extras(std::string_view text) { return Blanker(text).run(); }

}  // namespace interregnum
