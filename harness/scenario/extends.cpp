// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/text_file.h"
#include "harness/scenario/document.h"

namespace interregnum {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_limit = 1U << 20U;
// More than a file of `file_limit` bytes can have.
constexpr int lines_of_a_file = 1 << 21;
// Who reads a scenario must be able to follow it.
constexpr std::size_t most_bases = 4;

void move_places(Value& value, int lines) {
    value.at.line += lines;
    for (Value& item : value.items) move_places(item, lines);
    for (Member& member : value.members) {
        member.at.line += lines;
        move_places(member.value, lines);
    }
}

Value* find(Value& object, std::string_view key) {
    auto const found = std::ranges::find(object.members, key, &Member::key);
    return found == object.members.end() ? nullptr : &found->value;
}

/// Lays an object over another one: objects key by key, null removes, all else replaces.
void lay_over(Value& below, Value above, std::string const& path, FileMistakes& mistakes) {
    below.at = above.at;
    for (Member& member : above.members) {
        Value* const under = find(below, member.key);
        if (member.value.kind == Value::Kind::null) {
            if (under == nullptr)
                mistakes.add(member.value.at, join_path(path, member.key),
                             "null removes what the extended file has, and it has no such key");
            std::erase_if(below.members, [&](Member const& one) { return one.key == member.key; });
        } else if (under == nullptr) {
            below.members.push_back(std::move(member));
        } else if (under->kind == Value::Kind::object && member.value.kind == Value::Kind::object) {
            lay_over(*under, std::move(member.value), join_path(path, member.key), mistakes);
        } else {
            *under = std::move(member.value);
        }
    }
}

/// The text of `extends`, taken out of the document.
std::optional<std::string> take_extends(Value& document, Place& at, FileMistakes& mistakes) {
    Value const* const given = document.find(reading::extends_key);
    if (given == nullptr) return std::nullopt;
    at = given->at;
    auto name = read_text(*given, std::string(reading::extends_key), mistakes);
    std::erase_if(document.members,
                  [](Member const& one) { return one.key == reading::extends_key; });
    return name;
}

bool same_file(std::string const& left, std::string const& right) {
    return fs::path(left).lexically_normal() == fs::path(right).lexically_normal();
}

}  // namespace

Result<BaseFile> load_base(std::string const& name, std::string const& from) {
    auto file = find_scenario_from(fs::path(from).parent_path().string(), name);
    if (!file) return std::unexpected(file.error());
    auto text = read_text_file(*file, file_limit);
    if (!text) return std::unexpected(text.error());
    return BaseFile{.file = std::move(*file), .text = std::move(*text)};
}

namespace reading {

void SourceFiles::add(std::string file, Value& document) {
    move_places(document, lines_of_a_file * static_cast<int>(files_.size()));
    files_.push_back(std::move(file));
}

std::string SourceFiles::chain(std::string_view next) const {
    return fmt::format("{} -> {}", fmt::join(files_, " -> "), next);
}

bool SourceFiles::is_added(Place place) { return place.line >= lines_of_a_file; }

void SourceFiles::settle(Mistakes& mistakes) const {
    for (Mistake& mistake : mistakes.all) {
        if (mistake.line < lines_of_a_file) continue;
        mistake.file = files_.at(static_cast<std::size_t>(mistake.line / lines_of_a_file));
        mistake.line %= lines_of_a_file;
    }
}

std::optional<Value> read_document(BaseFile const& file, BaseLoader const& base_of,
                                   SourceFiles& sources, Mistakes& mistakes) {
    FileMistakes of_file(file.file, mistakes);
    auto root = parse_json(file.text, of_file, {.bytes = file_limit});
    if (!root || root->kind != Value::Kind::object) return root;
    std::vector<Value> documents;
    documents.push_back(std::move(*root));
    Place at;
    while (auto const name = take_extends(documents.back(), at, of_file)) {
        auto const wrong = [&](std::string const& next, std::string_view what) {
            of_file.add(at, std::string(extends_key),
                        fmt::format("{}: {}", sources.chain(next), what));
            return std::nullopt;
        };
        if (documents.size() > most_bases)
            return wrong(in_quotes(*name),
                         fmt::format("at most {} files may be extended", most_bases));
        if (!base_of) return wrong(in_quotes(*name), "no other file is read here");
        auto const base = base_of(*name, sources.files().back());
        if (!base) return wrong(in_quotes(*name), base.error().message);
        for (std::string const& seen : sources.files())
            if (same_file(seen, base->file)) return wrong(base->file, "it extends itself");
        FileMistakes of_base(base->file, mistakes);
        auto document = parse_json(base->text, of_base, {.bytes = file_limit});
        if (!document) return std::nullopt;
        if (document->kind != Value::Kind::object)
            return wrong(base->file,
                         "expected an object in braces { } there, got " + show(*document));
        sources.add(base->file, *document);
        documents.push_back(std::move(*document));
    }
    while (documents.size() > 1) {
        Value above = std::move(documents[documents.size() - 2]);
        lay_over(documents.back(), std::move(above), "", of_file);
        documents.erase(documents.end() - 2);
    }
    return std::move(documents.front());
}

}  // namespace reading
}  // namespace interregnum
