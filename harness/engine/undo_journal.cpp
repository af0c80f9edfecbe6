// SPDX-License-Identifier: MIT
#include "harness/engine/undo_journal.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/types.h>
#include <unistd.h>

namespace interregnum {

namespace {

using Json = nlohmann::json;

std::string because() { return std::strerror(errno); }

Json to_json(FaultCommand const& command) {
    return {{"node", command.node},
            {"argv", command.argv},
            {"input", command.input},
            {"timeout_ns", command.timeout.count()},
            {"ends_session", command.ends_session}};
}

FaultCommand command_from(Json const& json) {
    return {.node = json.at("node").get<std::string>(),
            .argv = json.at("argv").get<std::vector<std::string>>(),
            .input = json.value("input", std::string()),
            .timeout = Duration(json.at("timeout_ns").get<std::int64_t>()),
            .ends_session = json.at("ends_session").get<bool>()};
}

Promise promise_from(Json const& json) {
    Promise promise{.fault_id = json.at("fault").get<std::string>(),
                    .kind = json.at("kind").get<std::string>(),
                    .targets = json.at("targets").get<std::vector<std::string>>(),
                    .undo = {},
                    .summary = json.at("summary").get<std::string>()};
    for (Json const& command : json.at("undo")) promise.undo.push_back(command_from(command));
    return promise;
}

/// A new file is only there after a crash when its folder was synced too.
Status sync_folder(std::string const& path) {
    auto const folder = std::filesystem::absolute(path).parent_path();
    int const fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail(Error::Kind::failed, folder.string() + ": " + because());
    int const done = ::fsync(fd);
    ::close(fd);
    if (done != 0) return fail(Error::Kind::failed, "fsync " + folder.string() + ": " + because());
    return {};
}

/// Takes a last line away that a crash cut off: the next one would be appended to it, and neither
/// could be read.
bool drop_unfinished_line(int fd) {
    off_t const size = ::lseek(fd, 0, SEEK_END);
    if (size < 0) return false;
    off_t end = size;
    for (char last = '\0'; end > 0; --end) {
        if (::pread(fd, &last, 1, end - 1) != 1) return false;
        if (last == '\n') break;
    }
    return end == size || ::ftruncate(fd, end) == 0;
}

}  // namespace

Result<UndoJournal> UndoJournal::open(std::string const& path) {
    int const fd = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(Error::Kind::failed, fmt::format("cannot open {}: {}", path, because()));
    UndoJournal journal(fd, path);
    if (!drop_unfinished_line(fd))
        return fail(Error::Kind::failed, fmt::format("cannot mend {}: {}", path, because()));
    if (auto synced = sync_folder(path); !synced) return std::unexpected(synced.error());
    return journal;
}

UndoJournal::UndoJournal(UndoJournal&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

UndoJournal::~UndoJournal() {
    if (fd_ >= 0) ::close(fd_);
}

Status UndoJournal::append(std::string line) {
    line += '\n';
    off_t const end = ::lseek(fd_, 0, SEEK_END);
    errno = 0;
    ssize_t const written = ::write(fd_, line.data(), line.size());
    if (written == static_cast<ssize_t>(line.size()) && ::fsync(fd_) == 0) return {};
    std::string const why = errno != 0 ? because() : "no space is left for it";
    // What counts as not written must not be there, nor the half of it before the next line.
    if (end >= 0 && ::ftruncate(fd_, end) == 0) static_cast<void>(::fsync(fd_));
    return fail(Error::Kind::failed, fmt::format("cannot write {}: {}", path_, why));
}

Status UndoJournal::promise(Promise const& promise) {
    Json json{{"promise", true},
              {"fault", promise.fault_id},
              {"kind", promise.kind},
              {"targets", promise.targets},
              {"summary", promise.summary},
              {"undo", Json::array()}};
    for (FaultCommand const& command : promise.undo) json["undo"].push_back(to_json(command));
    return append(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Status UndoJournal::kept(std::string const& fault_id) {
    return append(Json{{"promise", false}, {"fault", fault_id}}.dump());
}

Result<std::vector<Promise>> parse_journal(std::string_view text) {
    std::vector<Promise> open;
    int line_number = 0;
    while (!text.empty()) {
        std::size_t const end = text.find('\n');
        if (end == std::string_view::npos) break;  // cut off by a crash
        std::string_view const line = text.substr(0, end);
        text.remove_prefix(end + 1);
        ++line_number;
        try {
            Json const json = Json::parse(line);
            if (json.at("promise").get<bool>()) {
                open.push_back(promise_from(json));
            } else {
                std::erase_if(open, [&](Promise const& promise) {
                    return promise.fault_id == json.at("fault").get<std::string>();
                });
            }
        } catch (Json::exception const& error) {
            return fail(Error::Kind::protocol, fmt::format("line {} is not of an undo journal: {}",
                                                           line_number, error.what()));
        }
    }
    return open;
}

Result<std::vector<Promise>> open_promises(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(Error::Kind::not_found, "cannot read " + path);
    std::ostringstream text;
    text << file.rdbuf();
    auto promises = parse_journal(text.str());
    if (!promises) return fail_in(path, promises.error());
    return promises;
}

}  // namespace interregnum
