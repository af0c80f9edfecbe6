// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/object_reader.h"
#include "harness/scenario/scenario.h"

/// How the text of a scenario becomes one document: what it extends, and its parameters. Private
/// to harness/scenario.
namespace interregnum::reading {

inline constexpr std::string_view extends_key = "extends";
inline constexpr std::string_view parameters_key = "parameters";

/// What of one document comes from which file. Mistakes know a line only; so the values of each
/// further file get lines far beyond those that a file can have, until the mistakes are told.
class SourceFiles {
public:
    explicit SourceFiles(std::string file) : files_{std::move(file)} {}

    /// Another file, with all values of it.
    void add(std::string file, Value& document);
    [[nodiscard]] std::vector<std::string> const& files() const { return files_; }
    /// The files and what comes next: "mine.json -> theirs.json -> ...". For messages: `next` must
    /// not drive a terminal.
    [[nodiscard]] std::string chain(std::string_view next) const;
    /// Whether this place is in a file that was added.
    [[nodiscard]] static bool is_added(Place place);
    /// Gives each mistake its file and its line there.
    void settle(Mistakes& mistakes) const;

private:
    std::vector<std::string> files_;
};

/// The document: the text, merged over what it extends. Nothing, with a mistake added, when a
/// file of the chain cannot be had or read.
[[nodiscard]] std::optional<Value> read_document(BaseFile const& file, BaseLoader const& base_of,
                                                 SourceFiles& sources, Mistakes& mistakes);

/// Puts each value of `parameters` where a text is "$NAME". Adds mistakes for parameters that are
/// unknown, or unused, or no single value.
void put_in_parameters(Value& root, FileMistakes& mistakes);

/// `tags`: a few short words.
[[nodiscard]] std::vector<std::string> read_tags(ObjectReader& top);
/// Whether a text can be a tag.
[[nodiscard]] bool is_tag(std::string_view text);

}  // namespace interregnum::reading
