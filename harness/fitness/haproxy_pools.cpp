// SPDX-License-Identifier: MIT
#include "harness/fitness/haproxy_pools.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <map>
#include <ranges>
#include <utility>

namespace interregnum {

namespace {

constexpr std::size_t most_lines = 2000;

using Words = std::vector<std::string>;

struct Section {
    std::string kind;
    std::string name;
    std::vector<Words> lines;  ///< those of its defaults first
    std::size_t of_defaults{};
};

/// Whether a backslash before this letter means the letter itself. What HAProxy makes control
/// letters of (\n, \x1b) stays as it is written: they would reach a terminal.
bool is_escaped(char letter, char quote) {
    return std::string_view(" \\#\"'").contains(letter) || (quote == '"' && letter == '$');
}

/// As HAProxy splits a line: in single quotes every letter stands for itself. A backslash before a
/// letter that needs none stays.
Words words_of(std::string_view line) {
    Words words;
    std::string word;
    char quote = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        char const letter = line[at];
        if (quote == 0 && letter == '#') break;
        if (letter == '\\' && quote != '\'' && at + 1 < line.size() &&
            is_escaped(line[at + 1], quote)) {
            word += line[++at];
        } else if (quote == 0 && (letter == '"' || letter == '\'')) {
            quote = letter;
        } else if (quote != 0 && letter == quote) {
            quote = 0;
        } else if (quote == 0 && (letter == ' ' || letter == '\t')) {
            if (!word.empty()) words.push_back(std::exchange(word, {}));
        } else {
            word += letter;
        }
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

bool begins_section(std::string const& word) {
    constexpr std::array<std::string_view, 14> kinds{
        "global",   "defaults", "listen", "frontend", "backend", "peers",       "resolvers",
        "userlist", "mailers",  "cache",  "program",  "ring",    "http-errors", "fcgi-app"};
    return std::ranges::find(kinds, word) != kinds.end();
}

std::vector<Section> sections_of(std::vector<std::string> const& lines) {
    std::vector<Section> sections;
    std::vector<Words> defaults;
    std::map<std::string, std::vector<Words>> named;
    for (std::size_t index = 0; index < std::min(lines.size(), most_lines); ++index) {
        Words words = words_of(lines[index]);
        if (words.empty()) continue;
        if (begins_section(words[0])) {
            Section section{
                .kind = words[0], .name = words.size() > 1 ? words[1] : "", .lines = {}};
            auto const from = std::ranges::find(words, "from");
            bool const takes =
                words[0] == "listen" || words[0] == "frontend" || words[0] == "backend";
            if (takes && from != words.end() && from + 1 != words.end())
                section.lines = named[*(from + 1)];
            else if (takes)
                section.lines = defaults;
            section.of_defaults = section.lines.size();
            if (words[0] == "defaults") defaults.clear();
            sections.push_back(std::move(section));
        } else if (!sections.empty()) {
            if (sections.back().kind == "defaults") {
                defaults.push_back(words);
                named[sections.back().name].push_back(words);
            }
            sections.back().lines.push_back(std::move(words));
        }
    }
    return sections;
}

/// "bind *:5000", "bind 10.0.0.1:5000,:6000 ssl", "bind :::5000".
bool binds(Section const& section, std::uint16_t port) {
    if (section.kind != "listen" && section.kind != "frontend") return false;
    std::string const ending = ":" + std::to_string(port);
    return std::ranges::any_of(section.lines, [&](Words const& words) {
        if (words[0] != "bind" || words.size() < 2) return false;
        std::string_view rest = words[1];
        while (true) {
            std::size_t const comma = rest.find(',');
            if (rest.substr(0, comma).ends_with(ending)) return true;
            if (comma == std::string_view::npos) return false;
            rest.remove_prefix(comma + 1);
        }
    });
}

Section const* backend_of(std::vector<Section> const& sections, Section const& front) {
    if (front.kind == "listen") return &front;
    Words const* use = nullptr;
    for (Words const& words : front.lines)
        if (words[0] == "default_backend" && words.size() > 1) use = &words;
    if (use == nullptr) return nullptr;
    auto const found = std::ranges::find_if(sections, [&](Section const& one) {
        return (one.kind == "backend" || one.kind == "listen") && one.name == (*use)[1];
    });
    return found == sections.end() ? nullptr : &*found;
}

std::string last_timeout(Section const& section, std::string_view which) {
    std::string value;
    for (Words const& words : section.lines)
        if (words[0] == "timeout" && words.size() > 2 && words[1] == which) value = words[2];
    return value;
}

bool has(Words const& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

bool cuts(Words const& words) {
    auto const at = std::ranges::find(words, "on-marked-down");
    return at != words.end() && at + 1 != words.end() && *(at + 1) == "shutdown-sessions";
}

/// Options that say how servers are checked: each takes the place of the one before it.
bool is_kind_of_check(std::string_view option) {
    constexpr std::array<std::string_view, 10> kinds{
        "httpchk",    "tcp-check",  "pgsql-check", "mysql-check",    "redis-check",
        "ldap-check", "spop-check", "smtpchk",     "external-check", "ssl-hello-chk"};
    return std::ranges::find(kinds, option) != kinds.end();
}

/// The path of "option httpchk GET /primary HTTP/1.1" or "http-check send meth GET uri /primary".
void take_check(Words const& words, HaproxyPool& pool) {
    bool const option = words.size() > 1 && words[0] == "option";
    if (option && is_kind_of_check(words[1])) {
        pool.http_check = words[1] == "httpchk";
        pool.tcp_check = words[1] == "tcp-check";
        if (!pool.http_check) return;
        pool.check_path = "/";
        for (std::size_t index = 2; index < words.size(); ++index)
            if (words[index].starts_with("/")) pool.check_path = words[index];
    } else if (words[0] == "http-check" && words.size() > 1 && words[1] == "send") {
        auto const uri = std::ranges::find(words, "uri");
        if (uri != words.end() && uri + 1 != words.end()) pool.check_path = *(uri + 1);
    } else if (words[0] == "tcp-check" && has(words, "expect") && words.back() == "role:master") {
        pool.checks_role = true;
        pool.role_at_once = has(words, "min-recv");
    }
}

/// Whether a section with this line has rules of its own, and none of its defaults' (since HAProxy
/// 2.2).
bool begins_rules(Words const& words) {
    if (words.size() < 2) return false;
    if (words[0] == "option") return words[1] == "httpchk";
    return words[0] == "http-check" && words[1] != "disable-on-404" && words[1] != "send-state";
}

std::vector<HttpExpectation> expects_of(Section const& section) {
    auto const own = section.lines.begin() + static_cast<std::ptrdiff_t>(section.of_defaults);
    auto const begin =
        std::any_of(own, section.lines.end(), begins_rules) ? own : section.lines.begin();
    std::vector<HttpExpectation> expects;
    for (Words const& words : std::ranges::subrange(begin, section.lines.end()))
        if (words.size() > 1 && words[0] == "http-check" && words[1] == "expect")
            expects.emplace_back(words.begin() + 2, words.end());
    return expects;
}

std::int64_t rise_of(Words const& words, std::int64_t otherwise) {
    auto const rise = std::ranges::find(words, "rise");
    if (rise != words.end() && rise + 1 != words.end())
        std::from_chars((rise + 1)->data(), (rise + 1)->data() + (rise + 1)->size(), otherwise);
    return otherwise;
}

HaproxyPool pool_of(Section const& front, Section const& back, std::uint16_t port) {
    HaproxyPool pool{.name = back.name, .port = port};
    pool.timeout_client = last_timeout(front, "client");
    pool.timeout_server = last_timeout(back, "server");
    pool.timeout_connect = last_timeout(back, "connect");
    pool.timeout_server_fin = last_timeout(back, "server-fin");
    bool defaults_cut = false;
    bool defaults_check = false;
    bool defaults_limit = false;
    std::int64_t defaults_rise = pool.rise;
    pool.cuts_sessions = true;
    for (Words const& words : back.lines) {
        take_check(words, pool);
        if (words[0] == "default-server") {
            defaults_rise = rise_of(words, defaults_rise);
            defaults_cut = defaults_cut || cuts(words);
            defaults_check = defaults_check || has(words, "check");
            defaults_limit = defaults_limit || has(words, "maxconn");
        }
        if (words[0] != "server") continue;
        std::int64_t const rise = rise_of(words, defaults_rise);
        pool.rise = pool.servers == 0 ? rise : std::min(pool.rise, rise);
        ++pool.servers;
        bool const checked = (defaults_check || has(words, "check")) && !has(words, "no-check");
        pool.checked += checked ? 1U : 0U;
        pool.cuts_sessions = pool.cuts_sessions && (defaults_cut || cuts(words));
        pool.has_backup = pool.has_backup || has(words, "backup");
        pool.limits_sessions = pool.limits_sessions || defaults_limit || has(words, "maxconn");
    }
    if (pool.http_check)
        pool.expects = expects_of(back);
    else
        pool.check_path.clear();
    return pool;
}

}  // namespace

std::vector<HaproxyPool> haproxy_pools(std::vector<std::string> const& lines,
                                       std::vector<std::uint16_t> const& ports) {
    std::vector<Section> const sections = sections_of(lines);
    std::vector<HaproxyPool> pools;
    for (std::uint16_t const port : ports)
        for (Section const& section : sections) {
            if (!binds(section, port)) continue;
            if (Section const* back = backend_of(sections, section))
                pools.push_back(pool_of(section, *back, port));
            break;
        }
    return pools;
}

}  // namespace interregnum
