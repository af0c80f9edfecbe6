// SPDX-License-Identifier: MIT
#include "harness/engine/run_folder.h"

#include <filesystem>

#include <fmt/format.h>

#include "harness/base/clock.h"
#include "harness/base/units.h"
#include "harness/engine/undo_journal.h"

namespace interregnum {

namespace fs = std::filesystem;

Result<std::string> make_run_folder(std::string const& out_folder, std::string const& scenario) {
    std::string const base =
        fmt::format("{}/{}-{}", out_folder, format_wall_for_file(wall_now()), scenario);
    std::error_code error;
    fs::create_directories(out_folder, error);
    for (int attempt = 0; attempt < 100 && !error; ++attempt) {
        std::string folder = attempt == 0 ? base : fmt::format("{}-{}", base, attempt + 1);
        if (fs::create_directory(folder, error)) return folder;
    }
    return fail(Error::Kind::failed,
                fmt::format("cannot make a run folder in {}: {}", out_folder, error.message()));
}

Status may_begin(ClusterState const& state) {
    for (std::string const& folder : state.open_runs()) {
        auto const promises = open_promises(folder + "/undo.journal");
        std::string what = promises ? fmt::format("{} fault(s) not undone", promises->size())
                                    : promises.error().message;
        return fail(Error::Kind::refused,
                    fmt::format("an earlier run did not end cleanly ({}: {}). Run "
                                "`interregnum heal` first",
                                folder, what));
    }
    std::error_code ignored;
    if (!fs::exists(state.stop_file(), ignored)) return {};
    return fail(Error::Kind::refused, fmt::format("the stop file {} is there: remove it to allow "
                                                  "drills on this cluster again",
                                                  state.stop_file()));
}

}  // namespace interregnum
