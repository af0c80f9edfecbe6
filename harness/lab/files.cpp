// SPDX-License-Identifier: MIT
#include "harness/lab/files.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace interregnum {

std::unexpected<Error> fail_errno(std::string text) {
    auto const kind = errno == ENOENT ? Error::Kind::not_found : Error::Kind::failed;
    return fail(kind, text + ": " + std::strerror(errno));
}

Result<std::string> read_file(std::string const& path) {
    // Not a stream: those throw when a read fails, as reads under /proc do when a process ends.
    int const fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail_errno("cannot read " + path);
    std::string text;
    std::array<char, 16384> chunk{};
    ssize_t got{};
    while ((got = read(fd, chunk.data(), chunk.size())) != 0) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) break;
        text.append(chunk.data(), static_cast<std::size_t>(got));
    }
    int const error = errno;
    close(fd);
    errno = error;
    if (got < 0) return fail_errno("cannot read " + path);
    return text;
}

Status write_file(std::string const& path, std::string_view text, mode_t mode) {
    std::string const next = path + ".new";
    int const fd = open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return fail_errno("cannot write " + path);
    bool good = true;
    while (good && !text.empty()) {
        ssize_t const put = write(fd, text.data(), text.size());
        if (put > 0) text.remove_prefix(static_cast<std::size_t>(put));
        good = put > 0 || errno == EINTR;
    }
    good = good && fchmod(fd, mode) == 0;
    good = close(fd) == 0 && good;
    good = good && std::rename(next.c_str(), path.c_str()) == 0;
    if (!good) return fail_errno("cannot write " + path);
    return {};
}

Status make_folder(std::string const& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return fail(Error::Kind::failed, "cannot make " + path + ": " + error.message());
    return {};
}

Status remove_files(std::vector<std::string> const& paths) {
    for (std::string const& path : paths)
        if (unlink(path.c_str()) != 0 && errno != ENOENT)
            return fail_errno("cannot remove " + path);
    return {};
}

}  // namespace interregnum
