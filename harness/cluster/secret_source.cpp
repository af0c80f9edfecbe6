// SPDX-License-Identifier: MIT
#include <cstdlib>

#include <fmt/format.h>

#include "harness/base/text_file.h"
#include "harness/cluster/inventory.h"

namespace interregnum {

namespace {

Result<Secret> secret_from_environment(std::string const& name) {
    char const* const value = std::getenv(name.c_str());
    if (value == nullptr)
        return fail(Error::Kind::not_found,
                    fmt::format("the environment variable {} is not set; a password of the "
                                "inventory is to come from it",
                                name));
    if (*value == '\0')
        return fail(Error::Kind::invalid,
                    fmt::format("the environment variable {} is empty; a password of the "
                                "inventory is to come from it",
                                name));
    return Secret(value);
}

Result<Secret> secret_from_file(std::string const& path) {
    constexpr std::size_t limit = 4096;
    auto content = read_text_file(path, limit);
    if (!content) return fail_in("a password of the inventory", std::move(content.error()));
    std::string secret = std::move(*content);
    if (secret.ends_with('\n')) secret.pop_back();
    if (secret.ends_with('\r')) secret.pop_back();
    if (secret.empty())
        return fail(Error::Kind::invalid,
                    fmt::format("{}: empty; a password of the inventory is to come from it", path));
    if (secret.find_first_of(std::string_view("\n\0", 2)) != std::string::npos)
        return fail(Error::Kind::invalid,
                    fmt::format("{}: expected one line, the password, got more", path));
    return Secret(std::move(secret));
}

}  // namespace

Result<Secret> read_secret(SecretSource const& source) {
    if (source.spec.empty()) return Secret();
    if (source.spec.starts_with("env:")) return secret_from_environment(source.spec.substr(4));
    if (source.spec.starts_with("file:")) return secret_from_file(source.spec.substr(5));
    // Its text is not repeated: it may be the password itself.
    return fail(Error::Kind::invalid, R"(a password must come as "env:NAME" or "file:PATH")");
}

}  // namespace interregnum
