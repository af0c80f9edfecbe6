// SPDX-License-Identifier: MIT
#include "harness/remote/home_path.h"

#include <cstdlib>

#include <pwd.h>
#include <unistd.h>

namespace interregnum {

std::string home_path(std::string path) {
    if (!path.starts_with("~/")) return path;
    std::string home;
    if (char const* const set = std::getenv("HOME"); set != nullptr) home = set;
    if (home.empty())
        if (passwd const* const entry = ::getpwuid(::geteuid()); entry != nullptr)
            home = entry->pw_dir;
    return home.empty() ? path : home + path.substr(1);
}

}  // namespace interregnum
