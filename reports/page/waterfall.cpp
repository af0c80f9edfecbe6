// SPDX-License-Identifier: MIT
#include "reports/page/waterfall.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/failover.h"
#include "reports/measures/phases.h"
#include "reports/page/html_text.h"

namespace interregnum {
namespace {

using record::Offset;

// Units of the picture; the page scales it.
constexpr double width = 1120;
constexpr double left = 170;    // of the bars; names stand before
constexpr double right = 1010;  // lengths stand behind
constexpr double row_height = 24;
constexpr double head_height = 30;
constexpr double bar_height = 13;

double seconds(Offset at) { return static_cast<double>(at.count()) / 1e9; }

// The known instants in order of time, each with where it counts from.
struct Bar {
    Milestone const* milestone{};
    Offset from{};
};

std::vector<Bar> bars_of(Failover const& failover) {
    std::vector<Bar> bars;
    for (Milestone const& milestone : failover.milestones)
        if (milestone.at) bars.push_back({.milestone = &milestone});
    std::ranges::stable_sort(bars, {}, [](Bar const& bar) { return bar.milestone->at->best; });
    for (std::size_t i = 0; i < bars.size(); ++i)
        bars[i].from = bars[i > 0 ? i - 1 : i].milestone->at->best;
    return bars;
}

class Scale {
public:
    Scale(Offset from, Offset to)
        : from_(seconds(from)), span_(std::max(seconds(to) - seconds(from), 0.001)) {}

    [[nodiscard]] double x(double second) const {
        return left + std::clamp((second - from_) / span_, 0.0, 1.0) * (right - left);
    }
    [[nodiscard]] double x(Offset at) const { return x(seconds(at)); }

    // Instants at round numbers, at most ten.
    [[nodiscard]] std::vector<double> ticks() const {
        double step = std::pow(10.0, std::floor(std::log10(span_)) - 1);
        for (double const factor : std::array{2.0, 2.5, 2.0, 2.0, 2.5})
            if (span_ / step > 10) step *= factor;
        std::vector<double> at;
        for (int i = 0; i < 12; ++i) {
            double const tick = (std::ceil(from_ / step) + i) * step;
            if (tick <= from_ + span_) at.push_back(tick);
        }
        return at;
    }

private:
    double from_;
    double span_;
};

std::string bar_svg(Bar const& bar, Scale const& scale, double y, std::string_view kind) {
    Moment const& at = *bar.milestone->at;
    double const middle = y + row_height / 2;
    double const from = scale.x(bar.from);
    double const to = scale.x(at.best);
    std::string svg = "<g><title>" + html(bar.milestone->source) + "</title>";
    svg += fmt::format(R"(<text class="wf-name" x="{}" y="{:.1f}">{}</text>)", left - 12,
                       middle + 4, html(bar.milestone->name));
    svg +=
        fmt::format(R"(<rect class="wf-bar {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}"/>)",
                    bar.milestone->aside ? "aside" : kind, from, middle - bar_height / 2,
                    std::max(to - from, 1.5), bar_height);
    double const low = scale.x(at.low);
    double const high = std::max(scale.x(at.high), low + 1);
    svg += fmt::format(
        "<path class=\"wf-error\" d=\"M{0:.1f} {2:.1f}V{3:.1f}M{1:.1f} {2:.1f}V{3:.1f}M{0:.1f} "
        "{4:.1f}H{1:.1f}\"/>",
        low, high, middle - 4, middle + 4, middle);
    svg += fmt::format(R"(<text class="wf-length" x="{:.1f}" y="{:.1f}">{}</text>)",
                       std::max(to, high) + 7, middle + 4,
                       bar.from == at.best && bar.milestone->name == "fault"
                           ? show_instant(at.best)
                           : fmt::format("+{:.2f} s", seconds(at.best - bar.from)));
    return svg + "</g>\n";
}

// The outage as a shade behind the rows.
std::string shade_svg(Failover const& failover, Scale const& scale, double y, double height) {
    Milestone const* const from = failover.find("outage");
    Milestone const* const to = failover.find("first customer");
    if (from == nullptr || to == nullptr || !from->at || !to->at) return {};
    double const begin = scale.x(from->at->best);
    return fmt::format(
        "<rect class=\"wf-down\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n",
        begin, y, std::max(scale.x(to->at->best) - begin, 1.0), height);
}

struct Lane {
    std::string_view title;
    std::string_view kind;  // class of its bars
    Failover const* failover{};
    std::vector<Bar> bars;
};

std::string lane_svg(Lane const& lane, Scale const& scale, double& y) {
    std::string svg = fmt::format("<text class=\"wf-head\" x=\"0\" y=\"{:.1f}\">{}</text>\n",
                                  y + 19, html(lane.title));
    y += head_height;
    double const height = row_height * static_cast<double>(lane.bars.size());
    svg += shade_svg(*lane.failover, scale, y, height);
    for (Bar const& bar : lane.bars) {
        svg += bar_svg(bar, scale, y, lane.kind);
        y += row_height;
    }
    return svg;
}

std::string picture(std::vector<Lane> const& lanes) {
    Offset from = Offset::max();
    Offset to = Offset::min();
    for (Lane const& lane : lanes)
        for (Bar const& bar : lane.bars) {
            from = std::min(from, bar.milestone->at->low);
            to = std::max(to, bar.milestone->at->high);
        }
    Scale const scale(from, to);
    double y = 0;
    std::string rows;
    for (Lane const& lane : lanes) rows += lane_svg(lane, scale, y);
    std::string grid;
    for (double const tick : scale.ticks())
        grid += fmt::format(
            "<path class=\"wf-grid\" d=\"M{0:.1f} 0V{1:.1f}\"/><text class=\"wf-tick\" "
            "x=\"{0:.1f}\" y=\"{2:.1f}\">{3:.6g} s</text>\n",
            scale.x(tick), y, y + 16, tick);
    return fmt::format(
        "<div class=\"scroll\"><svg class=\"waterfall\" viewBox=\"0 0 {} {:.0f}\" role=\"img\" "
        "aria-label=\"The instants of the failover; the table below says the same\">\n{}{}</svg>"
        "</div>\n",
        width, y + 22, grid, rows);
}

std::string error_text(Moment const& at) {
    if (at.low == at.high) return "0";
    return fmt::format("-{:.0f} / +{:.0f} ms", seconds(at.best - at.low) * 1e3,
                       seconds(at.high - at.best) * 1e3);
}

std::string table(Lane const& lane) {
    std::vector<std::vector<std::string>> rows;
    Milestone const* const fault = lane.failover->find("fault");
    for (Milestone const& milestone : lane.failover->milestones) {
        if (!milestone.at) {
            rows.push_back({html(milestone.name), "not seen", "", "", html(milestone.source)});
            continue;
        }
        std::string const since =
            fault == nullptr || !fault->at
                ? ""
                : fmt::format("{:+.3f} s", seconds(milestone.at->best - fault->at->best));
        rows.push_back({html(milestone.name), show_instant(milestone.at->best), since,
                        error_text(*milestone.at),
                        html(milestone.source) +
                            (milestone.aside ? " <small>(not during the outage)</small>" : "")});
    }
    return html_table(lane.title, {"Instant", "Into the run", "Since the fault", "Error", "Source"},
                      rows);
}

}  // namespace

std::string waterfall(Study const& study) {
    std::vector<Lane> lanes;
    auto const add = [&](std::string_view title, std::string_view kind, Failover const& failover) {
        Lane lane{.title = title, .kind = kind, .failover = &failover, .bars = bars_of(failover)};
        // A fault alone is no failover.
        if (lane.bars.size() > 1) lanes.push_back(std::move(lane));
    };
    add("PostgreSQL", "leader", study.of<failover_of>());
    add("Redis", "redis", study.of<redis_failover_of>());
    if (lanes.empty()) return {};
    std::string page =
        "<h2>Where the time went</h2>\n<p class=\"key\">Each bar lasts from the "
        "instant before to its own; the thin line is the error of that instant. "
        "<span class=\"swatch down\"></span>down</p>\n" +
        picture(lanes);
    Failover const& postgres = *lanes.front().failover;
    if (postgres.elsewhere.known && postgres.elsewhere.at_most > 0)
        page += "<p>Beside this outage the same path was down for " +
                html(show(postgres.elsewhere, Unit::duration)) + " in other windows.</p>\n";
    for (Lane const& lane : lanes) page += table(lane);
    return page;
}

}  // namespace interregnum
