// SPDX-License-Identifier: MIT
#include "harness/cluster/haproxy.h"

#include <algorithm>

namespace interregnum {

namespace {

/// Splits one CSV line; fields in double quotes may hold commas ("" is a quote).
std::vector<std::string> split(std::string_view line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t at = 0; at < line.size(); ++at) {
        char const letter = line[at];
        if (quoted && letter == '"' && at + 1 < line.size() && line[at + 1] == '"') {
            fields.back() += '"';
            ++at;
        } else if (letter == '"') {
            quoted = !quoted;
        } else if (letter == ',' && !quoted) {
            fields.emplace_back();
        } else {
            fields.back() += letter;
        }
    }
    return fields;
}

}  // namespace

Result<std::vector<HaproxyServer>> parse_haproxy_stats(std::string_view csv) {
    constexpr std::size_t most_lines = 10'000;
    if (!csv.starts_with("# pxname,svname"))
        return fail(Error::Kind::protocol, "an answer that is not HAProxy's statistics");
    std::vector<HaproxyServer> servers;
    std::size_t status_column = 0;
    std::size_t address_column = std::string_view::npos;
    std::size_t lines = 0;
    while (!csv.empty() && lines <= most_lines) {
        std::size_t const end = csv.find('\n');
        std::vector<std::string> const fields = split(csv.substr(0, end));
        csv.remove_prefix(end == std::string_view::npos ? csv.size() : end + 1);
        if (lines++ == 0) {
            auto const found = std::ranges::find(fields, "status");
            if (found == fields.end())
                return fail(Error::Kind::protocol, "HAProxy's statistics without a status column");
            status_column = static_cast<std::size_t>(found - fields.begin());
            auto const address = std::ranges::find(fields, "addr");
            if (address != fields.end())
                address_column = static_cast<std::size_t>(address - fields.begin());
            continue;
        }
        if (fields.size() <= status_column) continue;
        if (fields[1] == "FRONTEND" || fields[1] == "BACKEND") continue;
        servers.push_back(
            {.backend = fields[0],
             .server = fields[1],
             .status = fields[status_column],
             .address = address_column < fields.size() ? fields[address_column] : ""});
    }
    return servers;
}

}  // namespace interregnum
