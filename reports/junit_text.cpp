// SPDX-License-Identifier: MIT
#include "reports/junit_text.h"

#include <string_view>

#include <fmt/format.h>

namespace interregnum {
namespace {

// XML 1.0 text and attribute values. Characters that XML cannot hold at all become '?'.
std::string xml(std::string_view text) {
    std::string safe;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '&')
            safe += "&amp;";
        else if (c == '<')
            safe += "&lt;";
        else if (c == '>')
            safe += "&gt;";
        else if (c == '"')
            safe += "&quot;";
        else if (c == '\n' || c == '\t')
            safe += c == '\n' ? "&#10;" : "&#9;";
        else if (byte < 0x20 || byte == 0x7F)
            safe += '?';
        else
            safe += c;
    }
    return safe;
}

std::string_view element_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::pass:
            return "";
        case Verdict::inconclusive:
            return "skipped";
        case Verdict::fail:
            return "failure";
        default:
            return "error";
    }
}

}  // namespace

std::string junit_text(JunitSuite const& suite) {
    std::string body;
    int failures = 0;
    int errors = 0;
    int skipped = 0;
    for (JunitCase const& one : suite.cases) {
        std::string_view const element = element_of(one.verdict);
        failures += element == "failure" ? 1 : 0;
        errors += element == "error" ? 1 : 0;
        skipped += element == "skipped" ? 1 : 0;
        body += fmt::format("    <testcase classname=\"{}.{}\" name=\"{}\"", xml(suite.name),
                            one.group, xml(one.name));
        if (element.empty())
            body += "/>\n";
        else
            body +=
                fmt::format(">\n      <{0} message=\"{1}\">{2}</{0}>\n    </testcase>\n", element,
                            xml(one.message), xml(one.text.empty() ? one.message : one.text));
    }
    std::string properties;
    for (auto const& [name, value] : suite.properties)
        properties += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml(value));
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
        "time=\"{:.3f}\" timestamp=\"{}\">\n"
        "    <properties>\n{}    </properties>\n"
        "{}    <system-out>{}</system-out>\n  </testsuite>\n</testsuites>\n",
        xml(suite.name), suite.cases.size(), failures, errors, skipped, suite.seconds,
        // Without the fraction and the Z: what the schema of Jenkins and GitLab accepts.
        suite.began.substr(0, 19), properties, body, xml(suite.out));
}

}  // namespace interregnum
