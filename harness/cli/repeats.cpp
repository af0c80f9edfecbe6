// SPDX-License-Identifier: MIT
#include "harness/cli/repeats.h"

#include "harness/cli/outputs.h"
#include "harness/cli/run_summaries.h"

namespace interregnum {
namespace {

std::vector<RunSummary> read_runs(std::vector<std::string> const& run_folders) {
    std::vector<RunSummary> runs;
    for (std::string const& folder : run_folders) {
        if (auto run = read_run(folder))
            runs.push_back(std::move(*run));
        else
            complain(run.error().message);
    }
    return runs;
}

}  // namespace

Status write_prometheus_of(std::vector<std::string> const& run_folders, std::string const& file) {
    return write_file(file, statistics().prometheus(read_runs(run_folders)));
}

Status tell_repeats_of(std::vector<std::string> const& run_folders, std::string const& out_folder,
                       bool json) {
    std::vector<RunSummary> const runs = read_runs(run_folders);
    if (runs.empty()) return {};
    Told const told = statistics().repeats(runs);
    Status const shown = show(json ? told.json : '\n' + told.text);
    if (Status written = write_file(out_folder + "/repeats.json", told.json); !written)
        return written;
    if (Status written = write_file(out_folder + "/repeats.md", told.markdown); !written)
        return written;
    return shown;
}

}  // namespace interregnum
