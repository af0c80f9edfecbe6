// SPDX-License-Identifier: MIT
#include "harness/record/names.h"

#include <array>
#include <cstddef>

namespace interregnum::record {
namespace {

// In the order of the enumerators: the index is the value.
constexpr std::array<std::string_view, 3> outcomes{"ok", "failed", "unknown"};
constexpr std::array<std::string_view, 8> services{"write", "read",    "cache", "ticket",
                                                   "cart",  "voucher", "task",  "http"};
constexpr std::array<std::string_view, 2> connections{"kept", "fresh"};
constexpr std::array<std::string_view, 9> stages{"armed",    "injecting",  "injected",
                                                 "verified", "unverified", "inject_failed",
                                                 "undoing",  "undone",     "undo_failed"};
constexpr std::array<std::string_view, 4> effects{"none", "inconclusive", "error", "not_undone"};
constexpr std::array<std::string_view, 4> reasons{"completed", "aborted", "interrupted", "error"};

template <class T, std::size_t N>
std::optional<T> find(std::array<std::string_view, N> const& words, std::string_view word) {
    for (std::size_t i = 0; i < N; ++i)
        if (words[i] == word) return static_cast<T>(i);
    return std::nullopt;
}

template <class T, std::size_t N>
std::string_view word_of(std::array<std::string_view, N> const& words, T value) {
    return words.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view to_string(Outcome outcome) { return word_of(outcomes, outcome); }
std::string_view to_string(Service service) { return word_of(services, service); }
std::string_view to_string(Connection connection) { return word_of(connections, connection); }
std::string_view to_string(FaultStage stage) { return word_of(stages, stage); }
std::string_view to_string(Note::Effect effect) { return word_of(effects, effect); }
std::string_view to_string(EndReason reason) { return word_of(reasons, reason); }

template <>
std::optional<Outcome> from_word(std::string_view word) {
    return find<Outcome>(outcomes, word);
}
template <>
std::optional<Service> from_word(std::string_view word) {
    return find<Service>(services, word);
}
template <>
std::optional<Connection> from_word(std::string_view word) {
    return find<Connection>(connections, word);
}
template <>
std::optional<FaultStage> from_word(std::string_view word) {
    return find<FaultStage>(stages, word);
}
template <>
std::optional<Note::Effect> from_word(std::string_view word) {
    return find<Note::Effect>(effects, word);
}
template <>
std::optional<EndReason> from_word(std::string_view word) {
    return find<EndReason>(reasons, word);
}

}  // namespace interregnum::record
