// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/event.h"

namespace interregnum {

struct Scenario;

/// What of Patroni's configuration (`GET /config`) decides what a drill must expect.
struct ClusterSettings {
    bool synchronous{};  ///< synchronous_mode, of any kind
    bool strict{};       ///< synchronous_mode_strict; means nothing without the former
    bool failsafe{};     ///< failsafe_mode
};

/// A setting that `"under"` of a scenario can name. Several can hold at once: `asynchronous` or
/// `synchronous`, then `strict`, then `failsafe` are laid over what the scenario says without
/// them, in this order. Of two that speak of the same measure the later one counts, and what was
/// asked for on the command line (`--expect`) counts before all of them.
enum class Setting { asynchronous, synchronous, strict, failsafe };

/// As scenarios have it: "failsafe".
[[nodiscard]] std::string_view to_string(Setting setting);

/// What a scenario says for the case that a setting holds.
struct Under {
    Setting setting{Setting::asynchronous};
    std::vector<record::Expectation> expectations{};  ///< in place of those of the same measure
    /// In place of the scenario's own. "" is `false` in the file: customers are served then.
    std::optional<std::string> by_design{};
    std::optional<std::string> why{};  ///< in place of the scenario's own
};

/// What a run is held to.
struct InForce {
    std::vector<record::Expectation> expectations;
    std::string by_design;  ///< why nobody may serve then; "": an outage has no such excuse
    std::string why;
    /// For readers of the report: which settings decided, and what they changed. "" when the
    /// scenario says the same under all of them.
    std::string note{};
};

/// What the scenario expects of a cluster with these settings; nullopt: they could not be read, and
/// what the scenario says without any setting is in force. Pure.
[[nodiscard]] InForce in_force(Scenario const& scenario,
                               std::optional<ClusterSettings> const& settings);

}  // namespace interregnum
