// SPDX-License-Identifier: MIT
#include "harness/base/text_file.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace interregnum {

Result<std::string> read_text_file(std::string const& path, std::size_t limit) {
    std::error_code problem;
    auto const status = std::filesystem::status(path, problem);
    if (status.type() == std::filesystem::file_type::not_found)
        return fail(Error::Kind::not_found, fmt::format("{}: there is no such file", path));
    if (problem)
        return fail(Error::Kind::failed,
                    fmt::format("{}: cannot be read: {}", path, problem.message()));
    // A pipe or a device could block for ever or never end.
    if (!std::filesystem::is_regular_file(status))
        return fail(Error::Kind::invalid, fmt::format("{}: not a regular file", path));
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return fail(Error::Kind::failed,
                    fmt::format("{}: cannot be opened; may this user read it?", path));
    std::string text(limit + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return fail(Error::Kind::failed, fmt::format("{}: reading failed", path));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > limit)
        return fail(Error::Kind::invalid,
                    fmt::format("{}: larger than {} bytes, the limit here", path, limit));
    return text;
}

}  // namespace interregnum
