// SPDX-License-Identifier: MIT
#include "harness/faults/support/volumes.h"

#include <algorithm>
#include <iterator>

namespace interregnum {

std::vector<OptionSpec> volume_options(std::vector<OptionSpec> own, std::string_view how_long) {
    std::vector<OptionSpec> options{
        {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
        {.name = "volume",
         .fallback = "data",
         .doc = "which of PostgreSQL's volumes",
         .choices = {"data", "wal"}},
        {.name = "path", .doc = "a folder on another volume, instead of PostgreSQL's"}};
    std::ranges::move(own, std::back_inserter(options));
    options.push_back(
        {.name = "for", .type = OptionType::duration, .fallback = "60s", .doc = how_long});
    return options;
}

Result<std::vector<std::string>> volume_arguments(std::string const& id, Options const& options) {
    if (!options.has("path")) return std::vector<std::string>{id, options.text("volume"), ""};
    std::string const& path = options.text("path");
    bool const readable =
        std::ranges::none_of(path, [](unsigned char c) { return c < 0x20U || c == 0x7fU; });
    if (!path.starts_with('/') || !readable)
        return fail(Error::Kind::invalid,
                    "\"path\": expected an absolute path without control characters, as "
                    "\"/srv/data\"");
    return std::vector<std::string>{id, "path", path};
}

std::string volume_name(Options const& options) {
    if (options.has("path")) return "the file system of " + options.text("path");
    return options.text("volume") == "wal" ? "the volume of PostgreSQL's WAL"
                                           : "the volume of PostgreSQL's data";
}

std::string_view volume_functions() {
    // The postmaster's working folder is its data folder, whatever the distribution calls it.
    return R"sh(
folder_of() {
    case $1 in
        path) folder=$2 ;;
        *)
            pid=$(pgrep -o -x postgres) && folder=$(readlink "/proc/$pid/cwd") || {
                echo "no PostgreSQL runs here, so its volume is not known: give \"path\"" >&2
                return 1
            }
            [ "$1" != wal ] || folder=$folder/pg_wal ;;
    esac
    readlink -e -- "$folder" || { echo "there is no folder $folder" >&2; return 1; }
}
same_volume() { [ "$(stat -c %d -- "$1")" = "$(stat -c %d -- "$2" 2>/dev/null)" ]; }
)sh";
}

}  // namespace interregnum
