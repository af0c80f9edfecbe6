// SPDX-License-Identifier: MIT
#include "harness/cli/migration_flags.h"

#include <fmt/format.h>

#include "harness/base/database_url.h"
#include "harness/base/mistakes.h"
#include "harness/base/units.h"

namespace interregnum {

namespace {

constexpr char const* instead = "give it by env:NAME or file:PATH";

Status right_address(std::string const& url, std::string const& flag) {
    if (Status const safe =
            without_password(url, flag, fmt::format("{} with {}-password", instead, flag));
        !safe)
        return safe;
    if (is_database_url(url)) return {};
    return fail(Error::Kind::invalid,
                fmt::format("{} {}: expected the address of a PostgreSQL database, such as "
                            "postgresql://shop@old-db.example:5432/shop",
                            flag, shown_database_url(url)));
}

Result<Secret> password_of(std::string const& flag, std::string const& source) {
    auto secret = read_secret({.spec = source});
    if (!secret) return fail_in(flag, secret.error());
    return secret;
}

/// The inventory's first way in for writes as an address.
Result<std::string> cluster_url(Inventory const& inventory, std::string const& database) {
    if (!inventory.via.empty())
        return fail(Error::Kind::invalid,
                    "the inventory's entry points are behind \"via\": name the target with "
                    "--target, at an address that can be dialled from here");
    if (inventory.write.empty())
        return fail(Error::Kind::invalid,
                    "the inventory names no \"write\": name the target with --target");
    InventoryEndpoint const& way_in = inventory.write.front();
    PostgresSettings const& login = inventory.postgres;
    bool const is_ipv6 = way_in.host.contains(':');
    std::string url = fmt::format("postgresql://{}@{}:{}/{}", percent_encoded(login.user),
                                  is_ipv6 ? '[' + way_in.host + ']' : way_in.host, way_in.port,
                                  percent_encoded(database));
    for (auto const& [name, value] : {std::pair("sslmode", &login.sslmode),
                                      {"sslrootcert", &login.sslrootcert},
                                      {"sslcert", &login.sslcert},
                                      {"sslkey", &login.sslkey}})
        if (!value->empty()) url = with_parameter(url, name, *value);
    return url;
}

}  // namespace

void add_migration_flags(Verb const& verb, MigrationFlags& flags) {
    auto const source = verb.takes(
        "--source", flags.source,
        "the PostgreSQL database that the shop is moved from (postgresql://user@host/name): "
        "compares its tables, rows, times and sequences with the cluster's");
    verb.takes("--source-password", flags.source_password,
               "where its password comes from: env:NAME or file:PATH (default: $PGPASSFILE)")
        .needs(source);
    auto const target = verb.takes(
        "--target", flags.target,
        "the database that is compared with it (default: the one of the same name, through the "
        "inventory's first \"write\", as its \"postgres\" logs in)");
    verb.takes("--target-password", flags.target_password, "where its password comes from")
        .needs(target);
    verb.takes("--statement-time", flags.statement_time,
               "how long reading one table may take, such as 2h")
        .shows_default()
        .needs(source);
}

Result<std::optional<MigrationSides>> migration_sides(MigrationFlags const& flags,
                                                      ChosenCluster const& chosen) {
    if (flags.source.empty()) {
        if (flags.target.empty()) return std::optional<MigrationSides>();
        return fail(Error::Kind::invalid, "--target needs --source: what is it compared with?");
    }
    auto const longest = parse_duration(flags.statement_time);
    if (!longest || *longest <= Duration::zero())
        return fail(Error::Kind::invalid,
                    fmt::format("--statement-time {}: expected a duration such as 30m or 2h",
                                in_quotes(flags.statement_time)));
    if (Status const right = right_address(flags.source, "--source"); !right)
        return std::unexpected(right.error());
    auto const source_password = password_of("--source-password", flags.source_password);
    if (!source_password) return std::unexpected(source_password.error());
    MigrationSides sides{
        .source = {.url = flags.source,
                   .password = *source_password,
                   .longest_statement = *longest},
        .target = {.url = flags.target, .password = {}, .longest_statement = *longest}};
    if (flags.target.empty()) {
        auto const url = cluster_url(chosen.inventory, database_name(flags.source));
        if (!url) return std::unexpected(url.error());
        sides.target.url = *url;
        sides.target.password = chosen.secrets.postgres;
        return sides;
    }
    if (Status const right = right_address(flags.target, "--target"); !right)
        return std::unexpected(right.error());
    auto const target_password = password_of("--target-password", flags.target_password);
    if (!target_password) return std::unexpected(target_password.error());
    sides.target.password = *target_password;
    return sides;
}

}  // namespace interregnum
