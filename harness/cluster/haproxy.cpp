// SPDX-License-Identifier: MIT
#include "harness/cluster/haproxy.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <system_error>

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

/// Of one section, those that `ports` of its servers has.
using Ports = std::vector<std::uint16_t>;
constexpr std::size_t most_ports = 16;

/// Where the columns are; `npos` for one that this HAProxy does not have.
struct Columns {
    explicit Columns(std::vector<std::string> const& header)
        : status(place(header, "status")),
          type(place(header, "type")),
          address(place(header, "addr")),
          backup(place(header, "bck")) {}

    static constexpr std::size_t npos = std::string::npos;
    std::size_t status;
    std::size_t type;
    std::size_t address;
    std::size_t backup;

private:
    static std::size_t place(std::vector<std::string> const& header, std::string_view name) {
        auto const found = std::ranges::find(header, name);
        return found == header.end() ? npos : static_cast<std::size_t>(found - header.begin());
    }
};

std::string field(std::vector<std::string> const& fields, std::size_t column) {
    return column < fields.size() ? fields[column] : "";
}

void add_port(Ports& ports, std::uint16_t port) {
    bool const known = std::ranges::find(ports, port) != ports.end();
    if (port != 0 && !known && ports.size() < most_ports) ports.push_back(port);
}

}  // namespace

HaproxyAddress split_haproxy_address(std::string_view address) {
    std::uint16_t port = 0;
    std::string_view host = address;
    if (std::size_t const colon = address.rfind(':'); colon != std::string_view::npos) {
        std::string_view const digits = address.substr(colon + 1);
        char const* const end = digits.data() + digits.size();
        auto const [stopped, error] = std::from_chars(digits.data(), end, port);
        if (error == std::errc{} && stopped == end)
            host = address.substr(0, colon);
        else
            port = 0;
    }
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return {.host = std::string(host), .port = port};
}

Result<std::vector<HaproxyServer>> parse_haproxy_stats(std::string_view csv) {
    constexpr std::size_t most_lines = 10'000;
    constexpr std::string_view socket_line = "3";  // of the column "type"
    if (!csv.starts_with("# pxname,svname"))
        return fail(Error::Kind::protocol, "an answer that is not HAProxy's statistics");
    std::size_t const header_end = csv.find('\n');
    Columns const columns(split(csv.substr(0, header_end)));
    if (columns.status == Columns::npos)
        return fail(Error::Kind::protocol, "HAProxy's statistics without a status column");
    csv.remove_prefix(header_end == std::string_view::npos ? csv.size() : header_end + 1);
    std::vector<HaproxyServer> servers;
    std::map<std::string, Ports> ports;  // by section
    for (std::size_t lines = 0; !csv.empty() && lines < most_lines; ++lines) {
        std::size_t const end = csv.find('\n');
        std::vector<std::string> const fields = split(csv.substr(0, end));
        csv.remove_prefix(end == std::string_view::npos ? csv.size() : end + 1);
        if (fields.size() <= columns.status) continue;
        if (fields[1] == "FRONTEND" || fields[1] == "BACKEND") continue;
        std::string const address = field(fields, columns.address);
        if (field(fields, columns.type) == socket_line) {
            add_port(ports[fields[0]], split_haproxy_address(address).port);
            continue;
        }
        servers.push_back({.backend = fields[0],
                           .server = fields[1],
                           .status = fields[columns.status],
                           .address = address,
                           .backup = field(fields, columns.backup) == "1"});
    }
    for (HaproxyServer& server : servers)
        if (auto const found = ports.find(server.backend); found != ports.end())
            server.ports = found->second;
    return servers;
}

}  // namespace interregnum
