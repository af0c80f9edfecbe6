// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/cli/gate_choice.h"
#include "harness/cli/migration_flags.h"

namespace interregnum {

/// What a gate has set out to do, written before it touches anything, so that somebody else can go
/// on with it: `gate-plan.json` in its folder. Which plays are done is not in here: their run
/// folders tell it. Secrets are never in it: the address of results may hold none.
struct GatePlan {
    /// A scenario as it was read.
    struct File {
        std::string scenario;
        std::string path;
        std::string text;
        friend bool operator==(File const&, File const&) = default;
    };
    std::string version;  ///< of the program
    std::string host;     ///< where the gate was begun
    std::string began;    ///< "2026-11-22T03:10:44.123Z"
    std::string suite_file;
    std::string suite_text;
    std::vector<File> scenarios;  ///< of all drills, those of other shards among them
    std::string cluster;
    std::string inventory;  ///< as on the command line, a file's path made absolute
    std::uint64_t first_seed{};
    Shard shard;
    std::string results;       ///< where each run is added; "": nowhere
    MigrationFlags migration;  ///< what the preflight compares; no password, only where it is
    bool skip_preflight{};
    bool inconclusive_is_ok{};
    std::vector<ManualItem> done;      ///< those that were ticked
    std::vector<std::string> resumed;  ///< when it was gone on with, each time
};

/// The plan's files as they are now, with the text of each; of the rest nothing. Errors: one of
/// them cannot be read.
[[nodiscard]] Result<GatePlan> plan_of_files(Suite const& suite, std::string const& suite_file);

/// Why a gate that was begun by `plan` must not be gone on with: what it asks for, or what asks, is
/// something else by now. `now` has the files, the cluster and the version of today. Half of the
/// plays of one drill and half of those of another are no proof of either.
[[nodiscard]] Status same_gate(GatePlan const& plan, GatePlan const& now);

[[nodiscard]] std::string plan_text(GatePlan const& plan);

/// Reads what `plan_text` wrote. Anybody's text: at most 64 MiB. Errors (`invalid`) name the place.
[[nodiscard]] Result<GatePlan> parse_plan(std::string const& text);

/// Writes it into the gate's folder: whole, and on the disk when this returns.
[[nodiscard]] Status save_plan(GatePlan const& plan, std::string const& gate_folder);

/// Errors: `not_found` where there is none, else as `parse_plan`; all name the file.
[[nodiscard]] Result<GatePlan> load_plan(std::string const& gate_folder);

}  // namespace interregnum
