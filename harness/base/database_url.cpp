// SPDX-License-Identifier: MIT
#include "harness/base/database_url.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "harness/base/mistakes.h"

namespace interregnum {

namespace {

/// Where the parts of "scheme://authority/path?query" begin.
struct UrlParts {
    std::size_t authority{};
    std::size_t path{};   ///< at the '/', or where the query or the end is
    std::size_t query{};  ///< at the '?', or the end
};

UrlParts parts_of(std::string_view url) {
    UrlParts parts;
    std::size_t const scheme = url.find("://");
    parts.authority = scheme == std::string_view::npos ? 0 : scheme + 3;
    parts.path = std::min(url.find_first_of("/?", parts.authority), url.size());
    parts.query = std::min(url.find('?', parts.path), url.size());
    return parts;
}

bool is_plain(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || std::string_view("-._~").contains(letter);
}

bool has_password(std::string_view url) {
    UrlParts const parts = parts_of(url);
    std::string_view const authority = url.substr(parts.authority, parts.path - parts.authority);
    std::size_t const at = authority.rfind('@');
    bool const before_host = at != std::string_view::npos && authority.find(':') < at;
    return before_host || url.substr(parts.authority).contains("password=");
}

}  // namespace

bool is_database_url(std::string_view text) {
    return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

std::string shown_database_url(std::string const& url) {
    UrlParts const parts = parts_of(url);
    std::string text = url.substr(0, parts.query);
    std::size_t const colon = text.find(':', parts.authority);
    std::size_t at = text.rfind('@');
    // A password may hold what begins a query elsewhere: rather too little is shown.
    if (at == std::string::npos && url.contains('@')) at = text.size();
    if (at != std::string::npos && colon < at) text.erase(colon, at - colon);
    return in_quotes(text);
}

Status without_password(std::string const& url, std::string_view what, std::string_view instead) {
    if (!has_password(url)) return {};
    return fail(Error::Kind::invalid,
                fmt::format("the address of {} {} holds a password, which every user of this "
                            "machine can see: {}",
                            what, shown_database_url(url), instead));
}

std::string database_name(std::string const& url) {
    UrlParts const parts = parts_of(url);
    if (parts.query <= parts.path + 1) return {};
    std::string_view const encoded =
        std::string_view(url).substr(parts.path + 1, parts.query - parts.path - 1);
    std::string name;
    for (std::size_t index = 0; index < encoded.size(); ++index) {
        unsigned byte = 0;
        char const* const digits = encoded.data() + index + 1;
        if (encoded[index] == '%' && encoded.size() - index > 2 &&
            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            name += static_cast<char>(byte);
            index += 2;
        } else {
            name += encoded[index];
        }
    }
    return name;
}

std::string with_parameter(std::string const& url, std::string_view name, std::string_view value) {
    return fmt::format("{}{}{}={}", url, url.contains('?') ? '&' : '?', name,
                       percent_encoded(value));
}

std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (char const letter : text)
        encoded +=
            is_plain(letter)
                ? std::string(1, letter)
                : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(letter)));
    return encoded;
}

}  // namespace interregnum
