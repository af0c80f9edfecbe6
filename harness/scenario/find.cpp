// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/mistakes.h"
#include "harness/base/nearest.h"
#include "harness/scenario/scenario.h"
#include "harness/scenario/suite.h"

namespace interregnum {

namespace {

namespace fs = std::filesystem;

/// The folder of the scenarios that ship: of the installation when the program runs from one
/// (PREFIX/bin beside PREFIX/share), else of its source tree.
fs::path shipped_folder() {
    std::error_code problem;
    fs::path const program = fs::read_symlink("/proc/self/exe", problem);
    fs::path installed =
        program.parent_path().parent_path() / "share" / "interregnum" / "scenarios";
    if (!problem && fs::is_directory(installed, problem)) return installed;
    return fs::path(INTERREGNUM_SOURCE_DIR) / "scenarios";
}

/// The stems of the JSON files there, sorted.
std::vector<std::string> names_in(fs::path const& folder) {
    std::vector<std::string> names;
    std::error_code problem;
    for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
         entry.increment(problem))
        if (entry->path().extension() == ".json") names.push_back(entry->path().stem().string());
    std::ranges::sort(names);
    return names;
}

Result<std::string> find_in(fs::path const& folder, std::string const& name_or_path,
                            std::string_view what) {
    std::error_code problem;
    if (fs::is_regular_file(name_or_path, problem)) return name_or_path;
    std::vector<std::string> const names = names_in(folder);
    if (std::ranges::find(names, name_or_path) != names.end())
        return (folder / (name_or_path + ".json")).string();
    std::string hint = did_you_mean(name_or_path, names);
    if (hint.empty()) hint = fmt::format(" (there are: {})", fmt::join(names, ", "));
    return fail(Error::Kind::not_found, fmt::format("{} is neither a file nor a {} that ships{}",
                                                    in_quotes(name_or_path), what, hint));
}

}  // namespace

std::vector<std::string> shipped_scenarios() { return names_in(shipped_folder()); }

Result<std::string> find_scenario(std::string const& name_or_path) {
    return find_in(shipped_folder(), name_or_path, "scenario");
}

Result<std::string> find_scenario_from(std::string const& folder, std::string const& name_or_path) {
    if (name_or_path.find('/') == std::string::npos && !name_or_path.ends_with(".json"))
        return find_scenario(name_or_path);
    return find_scenario((fs::path(folder) / name_or_path).lexically_normal().string());
}

std::vector<std::string> shipped_suites() { return names_in(shipped_folder() / "suites"); }

Result<std::string> find_suite(std::string const& name_or_path) {
    return find_in(shipped_folder() / "suites", name_or_path, "suite");
}

}  // namespace interregnum
