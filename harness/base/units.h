// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/clock.h"

namespace interregnum {

/// "30s", "1m30s", "500ms", "2h", "250us", "1.5s". A bare number is refused (nullopt): every
/// duration in a file carries its unit. Negative durations are refused.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

/// Events a second: "50/s", "10/m", "0.5/s". Nothing else; must be > 0 and <= 1e6/s.
[[nodiscard]] std::optional<double> parse_rate_per_s(std::string_view text);

/// Bytes: "10MB" (10^6), "16MiB" (2^20), "512B". A bare number is refused.
[[nodiscard]] std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// Seconds with two digits: "31.94 s". What terminal and reports show for downtimes.
[[nodiscard]] std::string format_seconds(Duration span);

/// The shortest exact form that `parse_duration` reads back: "1m30s", "500ms", "0s".
[[nodiscard]] std::string format_duration(Duration span);

/// 3412 -> "3,412".
[[nodiscard]] std::string format_count(std::int64_t count);

/// "2026-11-22T03:10:44.123Z" from nanoseconds since 1970 (UTC).
[[nodiscard]] std::string format_wall(Duration since_epoch);

/// What `format_wall` was given, to the millisecond; nullopt for a text of another shape.
[[nodiscard]] std::optional<Duration> parse_wall(std::string_view text);

/// "2026-11-22T03-10-44", for folder names (UTC).
[[nodiscard]] std::string format_wall_for_file(Duration since_epoch);

}  // namespace interregnum
