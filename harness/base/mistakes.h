// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interregnum {

/// A place in a file. Line 0: not in the file but on the command line (`--set a.b=c`).
struct Place {
    int line{};    ///< from 1
    int column{};  ///< from 1, in bytes
    friend bool operator==(Place const&, Place const&) = default;
};

/// One thing wrong in a file that a person wrote.
struct Mistake {
    std::string file;
    int line{};           ///< from 1; 0 when it is not of a place (a command-line override)
    int column{};         ///< from 1, in bytes
    std::string path;     ///< JSON path: "steps[0].target"
    std::string message;  ///< what was expected, what came, the nearest valid name

    /// "kill.json:3:18: steps[0].targte: unknown key (did you mean "target"?)"
    [[nodiscard]] std::string text() const;
};

/// All of them, so that a user mends a file in one go.
struct Mistakes {
    std::vector<Mistake> all;
    [[nodiscard]] bool empty() const { return all.empty(); }
    /// One a line, in file order; those of no place last.
    [[nodiscard]] std::string text() const;
};

/// Adds mistakes of one file. A place with line 0 is told as of the command line.
class FileMistakes {
public:
    FileMistakes(std::string file, Mistakes& all) : file_(std::move(file)), all_(&all) {}
    void add(Place place, std::string path, std::string message);
    /// A mistake of the whole file: "kill.json: larger than 1 MiB".
    void add_whole(std::string message);
    [[nodiscard]] std::size_t count() const { return all_->all.size(); }

private:
    std::string file_;
    Mistakes* all_;
};

/// In double quotes, for messages: control characters escaped (a file must not be able to drive
/// the terminal that shows its mistakes), long texts cut.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// `one of "a", "b"`, for messages.
[[nodiscard]] std::string one_of_text(std::vector<std::string> const& names);

}  // namespace interregnum
