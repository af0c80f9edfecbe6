// SPDX-License-Identifier: MIT
#include "harness/cluster/console_keys.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cluster/machines.h"
#include "harness/remote/base64.h"
#include "harness/remote/wire.h"

namespace interregnum {

namespace {

constexpr std::string_view begin_mark = "-----BEGIN SSH HOST KEY KEYS-----";
constexpr std::string_view end_mark = "-----END SSH HOST KEY KEYS-----";
constexpr std::string_view fingerprints_mark = "-----BEGIN SSH HOST KEY FINGERPRINTS-----";
constexpr std::size_t console_limit = 1U << 20U;
constexpr std::size_t shortest_rsa = 2048 / 8;

/// An elliptic curve's point, not compressed: a 4 and two coordinates.
struct Curve {
    std::string_view type;
    std::string_view name;
    std::size_t point;
};
constexpr std::array<Curve, 3> curves{
    {{.type = "ecdsa-sha2-nistp256", .name = "nistp256", .point = 65},
     {.type = "ecdsa-sha2-nistp384", .name = "nistp384", .point = 97},
     {.type = "ecdsa-sha2-nistp521", .name = "nistp521", .point = 133}}};

/// What is wrong with a key's bytes; "" when nothing is.
std::string_view wrong_with(std::string_view type, std::string_view blob) {
    WireReader reader(blob);
    if (reader.string() != std::optional(std::string(type)))
        return "its bytes are of another type than it says";
    // A byte more is not of the key.
    auto const whole = [&](bool good) -> std::string_view {
        return good && !reader.byte() ? "" : "it is not whole";
    };
    if (type == "ssh-ed25519") return whole(reader.string().value_or("").size() == 32);
    for (Curve const& curve : curves)
        if (type == curve.type) {
            bool const named = reader.string().value_or("") == curve.name;
            std::string const point = reader.string().value_or("");
            return whole(named && point.size() == curve.point && point.front() == 4);
        }
    bool const exponent = !reader.string().value_or("").empty();
    std::string modulus = reader.string().value_or("");
    if (modulus.starts_with('\0')) modulus.erase(0, 1);
    std::string_view const broken = whole(exponent && !modulus.empty());
    if (broken.empty() && modulus.size() < shortest_rsa)
        return "an RSA key of less than 2,048 bits is too weak to tell a host by";
    return broken;
}

bool is_known_type(std::string_view type) {
    return type == "ssh-ed25519" || type == "ssh-rsa" ||
           std::ranges::find(curves, type, &Curve::type) != curves.end();
}

std::string_view next_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    std::string_view const word = line.substr(0, line.find_first_of(" \t\r"));
    line.remove_prefix(word.size());
    return word;
}

/// "[   12.345678] " at the front of what the kernel says in between.
bool is_of_kernel(std::string_view line) {
    if (!line.starts_with('[')) return false;
    std::size_t const end = line.find(']');
    return end != std::string_view::npos && end > 2 &&
           line.substr(1, end - 1).find_first_not_of(" 0123456789.") == std::string_view::npos;
}

/// Without what syslog puts in front: "<14>Nov 23 03:10:44 ec2: ".
std::string_view without_prefix(std::string_view line) {
    constexpr std::string_view tag = "ec2: ";
    std::size_t const at = line.find(tag);
    return line.starts_with('<') && at != std::string_view::npos ? line.substr(at + tag.size())
                                                                 : line;
}

/// Lines of a text with their numbers.
class Lines {
public:
    explicit Lines(std::string_view text) : text_(text) {}
    std::optional<std::string_view> next() {
        if (text_.empty()) return std::nullopt;
        ++number_;
        std::size_t const end = text_.find('\n');
        std::string_view line = text_.substr(0, end);
        text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + 1);
        while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
        return without_prefix(line);
    }
    [[nodiscard]] int number() const { return number_; }

private:
    std::string_view text_;
    int number_{};
};

/// The keys of a block whose first mark was just read.
Result<std::vector<PublicHostKey>> read_block(Lines& lines) {
    std::vector<PublicHostKey> keys;
    while (auto const line = lines.next()) {
        if (*line == end_mark) {
            if (keys.empty())
                return fail(Error::Kind::invalid,
                            "there is no key between cloud-init's marks (of a kind that is used "
                            "here: ed25519, ecdsa, RSA)");
            return keys;
        }
        if (line->empty() || is_of_kernel(*line) || line->starts_with("ssh-dss ")) continue;
        auto key = parse_host_key(*line);
        if (!key) return fail_in(fmt::format("line {}", lines.number()), key.error());
        if (std::ranges::find(keys, key->type, &PublicHostKey::type) != keys.end())
            return fail(Error::Kind::invalid,
                        fmt::format("line {}: a second {} key: a host has one of each type",
                                    lines.number(), key->type));
        keys.push_back(std::move(*key));
    }
    return fail(
        Error::Kind::invalid,
        fmt::format("the console ends before {}: ask for it again (it holds the last 64 KiB "
                    "only, and is behind by minutes; `--latest` helps)",
                    end_mark));
}

Result<ConsoleKeys> console_of_json(std::string const& file, std::string_view document) {
    auto const value = read_json_document(file, document);
    if (!value) return std::unexpected(value.error());
    auto const text = [&](std::string_view key) {
        Value const* const found = value->find(key);
        return found != nullptr && found->kind == Value::Kind::string ? found->text : "";
    };
    ConsoleKeys console{.machine = text("InstanceId")};
    if (console.machine.empty())
        return fail(Error::Kind::invalid,
                    file +
                        ": expected what `aws ec2 get-console-output` prints, an object with "
                        "\"InstanceId\" and \"Output\"");
    std::string const where = fmt::format("{}: console of {}", file, in_quotes(console.machine));
    if (text("Output").empty())
        return fail(Error::Kind::invalid,
                    where +
                        " is empty yet: AWS shows it minutes after the boot (`--latest` "
                        "helps where the instance type has it)");
    auto keys = keys_of_console(text("Output"));
    if (!keys) return fail_in(where, keys.error());
    console.keys = std::move(*keys);
    return console;
}

}  // namespace

Result<PublicHostKey> parse_host_key(std::string_view line) {
    std::string_view rest = line;
    PublicHostKey key{.type = std::string(next_word(rest)), .base64 = std::string(next_word(rest))};
    if (!is_known_type(key.type))
        return fail(Error::Kind::invalid,
                    fmt::format("expected a public host key, such as \"ssh-ed25519 AAAA...\", got "
                                "{}",
                                in_quotes(line)));
    auto const blob = base64_decode(key.base64);
    if (!blob) return fail(Error::Kind::invalid, fmt::format("the {} key is no base64", key.type));
    if (std::string_view const wrong = wrong_with(key.type, *blob); !wrong.empty())
        return fail(Error::Kind::invalid, fmt::format("the {} key: {}", key.type, wrong));
    key.base64 = base64_encode(*blob);
    return key;
}

Result<std::vector<PublicHostKey>> keys_of_console(std::string_view text) {
    if (text.size() > console_limit)
        return fail(Error::Kind::invalid, "a console of more than 1 MiB");
    std::vector<PublicHostKey> found;
    bool fingerprints = false;
    Lines lines(text);
    while (auto const line = lines.next()) {
        fingerprints = fingerprints || *line == fingerprints_mark;
        if (*line != begin_mark) continue;
        auto keys = read_block(lines);
        if (!keys) return keys;
        if (!found.empty() && found != *keys)
            return fail(Error::Kind::invalid,
                        "it shows two sets of host keys that differ: which of them is in use now "
                        "cannot be told");
        found = std::move(*keys);
    }
    if (!found.empty()) return found;
    if (fingerprints)
        return fail(Error::Kind::invalid,
                    fmt::format("it shows the keys' fingerprints only, and no known_hosts line can "
                                "be made of a fingerprint: the keys stand behind {} (cloud-init "
                                "prints them unless \"ssh\": {{\"emit_keys_to_console\": false}})",
                                begin_mark));
    return fail(Error::Kind::invalid,
                fmt::format("no {} in it: the machine does not use cloud-init, or has not come so "
                            "far, or has said more than 64 KiB since",
                            begin_mark));
}

Result<std::vector<ConsoleKeys>> parse_consoles(std::string const& file, std::string_view text) {
    std::vector<ConsoleKeys> consoles;
    std::size_t const first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] != '{') {
        auto keys = keys_of_console(text);
        if (!keys) return fail_in(file, keys.error());
        consoles.push_back({.machine = "", .keys = std::move(*keys)});
        return consoles;
    }
    for (std::string_view const document : json_documents(text)) {
        auto console = console_of_json(file, document);
        if (!console) return std::unexpected(console.error());
        consoles.push_back(std::move(*console));
    }
    return consoles;
}

Result<std::string> known_hosts_text(
    std::vector<FoundNode> const& nodes,
    std::map<std::string, std::vector<PublicHostKey>> const& keys_by_node) {
    std::string text;
    std::vector<std::string> without;
    std::map<std::string, std::string> owner_of;
    for (FoundNode const& node : nodes) {
        auto const keys = keys_by_node.find(node.name);
        if (keys == keys_by_node.end() || keys->second.empty()) {
            without.push_back(node.name);
            continue;
        }
        for (PublicHostKey const& key : keys->second) {
            auto const [owner, first] = owner_of.emplace(key.base64, node.name);
            if (!first)
                return fail(Error::Kind::refused,
                            fmt::format("{} and {} have the same {} host key (one image with keys "
                                        "in it?): whoever has one of them can pose as the other; "
                                        "let each machine make its own",
                                        owner->second, node.name, key.type));
            text += fmt::format("{} {} {}\n", node.address, key.type, key.base64);
        }
    }
    if (!without.empty())
        return fail(Error::Kind::not_found,
                    fmt::format("no host key is known of {}: nobody could log in there. Give the "
                                "consoles of all nodes (--host-keys-from, once for each file)",
                                fmt::join(without, ", ")));
    return text;
}

}  // namespace interregnum
