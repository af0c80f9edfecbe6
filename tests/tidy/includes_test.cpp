// SPDX-License-Identifier: MIT
// Each file includes what it names. Where tests are built, the common headers are precompiled: a
// forgotten `#include <vector>` compiles there, and only who builds a release stumbles over it. So
// it is found here, by reading. What counts is all that a file comes by, through the project's
// headers too: what is found would not compile without the precompiled ones, or by mere chance.
#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/tidy/sources.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

/// Names, and the headers one of which a file that has such a name must come by. A name stands for
/// what is inside it too ("std::chrono"), unless that has a row of its own; one that ends in an
/// underscore for all that begin with it.
struct Row {
    std::string_view names;
    std::string_view headers;
};

/// What the precompiled headers (`common_headers` in CMakeLists.txt, and gtest's) bring, themselves
/// or by what they include. Not here is what <string> brings along everywhere: std::size_t, errno,
/// std::printf, std::getenv, std::back_inserter, std::next. Where several headers of libstdc++ 12
/// have a name, and files count on that, all of them are named.
constexpr auto table = std::to_array<Row>({
    {"std::all_of std::any_of std::clamp std::count std::fill_n std::find", "algorithm"},
    {"std::max std::max_element std::min std::minmax std::none_of std::ranges", "algorithm"},
    {"std::find_if std::rotate std::sort", "algorithm"},
    {"std::array std::to_array", "array"},
    {"std::atomic", "atomic"},
    {"std::bit_cast std::bit_ceil std::bit_width std::countr_zero std::popcount", "bit"},
    {"std::from_chars std::to_chars", "charconv"},
    {"std::chrono std::chrono_literals", "chrono"},
    {"std::ceil std::erfc std::exp std::floor std::isfinite std::isinf std::lgamma", "cmath"},
    {"std::llround std::log std::log10 std::lround std::pow std::sqrt", "cmath"},
    {"std::abs", "cmath cstdlib"},
    {"std::condition_variable std::condition_variable_any", "condition_variable"},
    {"std::int8_t std::int16_t std::int32_t std::int64_t std::intmax_t", "cstdint"},
    {"std::uint8_t std::uint16_t std::uint32_t std::uint64_t std::uintmax_t", "cstdint"},
    {"std::memcmp std::memcpy std::memset std::strerror std::strlen", "cstring"},
    {"std::filesystem", "filesystem"},
    {"std::function std::hash std::ranges::greater std::ranges::less", "functional"},
    {"std::cref std::ref", "functional thread"},
    {"std::greater std::less std::plus", "functional map set string"},
    {"std::cerr std::cin std::cout", "iostream"},
    {"std::numeric_limits", "limits"},
    {"std::map std::multimap", "map"},
    {"std::make_shared std::make_unique std::shared_ptr std::unique_ptr std::weak_ptr", "memory"},
    {"std::call_once std::lock_guard std::mutex std::once_flag", "mutex"},
    {"std::scoped_lock std::unique_lock", "mutex"},
    {"std::nullopt std::optional", "optional"},
    {"std::binary_semaphore std::counting_semaphore", "semaphore"},
    {"std::multiset std::set", "set"},
    {"std::span", "span"},
    {"std::istringstream std::ostringstream std::stringstream", "sstream"},
    {"std::logic_error std::runtime_error", "stdexcept"},
    {"std::stop_callback std::stop_source std::stop_token", "stop_token"},
    {"std::stoi std::stoll std::string std::to_string", "string"},
    {"std::string_view std::string_view_literals", "string_view"},
    {"std::errc", "charconv system_error"},
    {"std::error_code", "boost/process.hpp filesystem system_error"},
    {"std::jthread std::this_thread std::thread", "thread"},
    {"std::tie std::tuple", "tuple"},
    {"std::unordered_map", "unordered_map"},
    {"std::exchange std::forward std::in_range std::pair std::swap", "utility"},
    {"std::get", "array tuple utility variant"},
    {"std::move", "string utility vector"},
    {"std::get_if std::holds_alternative std::monostate", "variant"},
    {"std::variant std::variant_size_v std::visit", "variant"},
    {"std::vector", "vector"},
    {"fmt", "fmt/format.h fmt/ranges.h"},
    {"ADD_FAILURE ASSERT_ EXPECT_ FAIL GTEST_ INSTANTIATE_TEST_SUITE_P", "gtest/gtest.h"},
    {"SUCCEED TEST TEST_F TEST_P testing", "gtest/gtest.h"},
});

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    std::istringstream stream{std::string(text)};
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

/// One of these headers is needed for `name`; null where the table has no such name.
std::vector<std::string> const* accepted(std::string_view name) {
    using Rows = std::map<std::string, std::vector<std::string>, std::less<>>;
    static Rows const rows = [] {
        Rows made;
        for (Row const& row : table)
            for (std::string const& known : split(row.names)) made[known] = split(row.headers);
        return made;
    }();
    for (std::string_view part = name; !part.empty();) {
        if (auto const row = rows.find(part); row != rows.end()) return &row->second;
        std::size_t const colons = part.rfind("::");
        part = colons == std::string_view::npos ? std::string_view{} : part.substr(0, colons);
    }
    auto const row = rows.find(name.substr(0, name.find('_') + 1));
    return row == rows.end() ? nullptr : &row->second;
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool in_word(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' ||
           is_digit(letter);
}

/// Where the word or number that begins at `at` ends: 1'000 is one.
std::size_t word_end(std::string_view text, std::size_t at) {
    bool const number = is_digit(text[at]);
    for (++at; at < text.size(); ++at) {
        bool const mark = number && text[at] == '\'' && at + 1 < text.size();
        if (!in_word(text[at]) && !(mark && in_word(text[at + 1]))) break;
    }
    return at;
}

/// Where `closing` ends, looked for from `at` on.
std::size_t past(std::string_view text, std::string_view closing, std::size_t at) {
    std::size_t const found = text.find(closing, at);
    return found == std::string_view::npos ? text.size() : found + closing.size();
}

/// Where the string or letter ends whose opening mark is at `at`.
std::size_t literal_end(std::string_view text, std::size_t at) {
    char const mark = text[at];
    for (++at; at < text.size() && text[at] != mark && text[at] != '\n'; ++at)
        if (text[at] == '\\') ++at;
    return at + 1;
}

std::size_t raw_end(std::string_view text, std::size_t at) {
    std::size_t const open = std::min(text.find('(', at), text.size());
    std::string closing(")");
    closing.append(text.substr(at + 1, open - at - 1)).push_back('"');
    return past(text, closing, open);
}

/// The text with spaces for its comments and literals: lines keep their numbers, includes stay.
std::string code(std::string_view text) {
    std::string kept(text);
    std::size_t at = 0;
    auto const blank_to = [&](std::size_t end) {
        for (; at < std::min(end, text.size()); ++at)
            if (text[at] != '\n') kept[at] = ' ';
    };
    while (at < text.size()) {
        std::string_view const rest = text.substr(at);
        if (in_word(rest[0])) {
            std::string_view const word = rest.substr(0, word_end(rest, 0));
            at += word.size();
            bool const raw = word == "R" || word == "u8R" || word == "uR" || word == "LR";
            if (raw && rest.substr(word.size()).starts_with('"')) blank_to(raw_end(text, at));
        } else if (rest.starts_with("#include ")) {
            at = past(text, "\n", at);
        } else if (rest.starts_with("//")) {
            blank_to(text.find('\n', at));
        } else if (rest.starts_with("/*")) {
            blank_to(past(text, "*/", at + 2));
        } else if (rest[0] == '"' || rest[0] == '\'') {
            blank_to(literal_end(text, at));
        } else {
            ++at;
        }
    }
    return kept;
}

/// What a file says: which it includes, and where it has a name ("std::ranges::sort") first.
struct Words {
    std::vector<std::string> headers;  ///< in angle brackets
    std::vector<std::string> files;    ///< in quotes
    std::map<std::string, std::size_t> names;
};

Words words_of(std::string_view text) {
    Words words;
    std::istringstream lines(code(text));
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (line.starts_with("#include ")) {
            std::size_t const open = line.find_first_of("<\"");
            std::size_t const close = line.find_first_of(">\"", open + 1);
            if (open == std::string::npos || close == std::string::npos) continue;
            auto& kind = line[open] == '<' ? words.headers : words.files;
            kind.push_back(line.substr(open + 1, close - open - 1));
            continue;
        }
        std::string_view rest = line;
        while (!rest.empty()) {
            if (!in_word(rest[0])) {
                rest.remove_prefix(1);
                continue;
            }
            std::size_t end = word_end(rest, 0);
            while (rest.substr(end).starts_with("::") && end + 2 < rest.size() &&
                   in_word(rest[end + 2]))
                end = word_end(rest, end + 2);
            words.names.try_emplace(std::string(rest.substr(0, end)), number);
            rest.remove_prefix(end);
        }
    }
    return words;
}

using Texts = std::map<std::string, std::string>;  ///< of files, by their paths from the root

/// The headers in angle brackets that `path` comes by, through other files of ours as well.
std::set<std::string> reached(std::string const& path, std::map<std::string, Words> const& files) {
    std::set<std::string> headers;
    std::set<std::string> seen{path};
    std::vector<std::string> open{path};
    while (!open.empty()) {
        std::string const at = open.back();
        open.pop_back();
        auto const words = files.find(at);
        if (words == files.end()) continue;
        headers.insert(words->second.headers.begin(), words->second.headers.end());
        for (std::string const& target : words->second.files) {
            std::string next = target;
            if (!files.contains(target))
                next = (fs::path(at).parent_path() / target).lexically_normal().string();
            if (seen.insert(next).second) open.push_back(std::move(next));
        }
    }
    return headers;
}

/// A line for each name of each file that comes by none of its headers.
std::vector<std::string> forgotten(Texts const& texts) {
    std::map<std::string, Words> files;
    for (auto const& [path, text] : texts) files.emplace(path, words_of(text));
    std::vector<std::string> found;
    for (auto const& [path, words] : files) {
        std::set<std::string> const headers = reached(path, files);
        for (auto const& [name, line] : words.names) {
            auto const* const wanted = accepted(name);
            if (wanted == nullptr) continue;
            bool const there = std::ranges::any_of(
                *wanted, [&](std::string const& header) { return headers.contains(header); });
            if (there) continue;
            std::string message = path + ":" + std::to_string(line) + ": " + name + " wants";
            for (std::string const& header : *wanted) message.append(" <" + header + ">");
            found.push_back(std::move(message));
        }
    }
    return found;
}

TEST(Includes, AreWhatEachFileNames) {
    Texts texts;
    for (Source const& source : sources()) {
        std::string& text = texts[source.path];
        for (std::string const& line : source.lines) text.append(line).push_back('\n');
    }
    ASSERT_GT(texts.size(), 50U);
    for (std::string const& wrong : forgotten(texts)) ADD_FAILURE() << wrong;
}

TEST(Includes, TableHasEveryPrecompiledHeader) {
    std::set<std::string> known;
    for (Row const& row : table)
        for (std::string const& header : split(row.headers)) known.insert(header);
    std::ifstream file(fs::path(SOURCE_DIR) / "CMakeLists.txt");
    std::string word;
    while (file >> word && word != "set(common_headers") continue;
    std::size_t count = 0;
    for (; file >> word && word.starts_with('<'); ++count)
        EXPECT_TRUE(known.contains(word.substr(1, word.find('>') - 1))) << word;
    EXPECT_GE(count, 20U);
}

using Lines = std::vector<std::string>;

TEST(Includes, OneThatIsMissingIsFound) {
    EXPECT_EQ(forgotten({{"harness/a.cpp", "#include <string>\nstd::vector<std::string> all;\n"}}),
              Lines{"harness/a.cpp:2: std::vector wants <vector>"});
    EXPECT_EQ(forgotten({{"harness/a.cpp", "#include <vector>\nstd::vector<int> all;\n"}}),
              Lines{});
    EXPECT_EQ(forgotten({{"harness/a.cpp", "// #include <span>\nstd::span<int> all;\n"}}),
              Lines{"harness/a.cpp:2: std::span wants <span>"});
    EXPECT_EQ(
        forgotten({{"tests/a.cpp", "TEST(A, B) { EXPECT_EQ(1, ::testing::kMax); }\n"}}).size(), 3U);
}

TEST(Includes, NamesAreTakenWhole) {
    std::string const text =
        "#include <functional>\n#include <string_view>\n"
        "std::string_view a; std::ranges::greater b; my_std::vector c; std::vectors d; EXPECT e;\n";
    EXPECT_EQ(forgotten({{"harness/a.cpp", text}}), Lines{});
    EXPECT_EQ(forgotten({{"harness/a.cpp", text + "auto f = std::string::npos;\n"}}),
              Lines{"harness/a.cpp:4: std::string::npos wants <string>"});
    EXPECT_EQ(forgotten({{"harness/a.cpp", text + "auto f = std::ranges::sort;\n"}}),
              Lines{"harness/a.cpp:4: std::ranges::sort wants <algorithm>"});
}

TEST(Includes, CountThroughFilesOfOurs) {
    Texts texts;
    texts["harness/a.cpp"] = R"(#include "harness/b.h"
std::vector<int> all;
)";
    texts["harness/b.h"] = R"(#include "base/c.h"
std::vector<int> own;
)";
    texts["harness/base/c.h"] = "#include <vector>\n";
    EXPECT_EQ(forgotten(texts), Lines{});
    // Who includes a header does not help it.
    texts["harness/base/c.h"] = "std::vector<int> all;\n";
    texts["harness/a.cpp"].insert(0, "#include <vector>\n");
    EXPECT_EQ(forgotten(texts).size(), 2U);
}

TEST(Includes, CommentsAndLiteralsNameNothing) {
    std::string const text = R"text(// std::vector, "
/* std::vector '
   std::vector */ int a = 1'000'000;  // the marks of a number open nothing: std::vector
char b = '"', c = '\'', d = '\\'; char const* e = "\\"; char const* f = "\" std::vector // \\";
char const* g = R"(std::vector " std::vector
#include <vector>
std::vector)"; char const* h = u8R"x(std::vector )" std::vector)x"; char const* i = "/*";
)text";
    EXPECT_EQ(forgotten({{"tests/a.cpp", text}}), Lines{});
    EXPECT_EQ(forgotten({{"tests/a.cpp", text + "std::vector<int> j;\n"}}),
              Lines{"tests/a.cpp:8: std::vector wants <vector>"});
}

}  // namespace
}  // namespace interregnum
