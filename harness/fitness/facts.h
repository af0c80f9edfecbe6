// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/fitness/migration.h"

namespace interregnum {

/// The letters A to Z of a setting's value in small: YAML and PostgreSQL take "True", "OFF" and
/// "Utc" as well.
[[nodiscard]] std::string in_small_letters(std::string_view text);

/// What YAML, JSON and PostgreSQL write for "it is on", in letters of any size.
[[nodiscard]] bool says_on(std::string_view value);
/// The same for "it is off".
[[nodiscard]] bool says_off(std::string_view value);

/// What one node (or the cluster as a whole) was found to be: keys and values, of each key one or
/// several. Keys begin with where they come from: "setting.fsync" (pg_settings), "patroni.role"
/// (GET /patroni), "config.ttl" (GET /config), "yaml.watchdog.mode" (Patroni's own file),
/// "redis.maxmemory", "sentinel.quorum", "sysctl.net.ipv4.tcp_retries2"... The part before the
/// first dot is the source.
class FitnessFacts {
public:
    /// Bounds, so that no answer fills the memory: values beyond them are dropped, and the source
    /// is then not known.
    static constexpr std::size_t most_values = 5000;
    static constexpr std::size_t longest_value = 1000;

    void add(std::string_view key, std::string_view value);
    /// The key has this value and no other; "": none at all.
    void replace(std::string_view key, std::string_view value);
    /// A source was asked and told all of what there is: an absent key is then really absent.
    void answered(std::string_view source);
    /// A source could not be asked, and why. The first reason stays.
    void not_known(std::string_view source, std::string_view why);

    /// The first value of a key, or nothing.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view key) const;
    /// The first value as a whole number.
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view key) const;
    /// Whether the value is "true", "on" or "yes" (`says_on`); `otherwise` when it is absent.
    [[nodiscard]] bool on(std::string_view key, bool otherwise = false) const;
    /// All values of a key, in the order in which they came.
    [[nodiscard]] std::vector<std::string> const& all(std::string_view key) const;
    [[nodiscard]] bool knows(std::string_view source) const;
    /// Why a source is not known: "" when it is.
    [[nodiscard]] std::string why_not(std::string_view source) const;

private:
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
    std::map<std::string, std::string, std::less<>> problems_;
    std::map<std::string, bool, std::less<>> answered_;
    std::size_t count_{};
};

/// A node and what was found on it.
struct FitnessNode {
    std::string name;
    std::string group;  ///< "db" or "app"
    FitnessFacts facts;
};

/// A cluster as the checks of `harness/fitness/items` judge it. A value: asking for it is the
/// engine's (`ask_fitness_facts`).
struct ClusterFacts {
    std::vector<FitnessNode> nodes;  ///< in the inventory's order
    std::string leader;              ///< the node that is Patroni's leader; "" when nobody is
    /// Of the whole: "config." (GET /config), "cluster." (GET /cluster).
    FitnessFacts whole;
    bool redis_expected{};                   ///< the inventory names a Redis master
    std::vector<std::uint16_t> write_ports;  ///< where customers dial, by what they want
    std::vector<std::uint16_t> read_ports;
    std::vector<std::uint16_t> cache_ports;
    std::optional<Migration> migration;  ///< where a database to compare with was named

    [[nodiscard]] bool has_migration() const { return migration.has_value(); }
    [[nodiscard]] FitnessNode const* leader_node() const;
    [[nodiscard]] std::vector<FitnessNode const*> group(std::string_view name) const;
};

/// Lines "key=value" of a node's script into facts: "asked=SOURCE" says that a source told all,
/// "unknown.SOURCE=why" that it could not. At most `FitnessFacts::most_values` are kept.
void take_lines(FitnessFacts& facts, std::string_view text);

/// A JSON object's leaves as facts: {"a": {"b": true}} is "PREFIX.a.b" = "true"; items of a list
/// have the list's key, objects in it the keys of their own. False when it is no JSON object.
bool take_json(FitnessFacts& facts, std::string_view prefix, std::string_view body);

/// The columns of a value (they are separated by tabs), at least `count` of them.
[[nodiscard]] std::vector<std::string> columns_of(std::string_view value, std::size_t count);

}  // namespace interregnum
