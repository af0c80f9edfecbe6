// SPDX-License-Identifier: MIT
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/cli/outputs.h"
#include "harness/cli/verbs.h"
#include "harness/record/reader.h"

namespace interregnum {
namespace {

ExitCode check(std::string const& path) {
    std::error_code ignored;
    bool const is_folder = std::filesystem::is_directory(path, ignored);
    auto const record = record::read_record(is_folder ? path + "/record.jsonl" : path);
    if (!record) {
        fmt::print(stderr, "interregnum: {}\n", record.error().message);
        return ExitCode::usage;
    }
    Judgement const judgement = judge(*record);
    fmt::print("{}", render("terminal", *record, judgement));
    return exit_code_of(judgement);
}

}  // namespace

void add_check_verb(CLI::App& app, int& exit_code) {
    CLI::App* const verb =
        app.add_subcommand("check", "judge a run record again, offline; the exit code says how");
    auto const path = std::make_shared<std::string>();
    verb->add_option("RECORD", *path, "a record.jsonl, or a run folder")->required();
    verb->callback([path, &exit_code] { exit_code = static_cast<int>(check(*path)); });
}

}  // namespace interregnum
