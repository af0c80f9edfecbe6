// SPDX-License-Identifier: MIT
#include "reports/prometheus_text.h"

#include <cmath>

#include <fmt/format.h>

namespace interregnum {
namespace {

/// The length of the UTF-8 sequence that a text begins with; 0 when it is none (RFC 3629: no
/// overlong form, no surrogate, nothing beyond U+10FFFF).
std::size_t sequence(std::string_view text) {
    auto const byte = [&text](std::size_t index) -> unsigned {
        return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
    };
    auto const follows = [&byte](std::size_t index) { return (byte(index) & 0xC0U) == 0x80U; };
    unsigned const first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    unsigned const least = first == 0xE0 ? 0xA0U : first == 0xF0 ? 0x90U : 0x80U;
    unsigned const most = first == 0xED ? 0x9FU : first == 0xF4 ? 0x8FU : 0xBFU;
    if (first < 0xE0 || first > 0xF4 || byte(1) < least || byte(1) > most || !follows(2)) return 0;
    if (first < 0xF0) return 3;
    return follows(3) ? 4 : 0;
}

}  // namespace

std::string prometheus_label(std::string_view text) {
    std::string safe;
    while (!text.empty()) {
        std::size_t const length = sequence(text);
        char const letter = text.front();
        if (length == 0)
            safe += '?';
        else if (letter == '\n')
            safe += "\\n";
        else if (letter == '\\' || letter == '"')
            safe += {'\\', letter};
        else
            safe += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return safe;
}

std::string prometheus_number(double value, Unit unit) {
    if (std::isinf(value)) return "+Inf";
    return fmt::format("{}", unit == Unit::duration ? value / 1e9 : value);
}

void PrometheusGauge::add(PrometheusLabels const& labels, std::string_view value) {
    samples_ += name_;
    char before = '{';
    for (auto const& [name, text] : labels) {
        samples_ += fmt::format("{}{}=\"{}\"", before, name, prometheus_label(text));
        before = ',';
    }
    samples_ += fmt::format("{} {}\n", labels.empty() ? "" : "}", value);
}

std::string PrometheusGauge::text() const {
    if (samples_.empty()) return {};
    return fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n{2}", name_, help_, samples_);
}

}  // namespace interregnum
