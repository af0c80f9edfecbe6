// SPDX-License-Identifier: MIT
#include "harness/cli/outputs.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/log.h"

namespace interregnum {
namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

/// A new name is on the disk when the folder it is in is.
bool sync_folder_of(std::string const& path) {
    std::string const folder = std::filesystem::absolute(path).parent_path().string();
    int const fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    bool const synced = ::fsync(fd) == 0;
    ::close(fd);
    return synced;
}

Status write_by_draft(std::string const& path, std::string_view content, bool durably) {
    std::string const draft = path + ".new";
    std::unique_ptr<std::FILE, CloseFile> file(std::fopen(draft.c_str(), "wbe"));
    bool const written =
        file != nullptr &&
        std::fwrite(content.data(), 1, content.size(), file.get()) == content.size() &&
        std::fflush(file.get()) == 0 && (!durably || ::fsync(::fileno(file.get())) == 0);
    if (!written || std::rename(draft.c_str(), path.c_str()) != 0 ||
        (durably && !sync_folder_of(path)))
        return fail(Error::Kind::failed,
                    fmt::format("cannot write {}: {}", path, std::strerror(errno)));
    return {};
}

}  // namespace

Status show(std::string_view text) {
    // Not by fmt, which throws where it cannot: the verdict would go with it.
    bool const all = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if ((all && std::fflush(stdout) == 0) || errno == EPIPE) return {};
    return fail(Error::Kind::failed,
                fmt::format("cannot write to standard output: {}", std::strerror(errno)));
}

void complain(std::string_view message) {
    std::string const line = fmt::format("interregnum: {}\n", message);
    std::fputs(line.c_str(), stderr);
}

Status write_file(std::string const& path, std::string_view content) {
    return write_by_draft(path, content, false);
}

Status write_file_durably(std::string const& path, std::string_view content) {
    return write_by_draft(path, content, true);
}

Judgement judge(record::Record const& record, std::string folder) {
    JudgeKind const* const kind = Registry<JudgeKind>::find("default");
    if (kind == nullptr) {
        std::fputs("interregnum: built without a judge\n", stderr);
        std::abort();
    }
    Judgement judgement = kind->judge(record);
    judgement.folder = std::move(folder);
    return judgement;
}

std::string render(std::string_view format, record::Record const& record,
                   Judgement const& judgement) {
    FormatKind const* const kind = Registry<FormatKind>::find(format);
    return kind == nullptr ? std::string() : kind->render(record, judgement);
}

Status write_reports(std::string const& run_folder, record::Record const& record,
                     Judgement const& judgement) {
    for (FormatKind const* format : Registry<FormatKind>::all()) {
        if (format->file.empty()) continue;
        std::string const path = run_folder + '/' + std::string(format->file);
        if (Status const done = write_file(path, format->render(record, judgement)); !done)
            return done;
    }
    return {};
}

void add_to_step_summary(std::string const& markdown) {
    char const* const path = std::getenv("GITHUB_STEP_SUMMARY");
    if (path == nullptr || *path == '\0') return;
    std::ofstream file(path, std::ios::app | std::ios::binary);
    file << markdown << '\n';
    file.close();
    if (!file) log::warn("report.step_summary", std::string("cannot append to ") + path);
}

ExitCode exit_code_of(Judgement const& judgement) {
    if (judgement.not_undone) return ExitCode::not_undone;
    if (judgement.verdict == Verdict::fail) return ExitCode::fail;
    if (judgement.interrupted) return ExitCode::interrupted;
    switch (judgement.verdict) {
        case Verdict::pass:
            return ExitCode::pass;
        case Verdict::inconclusive:
            return ExitCode::inconclusive;
        case Verdict::fail:
        case Verdict::aborted:
            return ExitCode::fail;
        case Verdict::error:
            break;
    }
    return ExitCode::harness_error;
}

ExitCode code_without_reports(Judgement const& judgement) {
    ExitCode const due = exit_code_of(judgement);
    bool const heavier = due == ExitCode::not_undone || due == ExitCode::fail;
    return heavier ? due : ExitCode::harness_error;
}

}  // namespace interregnum
