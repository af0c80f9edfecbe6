// SPDX-License-Identifier: MIT
#include "harness/base/example_options.h"

namespace interregnum {

namespace {

/// A value that the option accepts, for those that have no fallback.
std::string_view example_of(OptionSpec const& spec) {
    if (!spec.choices.empty()) return spec.choices.front();
    switch (spec.type) {
        case OptionType::text:
            return "x";
        case OptionType::integer:
            return "1";
        case OptionType::flag:
            return "true";
        case OptionType::duration:
            return "10s";
        case OptionType::rate:
            return "10/s";
        case OptionType::bytes:
            return "1MiB";
        case OptionType::role:
            return "leader";
        case OptionType::words:
            return "true";
    }
    return "";
}

}  // namespace

Options example_options(std::vector<OptionSpec> const& specs) {
    Options options = fallback_options(specs);
    for (OptionSpec const& spec : specs) {
        if (!spec.required || options.has(spec.name)) continue;
        auto example = parse_option(spec, example_of(spec));
        if (auto* value = std::get_if<OptionValue>(&example))
            options.set(std::string(spec.name), std::move(*value));
    }
    return options;
}

}  // namespace interregnum
