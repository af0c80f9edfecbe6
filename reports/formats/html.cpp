// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/format.h"
#include "reports/judge.h"
#include "reports/page/chart_data.h"
#include "reports/page/html_text.h"
#include "reports/page/parts.h"
#include "reports/page/tables.h"
#include "reports/page/tables_measured.h"
#include "reports/page/waterfall.h"
#include "reports/rows.h"

namespace interregnum {
namespace {

std::string head(record::Record const& record, Judgement const& judgement) {
    return html_head(fmt::format("{}: {} on {}", verdict_word(judgement.verdict),
                                 record.run.scenario, record.run.cluster),
                     dygraphs_css());
}

std::string banner(record::Record const& record, Judgement const& judgement) {
    return fmt::format(
        "<header class=\"{0}\">\n<p class=\"verdict\">{0}</p>\n<h1>{1} <small>on {2}</small></h1>\n"
        "<p class=\"title\">{3}</p>\n<p class=\"because\">{4}</p>\n{5}</header>\n",
        verdict_word(judgement.verdict), html(record.run.scenario), html(record.run.cluster),
        html(record.run.title), html(judgement.because),
        record.run.why.empty() ? "" : "<p>Expected: " + html(record.run.why) + "</p>\n");
}

std::string summary(Study const& study, Judgement const& judgement) {
    std::vector<std::vector<std::string>> rows;
    for (Row const& row : summary_rows(study, judgement)) {
        if (row.label == "again" || row.label == "report") continue;
        rows.push_back({html(row.label), html(row.main), html(row.side)});
    }
    return html_table("In short", {}, rows);
}

std::string about(record::Record const& record) {
    auto const& run = record.run;
    std::vector<std::vector<std::string>> const rows{
        {"Run", html(run.run_id)},
        {"Began", html(format_wall(Duration(run.wall_start_ns)))},
        {"Cluster", html(run.cluster + (run.environment.empty() ? "" : ", " + run.environment))},
        {"Seed", std::to_string(run.seed)},
        {"Version", html(run.version)},
        {"Again", "<code>" + html(run.again) + "</code>"}};
    return html_table("This run", {}, rows);
}

std::string render(record::Record const& record, Judgement const& judgement) {
    Study const study(record);
    std::string page = head(record, judgement) + "<body>\n" + banner(record, judgement);
    page += "<main>\n<section>" + summary(study, judgement) + "</section>\n";
    page +=
        "<section><h2>Second by second</h2>\n<p class=\"key\"><span class=\"swatch good\"></span>"
        "answered in time <span class=\"swatch failed\"></span>failed <span class=\"swatch "
        "unknown\"></span>unknown or too late <span class=\"swatch down\"></span>down. Seconds "
        "into the run; drag to zoom, double-click to zoom out. The numbers on the lines are "
        "those of the table below.</p>\n"
        "<div id=\"charts\"><noscript><p>The charts need JavaScript; the tables below hold the "
        "same facts.</p></noscript></div>\n" +
        marks_table(record) + "</section>\n";
    std::string const where = waterfall(study);
    if (!where.empty()) page += "<section>" + where + phases_table(study) + "</section>\n";
    page += "<section><h2>Verdicts</h2>\n" + expectations_table(judgement) +
            findings_list(record, judgement) + "</section>\n";
    page += "<section><h2>Paths</h2>\n" + paths_table(study) + windows_table(study) +
            recovery_table(study) + brownout_table(study) + latency_table(study) +
            reasons_table(study) + "</section>\n";
    page += "<section><h2>Details</h2>\n" + split_brain_table(study) + staleness_tables(study) +
            nodes_table(record) + observers_table(study) + measures_table(judgement) +
            about(record) + "</section>\n";
    page +=
        "</main>\n<footer><p>A downtime is an interval: at least from the first to the last "
        "missing attempt, at most from the last good attempt before to the first good one "
        "after. Written by interregnum " +
        html(record.run.version) +
        ". Charts: dygraphs, &copy; Dan Vanderkam and contributors, MIT licence.</p></footer>\n";
    page += R"(<script type="application/json" id="data">)" + chart_data(study) + "</script>\n";
    page += fmt::format("<script>{}\n</script>\n<script>{}\n</script>\n</body>\n</html>\n",
                        dygraphs_js(), page_js());
    return page;
}

RegisterFormat const registered{{.name = "html",
                                 .summary = "one page with charts, works offline",
                                 .file = "report.html",
                                 .render = render}};

}  // namespace
}  // namespace interregnum
