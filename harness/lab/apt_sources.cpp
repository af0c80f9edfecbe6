// SPDX-License-Identifier: MIT
#include "harness/lab/apt_sources.h"

#include <algorithm>
#include <sstream>
#include <vector>

namespace interregnum {
namespace {

std::vector<std::string> words_of(std::string const& text) {
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

bool is_debian_uri(std::string_view uri) {
    // Debian's archives and their mirrors all end in this path, whatever the host is.
    while (uri.ends_with('/')) uri.remove_suffix(1);
    bool const fetchable = uri.starts_with("http://") || uri.starts_with("https://") ||
                           uri.starts_with("file:/") || uri.find("+http") != std::string_view::npos;
    return fetchable && (uri.ends_with("/debian") || uri.ends_with("/debian-security"));
}

bool is_release(std::string_view suite, std::string_view codename) {
    if (!suite.starts_with(codename)) return false;
    std::string_view const rest = suite.substr(codename.size());
    return rest.empty() || rest == "-updates" || rest == "-security";
}

/// "deb [option=x y=z] URI SUITE COMPONENT..."
bool is_debian_line(std::string const& line, std::string_view codename) {
    auto words = words_of(line);
    if (words.size() < 3 || words[0] != "deb") return false;
    auto at = words.begin() + 1;
    if (at->starts_with('[')) {
        at = std::find_if(at, words.end(), [](auto const& word) { return word.ends_with(']'); });
        if (at == words.end()) return false;
        ++at;
    }
    return words.end() - at >= 2 && is_debian_uri(*at) && is_release(*(at + 1), codename);
}

bool is_debian_stanza(std::string const& stanza, std::string_view codename) {
    bool types = false;
    bool uris = false;
    bool suites = false;
    std::istringstream lines(stanza);
    for (std::string line; std::getline(lines, line);) {
        auto const words = words_of(line);
        if (words.size() < 2) continue;
        auto const all = [&](auto const& good) {
            return std::all_of(words.begin() + 1, words.end(), good);
        };
        if (words[0] == "Enabled:" && words[1] == "no") return false;
        if (words[0] == "Types:") types = std::ranges::count(words, "deb") > 0;
        if (words[0] == "URIs:") uris = all(is_debian_uri);
        if (words[0] == "Suites:")
            suites = all([&](auto const& suite) { return is_release(suite, codename); });
    }
    return types && uris && suites;
}

}  // namespace

std::string debian_lines(std::string_view list, std::string_view codename) {
    std::istringstream lines{std::string(list)};
    std::string out;
    for (std::string line; std::getline(lines, line);)
        if (is_debian_line(line, codename)) out += line + "\n";
    return out;
}

std::string debian_stanzas(std::string_view sources, std::string_view codename) {
    std::istringstream lines{std::string(sources)};
    std::string out;
    std::string stanza;
    auto const finish = [&] {
        if (is_debian_stanza(stanza, codename)) out += (out.empty() ? "" : "\n") + stanza;
        stanza.clear();
    };
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#')) continue;
        if (words_of(line).empty())
            finish();
        else
            stanza += line + "\n";
    }
    finish();
    return out;
}

std::string fetch_options(std::string_view dump) {
    constexpr std::string_view wanted[] = {
        "Acquire::http::",  "Acquire::https::", "Acquire::Check-",
        "Acquire::Retries", "Acquire::ForceIP", "Acquire::Max-FutureTime"};
    std::istringstream lines{std::string(dump)};
    std::string out;
    for (std::string line; std::getline(lines, line);) {
        bool const has_value = line.ends_with("\";") && !line.ends_with(" \"\";");
        if (has_value && std::ranges::any_of(wanted, [&](auto w) { return line.starts_with(w); }))
            out += line + "\n";
    }
    return out;
}

}  // namespace interregnum
