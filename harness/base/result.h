// SPDX-License-Identifier: MIT
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace interregnum {

/// Why something that the world was asked for did not happen. A value, because the caller can
/// always act on it: retry, record it, or tell the user.
struct Error {
    enum class Kind {
        timeout,      ///< the deadline passed; the request may or may not have had its effect
        unreachable,  ///< nobody answered there (no route, refused before anything was sent)
        refused,      ///< somebody answered and said no (authentication, host key, permission)
        protocol,     ///< the answer could not be understood or was over a limit
        not_found,    ///< the thing asked for does not exist
        failed,       ///< a command or a call ran and failed
        stopped,      ///< a stop was requested while waiting
        invalid,      ///< what was given cannot be right (bad file, bad value)
    };
    Kind kind{Kind::failed};
    /// One sentence for people: the node, the command, what was expected, what came, what to do.
    std::string message;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// Shorthand for returning an error: `return fail(Error::Kind::timeout, "...")`.
[[nodiscard]] inline std::unexpected<Error> fail(Error::Kind kind, std::string message) {
    return std::unexpected(Error{kind, std::move(message)});
}

/// The same error with "where: " in front of its message.
[[nodiscard]] inline std::unexpected<Error> fail_in(std::string_view where, Error error) {
    error.message.insert(0, std::string(where) + ": ");
    return std::unexpected(std::move(error));
}

/// "timeout", "unreachable", ...
[[nodiscard]] constexpr std::string_view to_string(Error::Kind kind) {
    switch (kind) {
        case Error::Kind::timeout:
            return "timeout";
        case Error::Kind::unreachable:
            return "unreachable";
        case Error::Kind::refused:
            return "refused";
        case Error::Kind::protocol:
            return "protocol";
        case Error::Kind::not_found:
            return "not_found";
        case Error::Kind::failed:
            return "failed";
        case Error::Kind::stopped:
            return "stopped";
        case Error::Kind::invalid:
            return "invalid";
    }
    return "failed";
}

}  // namespace interregnum
