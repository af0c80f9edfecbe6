// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "harness/base/option.h"
#include "harness/base/result.h"
#include "harness/lab/defect.h"

namespace interregnum {

/// How the lab's services are configured: `--set patroni.ttl=20 --set redis.down_after=5s`.
struct LabSettings {
    /// Every row of the table, at its default or as set.
    Options values;
    /// `postgresql.NAME=VALUE`, for Patroni's dynamic configuration. Names and values are
    /// checked against the server's own list once the image is there (`check_gucs`).
    std::map<std::string, std::string, std::less<>> gucs;
    /// What is wrong with it on purpose; their settings are in the above.
    std::vector<Defect const*> defects{};

    /// "name=value" lines, sorted: two labs with equal lines are configured alike.
    /// A defect is "defect=NAME".
    [[nodiscard]] std::vector<std::string> lines() const;
    /// What is allowed but should be known, e.g. timings beyond Patroni's own rule.
    [[nodiscard]] std::vector<std::string> warnings() const;
};

/// All that can be set, with defaults; the services' own defaults unless the row says why not.
[[nodiscard]] std::vector<OptionSpec> const& lab_settings_table();

/// Reads "name=value" texts over the defaults, and what the defects of these names set over both.
/// The error (kind `invalid`) says what was expected and the nearest valid name.
[[nodiscard]] Result<LabSettings> parse_lab_settings(std::span<std::string const> set,
                                                     std::span<std::string const> defects = {});

/// The defects among lines as `LabSettings::lines` makes them.
[[nodiscard]] std::vector<Defect const*> defects_among(std::span<std::string const> lines);

/// The table as text, for `lab up --help`.
[[nodiscard]] std::string describe_lab_settings();

}  // namespace interregnum
