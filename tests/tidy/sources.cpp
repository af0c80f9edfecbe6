// SPDX-License-Identifier: MIT
#include "tests/tidy/sources.h"

#include <filesystem>
#include <fstream>
#include <utility>

namespace interregnum {

namespace fs = std::filesystem;

std::vector<Source> const& sources() {
    static std::vector<Source> const all = [] {
        std::vector<Source> found;
        for (char const* top : {"harness", "probes", "reports", "tests"}) {
            for (auto const& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / top)) {
                std::string const extension = entry.path().extension();
                if (extension != ".cpp" && extension != ".h") continue;
                Source source{fs::relative(entry.path(), SOURCE_DIR).string(), {}};
                std::ifstream file(entry.path());
                for (std::string line; std::getline(file, line);) source.lines.push_back(line);
                found.push_back(std::move(source));
            }
        }
        return found;
    }();
    return all;
}

}  // namespace interregnum
