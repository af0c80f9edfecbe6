// SPDX-License-Identifier: MIT
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/cli/check_history.h"
#include "harness/cli/outputs.h"
#include "harness/cli/verbs.h"
#include "harness/cli/worse.h"
#include "harness/record/reader.h"

namespace interregnum {
namespace {

ExitCode check(std::string const& path) {
    std::error_code ignored;
    bool const is_folder = std::filesystem::is_directory(path, ignored);
    auto const record = record::read_record(is_folder ? path + "/record.jsonl" : path);
    if (!record) {
        complain(record.error().message);
        return ExitCode::usage;
    }
    Judgement const judgement = judge(*record);
    return after_writing(exit_code_of(judgement), show(render("terminal", *record, judgement)));
}

/// One option of the verb for each name that a model has; which of them a model takes is checked
/// when it is known.
void add_model_options(Verb const& verb, Argument const& model,
                       std::shared_ptr<CheckHistoryFlags> const& flags) {
    std::map<std::string, std::string> docs;
    for (HistoryModelKind const* kind : Registry<HistoryModelKind>::all())
        for (OptionSpec const& spec : kind->options)
            docs[std::string(spec.name)] += fmt::format(
                "{}{}: {}{}", docs.contains(std::string(spec.name)) ? "; " : "", kind->name,
                spec.doc, spec.fallback.empty() ? "" : fmt::format(" ({})", spec.fallback));
    for (auto const& [name, doc] : docs)
        verb.takes_with(
                "--" + name,
                [flags, name](std::string const& text) { flags->options[name] = text; }, doc)
            .needs(model);
}

}  // namespace

void add_check_verb(Verb const& program) {
    Verb const verb = program.add(
        "check",
        "judge a run record again, offline, or, with --model, somebody's history in JSON lines");
    auto const flags = std::make_shared<CheckHistoryFlags>();
    verb.takes("FILE", flags->path, "a record.jsonl, a run folder, or a history (-: stdin)")
        .required();
    std::vector<std::string> names;
    for (HistoryModelKind const* model : Registry<HistoryModelKind>::all())
        names.emplace_back(model->name);
    Argument const model = verb.takes(
        "--model", flags->model, fmt::format("what the history is of: {}", fmt::join(names, ", ")));
    verb.flag("--json", flags->json, "print the judgement as JSON").needs(model);
    verb.takes("--within", flags->within, "how long it may take, else unknown (60s)").needs(model);
    verb.takes("--memory", flags->memory, "what a search may remember, else unknown (1GiB)")
        .needs(model);
    add_model_options(verb, model, flags);
    verb.does(
        [flags] { return flags->model.empty() ? check(flags->path) : check_history(*flags); });
}

}  // namespace interregnum
