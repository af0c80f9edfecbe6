// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

namespace interregnum {

/// All plug-ins of one kind (faults, probes, measures, checks, formats...), by name.
///
/// A plug-in is a value with a `name` member. It registers itself from its own file:
/// `Register<FaultKind> const registered{{.name = "process.kill", ...}};`
template <class Kind>
class Registry {
public:
    /// Every registered kind, sorted by name (link order must not show).
    [[nodiscard]] static std::vector<Kind const*> all() {
        std::vector<Kind const*> sorted;
        for (Kind const& kind : list()) sorted.push_back(&kind);
        std::ranges::sort(sorted, {},
                          [](Kind const* kind) { return std::string_view(kind->name); });
        return sorted;
    }

    /// The kind of that name, or nullptr.
    [[nodiscard]] static Kind const* find(std::string_view name) {
        for (Kind const& kind : list())
            if (kind.name == name) return &kind;
        return nullptr;
    }

private:
    template <class>
    friend class Register;
    // Function-local, so that the order in which files initialise does not matter.
    static std::vector<Kind>& list() {
        static std::vector<Kind> kinds;
        return kinds;
    }
};

/// Adds a kind at program start. Two kinds of one name are a bug: the program ends, naming it.
template <class Kind>
class Register {
public:
    explicit Register(Kind kind) {
        if (Registry<Kind>::find(kind.name) != nullptr) {
            std::fprintf(stderr, "interregnum: two plug-ins are named %.*s\n",
                         static_cast<int>(kind.name.size()), kind.name.data());
            std::abort();
        }
        Registry<Kind>::list().push_back(std::move(kind));
    }
};

}  // namespace interregnum
