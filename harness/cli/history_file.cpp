// SPDX-License-Identifier: MIT
#include "harness/cli/history_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace interregnum {
namespace {

constexpr std::size_t pipe_limit = std::size_t{4} << 30U;

class FileSource final : public HistorySource {
public:
    FileSource(std::string name, int descriptor, std::uint64_t size)
        : name_(std::move(name)), descriptor_(descriptor), size_(size) {}
    FileSource(FileSource const&) = delete;
    FileSource& operator=(FileSource const&) = delete;
    ~FileSource() override { ::close(descriptor_); }

    [[nodiscard]] std::string const& name() const override { return name_; }
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                              std::span<char> to) const override {
        std::size_t done = 0;
        while (done < to.size()) {
            ssize_t const count = ::pread(descriptor_, to.data() + done, to.size() - done,
                                          static_cast<off_t>(offset + done));
            if (count == 0) break;
            if (count > 0)
                done += static_cast<std::size_t>(count);
            else if (errno != EINTR)
                return fail(Error::Kind::failed,
                            fmt::format("cannot read: {}", std::strerror(errno)));
        }
        return done;
    }

private:
    std::string name_;
    int descriptor_;
    std::uint64_t size_;
};

class MemorySource final : public HistorySource {
public:
    MemorySource(std::string name, std::string text)
        : name_(std::move(name)), text_(std::move(text)) {}
    [[nodiscard]] std::string const& name() const override { return name_; }
    [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                              std::span<char> to) const override {
        if (offset >= text_.size()) return 0;
        return text_.copy(to.data(), to.size(), offset);
    }

private:
    std::string name_;
    std::string text_;
};

Result<std::string> read_all(std::string const& name, int descriptor) {
    constexpr std::size_t step = std::size_t{1} << 20U;
    std::string text;
    for (;;) {
        std::size_t const before = text.size();
        if (before > pipe_limit)
            return fail(Error::Kind::invalid,
                        name + ": more than 4 GiB through a pipe: give a file");
        text.resize(before + step);
        ssize_t const count = ::read(descriptor, text.data() + before, step);
        text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count == 0) return text;
        if (count < 0 && errno != EINTR)
            return fail(Error::Kind::failed,
                        fmt::format("cannot read {}: {}", name, std::strerror(errno)));
    }
}

}  // namespace

Result<std::unique_ptr<HistorySource>> open_history(std::string const& path) {
    bool const standard_input = path == "-";
    std::string const name = standard_input ? "standard input" : path;
    int const descriptor =
        standard_input ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat about{};
    if (descriptor < 0 || ::fstat(descriptor, &about) != 0) {
        int const reason = errno;
        if (descriptor >= 0) ::close(descriptor);
        return fail(reason == ENOENT ? Error::Kind::not_found : Error::Kind::refused,
                    fmt::format("cannot open {}: {}", name, std::strerror(reason)));
    }
    if (S_ISREG(about.st_mode))
        return std::make_unique<FileSource>(name, descriptor,
                                            static_cast<std::uint64_t>(about.st_size));
    if (S_ISDIR(about.st_mode)) {
        ::close(descriptor);
        return fail(Error::Kind::invalid,
                    name + " is a folder: a history is one file of JSON lines");
    }
    auto text = read_all(name, descriptor);
    ::close(descriptor);
    if (!text) return std::unexpected(text.error());
    return std::make_unique<MemorySource>(name, *std::move(text));
}

}  // namespace interregnum
