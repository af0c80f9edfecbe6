// SPDX-License-Identifier: MIT
// The rules of the house that a machine can check, as tests. Each failure names file and line.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/check.h"
#include "harness/fault.h"
#include "harness/fitness/item.h"
#include "harness/format.h"
#include "harness/history_model.h"
#include "harness/lab/defect.h"
#include "harness/probe.h"
#include "tests/tidy/sources.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

/// Runs `rule` on every line; a non-empty answer is a failure at that line.
void each_line(std::function<std::string(Source const&, std::string const&)> const& rule) {
    ASSERT_GT(sources().size(), 50U);
    for (Source const& source : sources())
        for (std::size_t number = 0; number < source.lines.size(); ++number)
            if (std::string const wrong = rule(source, source.lines[number]); !wrong.empty())
                ADD_FAILURE() << source.path << ":" << number + 1 << ": " << wrong;
}

/// "harness/base" for `#include "harness/base/clock.h"`, "" for other lines.
std::string included(std::string const& line) {
    static std::regex const ours("^#include \"([^\"]+)\"");
    std::smatch match;
    return std::regex_search(line, match, ours) ? match[1].str() : "";
}

std::string third_party(std::string const& line) {
    static std::regex const theirs("^#include <([^>]+)>");
    std::smatch match;
    return std::regex_search(line, match, theirs) ? match[1].str() : "";
}

TEST(House, TopLevelIsFixed) {
    std::set<std::string> const allowed{"CMakeLists.txt",
                                        "harness",
                                        "scenarios",
                                        "probes",
                                        "reports",
                                        "tests",
                                        "README.md",
                                        ".ci",
                                        "CMakePresets.json",
                                        ".clang-format",
                                        ".clang-tidy",
                                        ".gitignore",
                                        "CHANGELOG.md",
                                        "CONTRIBUTING.md",
                                        ".git",
                                        "build",
                                        "runs"};
    for (auto const& entry : fs::directory_iterator(SOURCE_DIR))
        EXPECT_TRUE(allowed.contains(entry.path().filename().string())) << entry.path();
}

TEST(House, LayersIncludeOnlyWhatIsBelowThem) {
    each_line([](Source const& source, std::string const& line) -> std::string {
        std::string const target = included(line);
        if (target.empty()) return {};
        auto const into = [&](std::string_view folder) { return target.starts_with(folder); };
        bool const is_main = source.path == "harness/main.cpp";
        if (source.in("harness/") && !is_main &&
            (into("probes/") || into("reports/") || into("tests/")))
            return "harness includes a plug-in folder";
        if (source.in("probes/") && (into("reports/") || into("tests/")))
            return "probes: " + target;
        if (source.in("reports/") && (into("probes/") || into("tests/")))
            return "reports: " + target;
        bool const interface = target == "harness/check.h" || target == "harness/format.h" ||
                               target == "harness/measure.h" ||
                               target == "harness/history_model.h" ||
                               target == "harness/statistics.h" || target == "harness/results.h" ||
                               target == "harness/gate.h";
        if (source.in("reports/") && into("harness/") && !interface && !into("harness/base/") &&
            !into("harness/record/"))
            return "reports include of harness only base, record and the interfaces, not " + target;
        if (source.in("harness/faults/") && into("harness/remote/"))
            return "a fault includes remote";
        if (source.in("harness/base/") && into("harness/") && !into("harness/base/"))
            return "base stands on nothing, not on " + target;
        for (char const* lower : {"harness/record/", "harness/remote/", "harness/cluster/",
                                  "harness/scenario/", "harness/faults/", "harness/fitness/"})
            if (source.in(lower) && (into("harness/engine/") || into("harness/cli/")))
                return std::string(lower) + " includes " + target;
        if (source.in("harness/engine/") && into("harness/cli/")) return "engine includes cli";
        return {};
    });
}

TEST(House, ClientLibrariesStayInTheirAdapters) {
    struct Adapter {
        std::string_view header;
        std::vector<std::string_view> allowed;  ///< path prefixes
    };
    std::vector<Adapter> const adapters{
        {"pqxx/", {"probes/session/", "reports/results/"}},
        {"libpq-fe.h", {"probes/session/", "tests/cluster/independent/"}},
        {"hiredis/", {"probes/session/", "harness/cluster/sentinel.cpp"}},
        {"libssh2", {"harness/remote/"}},
        {"curl/", {"harness/cluster/http.cpp", "probes/session/web.cpp"}},
        {"boost/", {"harness/base/process.cpp"}},
        {"sqlite3", {"reports/results/", "tests/unit/results/"}},
        {"spdlog/", {"harness/base/log.cpp"}},
        {"simdjson", {"harness/record/"}},
        {"CLI/", {"harness/cli/", "tests/"}},
    };
    each_line([&](Source const& source, std::string const& line) -> std::string {
        std::string const header = third_party(line);
        if (header.empty()) return {};
        if (source.header() && header == "nlohmann/json.hpp")
            return "nlohmann/json.hpp in a header";
        for (Adapter const& adapter : adapters) {
            if (!header.starts_with(adapter.header)) continue;
            bool const allowed = std::ranges::any_of(
                adapter.allowed, [&](std::string_view prefix) { return source.in(prefix); });
            if (!allowed) return header + " outside its adapter";
            if (source.header()) return header + " in a header";
        }
        return {};
    });
}

/// Which lines are inside a raw string: scripts and texts for people, which cannot be folded.
std::vector<bool> raw_lines(Source const& source) {
    std::regex const opening(R"regex(R"([a-z]*)\()regex");
    std::vector<bool> raw;
    std::string closing;
    for (std::string const& line : source.lines) {
        std::smatch match;
        bool inside = !closing.empty();
        if (!inside && std::regex_search(line, match, opening)) {
            inside = true;
            closing = ")" + match[1].str() + "\"";
        }
        raw.push_back(inside);
        if (inside && line.contains(closing)) closing.clear();
    }
    return raw;
}

TEST(House, LinesAndFilesAreShort) {
    constexpr std::ptrdiff_t longest_line = 100;
    constexpr std::size_t longest_file = 400;
    for (Source const& source : sources()) {
        EXPECT_LE(source.lines.size(), longest_file) << source.path << " holds more than one thing";
        auto const raw = raw_lines(source);
        for (std::size_t number = 0; number < source.lines.size(); ++number) {
            std::string const& line = source.lines[number];
            auto const letters = std::ranges::count_if(line, [](char letter) {
                return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U;
            });
            if (raw[number] || line.contains("http")) continue;
            EXPECT_LE(letters, longest_line) << source.path << ":" << number + 1;
        }
    }
}

TEST(House, FilesBeginAsTheyShould) {
    for (Source const& source : sources()) {
        ASSERT_FALSE(source.lines.empty()) << source.path;
        EXPECT_EQ(source.lines[0], "// SPDX-License-Identifier: MIT") << source.path;
        if (!source.header()) continue;
        EXPECT_TRUE(std::ranges::find(source.lines, "#pragma once") != source.lines.end())
            << source.path;
    }
}

TEST(House, NothingIsLeftOpen) {
    each_line([](Source const& source, std::string const& line) -> std::string {
        if (source.path == "tests/tidy/house_test.cpp") return {};
        for (char const* word : {"TODO", "FIXME", "XXX", "HACK"})
            if (std::regex_search(line, std::regex(std::string("\\b") + word + "\\b")))
                return "left open: " + std::string(word);
        if (line.contains("sleep_for(") && line.contains("this_thread"))
            return "sleeping is the clock's business";
        if (line.contains("catch (...)")) return "catch (...) hides what happened";
        if (line.contains("using namespace std;")) return "using namespace std";
        return {};
    });
}

std::set<std::string> stems(char const* folder) {
    std::set<std::string> found;
    for (auto const& entry : fs::directory_iterator(fs::path(SOURCE_DIR) / folder))
        if (entry.path().extension() == ".cpp") found.insert(entry.path().stem());
    return found;
}

template <class Kind>
std::set<std::string> names(bool dotted, char joint = '.') {
    std::set<std::string> found;
    for (Kind const* kind : Registry<Kind>::all()) {
        std::string name(kind->name);
        if (dotted || joint != '.') std::ranges::replace(name, joint, '_');
        found.insert(name);
    }
    return found;
}

/// The promise that a plug-in is one file named after it, both ways.
TEST(House, PluginsAreFilesOfTheirName) {
    EXPECT_EQ(names<FaultKind>(true), stems("harness/faults"));
    EXPECT_EQ(names<FitnessItem>(true), stems("harness/fitness/items"));
    EXPECT_EQ(names<CheckKind>(false), stems("reports/checks"));
    EXPECT_EQ(names<FormatKind>(false), stems("reports/formats"));
    EXPECT_EQ(names<HistoryModelKind>(false, '-'), stems("reports/models"));
    EXPECT_EQ(names<Defect>(false), stems("harness/lab/defects"));
    std::set<std::string> probes = stems("probes/customers");
    probes.merge(stems("probes/observers"));
    EXPECT_EQ(names<ProbeKind>(true), probes);
}

/// Two types of one name in headers of one program are undefined behaviour that no compiler
/// reports; it happened, and ended in a destructor of the wrong one.
TEST(House, HeadersDefineEachTypeOnce) {
    std::map<std::string, std::string> seen;
    std::regex const definition(R"(^(?:class|struct|enum class) (\w+)(?: final)?(?: :.*)? ?\{)");
    for (Source const& source : sources()) {
        if (!source.header()) continue;
        std::string space;
        for (std::string const& line : source.lines) {
            if (line.starts_with("namespace ")) space = line.substr(10, line.find(" {") - 10);
            std::smatch match;
            if (!std::regex_search(line, match, definition)) continue;
            auto const [where, added] = seen.emplace(space + "::" + match[1].str(), source.path);
            EXPECT_TRUE(added) << match[1] << " in " << source.path << " and " << where->second;
        }
    }
    EXPECT_GT(seen.size(), 100U);
}

TEST(House, StoresThatProbesNameExist) {
    for (ProbeKind const* probe : Registry<ProbeKind>::all())
        for (std::string_view const store : probe->stores)
            EXPECT_NE(Registry<StoreKind>::find(store), nullptr) << probe->name << ": " << store;
}

TEST(House, PluginsExportNothing) {
    for (Source const& source : sources()) {
        bool const plugin = source.in("harness/faults/") || source.in("reports/checks/") ||
                            source.in("harness/fitness/items/") || source.in("reports/formats/") ||
                            source.in("reports/models/") || source.in("probes/customers/") ||
                            source.in("probes/observers/");
        if (!plugin || source.header() || source.in("harness/faults/support/")) continue;
        EXPECT_TRUE(std::ranges::find(source.lines, "namespace {") != source.lines.end())
            << source.path << " has no anonymous namespace";
    }
}

}  // namespace
}  // namespace interregnum
