// SPDX-License-Identifier: MIT
#include "reports/statistics/trend_page.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/page/html_text.h"
#include "reports/statistics/numbers.h"

namespace interregnum {
namespace {

// Units of the picture; the page scales it.
constexpr double width = 1120;
constexpr double height = 260;
constexpr double left = 90;
constexpr double right = 1105;
constexpr double top = 15;
constexpr double bottom = 225;
constexpr int grid_lines = 4;
constexpr std::size_t most_dates = 15;

/// From values to places: 0 below, the largest above.
class Axis {
public:
    explicit Axis(TrendLine const& line) {
        for (Night const& night : line.nights)
            for (Bounded const& value : night.sample)
                largest_ =
                    std::max({largest_, value.best, std::isfinite(value.high) ? value.high : 0.0});
        if (!(largest_ > 0)) largest_ = 1;
    }
    [[nodiscard]] double y(double value) const {
        double const share = std::isfinite(value) ? std::clamp(value / largest_, 0.0, 1.0) : 1.0;
        return bottom - share * (bottom - top);
    }
    [[nodiscard]] double at(int grid_line) const { return largest_ * grid_line / grid_lines; }

private:
    double largest_{};
};

double x_of(std::size_t night, std::size_t nights) {
    return left + (right - left) * (static_cast<double>(night) + 0.5) / static_cast<double>(nights);
}

std::string grid(TrendLine const& line, Axis const& axis) {
    std::string svg;
    for (int i = 0; i <= grid_lines; ++i) {
        double const y = axis.y(axis.at(i));
        svg += fmt::format(R"(<line class="wf-grid" x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}"/>)",
                           left, y, right, y);
        svg += fmt::format(R"(<text class="wf-name" x="{}" y="{:.1f}">{}</text>)", left - 10, y + 4,
                           html(show_number(axis.at(i), line.unit)));
    }
    return svg;
}

std::string night_svg(Night const& night, TrendLine const& line, double x, Axis const& axis) {
    std::string svg;
    for (Bounded const& value : night.sample) {
        svg += fmt::format(
            R"(<g><title>{}: {}</title><line class="wf-error" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" )"
            R"(y2="{:.1f}"/><circle class="trend-run" cx="{:.1f}" cy="{:.1f}" r="3"/></g>)",
            html(night.date), html(show_bounded(value, line.unit)), x, axis.y(value.low), x,
            axis.y(value.high), x, axis.y(value.best));
    }
    if (night.sample.empty()) return svg;
    double const y = axis.y(quantile(night.sample, 0.5).best);
    return svg + fmt::format(R"(<line class="trend-median" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" )"
                             R"(y2="{:.1f}"/>)",
                             x - 8, y, x + 8, y);
}

std::string picture(TrendLine const& line) {
    Axis const axis(line);
    std::size_t const nights = line.nights.size();
    std::size_t const each = (nights + most_dates - 1) / most_dates;
    std::string svg =
        fmt::format(R"(<div class="scroll"><svg class="waterfall" viewBox="0 0 {} {}" role="img">)",
                    width, height);
    svg += grid(line, axis);
    for (std::size_t i = 0; i < nights; ++i) {
        double const x = x_of(i, nights);
        svg += night_svg(line.nights[i], line, x, axis);
        // From the newest backwards, so that its date is there; without the year.
        std::string_view const date = line.nights[i].date;
        if ((nights - 1 - i) % each == 0)
            svg +=
                fmt::format(R"(<text class="wf-tick" x="{:.1f}" y="{}">{}</text>)", x, bottom + 20,
                            html(date.substr(std::min<std::size_t>(5, date.size()))));
    }
    return svg + "</svg></div>\n";
}

std::string table(TrendLine const& line) {
    std::vector<std::vector<std::string>> rows;
    for (Night const& night : line.nights)
        rows.push_back({html(night.date), std::to_string(night.sample.size()),
                        night.sample.empty()
                            ? "-"
                            : html(show_bounded(quantile(night.sample, 0.5), line.unit)),
                        html(count_verdicts(night.runs))});
    std::ranges::reverse(rows);
    return html_table("Night by night, the newest first", {"Night (UTC)", "n", "Median", "Runs"},
                      rows);
}

}  // namespace

std::string trend_page(std::vector<TrendLine> const& lines, std::string const& measure) {
    std::string page = html_head("Trend of " + measure,
                                 ".trend-run { fill: var(--leader); fill-opacity: .6; } "
                                 ".trend-median { stroke: var(--fault); stroke-width: 2.5; }") +
                       "<body>\n<header>\n<h1>" + html(measure) +
                       " <small>night by night</small></h1>\n<p class=\"title\">Each dot is a run, "
                       "with what it is sure of; each stroke the median of a night.</p>\n"
                       "</header>\n<main>\n";
    for (TrendLine const& line : lines)
        page += fmt::format("<section><h2>{} on {}</h2>\n<p>{}</p>\n{}{}</section>\n",
                            html(line.scenario), html(line.cluster), html(trend_sentence(line)),
                            picture(line), table(line));
    return page + "</main>\n</body>\n</html>\n";
}

}  // namespace interregnum
