// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/measure.h"

/// The text format of Prometheus (prometheus.io/docs/instrumenting/exposition_formats), for the
/// textfile collector of a node exporter or a push gateway. That collector takes no timestamps.
namespace interregnum {

/// Names are ours (letters and "_"), values anybody's.
using PrometheusLabels = std::vector<std::pair<std::string_view, std::string>>;

/// One family: its HELP and TYPE lines stand once, before all of its samples.
class PrometheusGauge {
public:
    PrometheusGauge(std::string_view name, std::string_view help) : name_(name), help_(help) {}
    /// `value` as the format wants it: "1", "31.94", "+Inf".
    void add(PrometheusLabels const& labels, std::string_view value);
    /// "" when nothing was added.
    [[nodiscard]] std::string text() const;

private:
    std::string_view name_;
    std::string_view help_;
    std::string samples_;
};

/// The value of a label between its quotes: backslash, quote and line feed are escaped, and what is
/// no UTF-8 becomes "?", since one such byte makes the whole file unreadable.
[[nodiscard]] std::string prometheus_label(std::string_view text);

/// A measure's value in base units: seconds, not nanoseconds. Infinite: "+Inf".
[[nodiscard]] std::string prometheus_number(double value, Unit unit);

}  // namespace interregnum
