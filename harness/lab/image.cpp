// SPDX-License-Identifier: MIT
#include "harness/lab/image.h"

#include <algorithm>
#include <filesystem>
#include <future>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include "harness/lab/apt_sources.h"
#include "harness/lab/files.h"
#include "harness/lab/image_finish.h"
#include "harness/lab/layout.h"
#include "harness/lab/mounts.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view codename = "bookworm";
constexpr auto bootstrap_limit = std::chrono::minutes(20);
constexpr auto progress_period = std::chrono::seconds(5);

std::string in_cache(std::string_view name) {
    return std::string(lab_image_cache) + "/" + std::string(name);
}

Status remove_folder(std::string const& path) {
    // mmdebstrap mounts in a namespace of its own, so normally there is nothing to unmount; but
    // removing must never reach through a mount into the host.
    if (Status unmounted = unmount_below(path); !unmounted) return unmounted;
    std::error_code error;
    fs::remove_all(path, error);
    if (error) return fail(Error::Kind::failed, "cannot remove " + path + ": " + error.message());
    return {};
}

/// Images of other recipes and what killed builds left.
Status remove_others(std::string_view keep) {
    std::error_code error;
    for (fs::directory_entry const& entry : fs::directory_iterator(lab_image_cache, error)) {
        std::string const name = entry.path().filename();
        bool const ours = name.starts_with("image-") || name == "building";
        if (!ours || name == keep) continue;
        if (Status gone = remove_folder(entry.path()); !gone) return gone;
    }
    return {};
}

/// The host's own Debian sources, whatever their files are called, as files for mmdebstrap.
Result<std::vector<std::string>> write_sources(std::string const& folder) {
    std::string lines = debian_lines(read_file("/etc/apt/sources.list").value_or(""), codename);
    std::string stanzas;
    std::error_code error;
    std::vector<fs::path> parts;
    for (auto at = fs::directory_iterator("/etc/apt/sources.list.d", error);
         !error && at != fs::directory_iterator(); at.increment(error))
        parts.push_back(at->path());
    std::ranges::sort(parts);  // as apt reads them
    for (fs::path const& part : parts) {
        auto const text = read_file(part.string()).value_or("");
        if (part.extension() == ".list") lines += debian_lines(text, codename);
        std::string const more =
            part.extension() == ".sources" ? debian_stanzas(text, codename) : "";
        if (!more.empty()) stanzas += (stanzas.empty() ? "" : "\n") + more;
    }
    std::vector<std::string> files;
    for (auto const& [name, text] : {std::pair(folder + "/debian.list", lines),
                                     std::pair(folder + "/debian.sources", stanzas)}) {
        if (text.empty()) continue;
        if (Status put = write_file(name, text, 0644); !put) return std::unexpected(put.error());
        files.push_back(name);
    }
    if (files.empty())
        return fail(Error::Kind::not_found,
                    fmt::format("no source of Debian {0} in /etc/apt/sources.list or below "
                                "/etc/apt/sources.list.d to build the image from: expected one "
                                "such as \"deb http://deb.debian.org/debian {0} main\"",
                                codename));
    return files;
}

Result<std::vector<std::string>> bootstrap_argv(std::string const& folder) {
    auto const sources = write_sources(folder);
    if (!sources) return sources;
    auto const dump = check_local({.argv = {"apt-config", "dump"}});
    if (!dump) return std::unexpected(dump.error());
    // In a file, since a proxy's address may hold a password.
    if (Status put = write_file(folder + "/apt.conf", fetch_options(*dump), 0600); !put)
        return std::unexpected(put.error());
    std::vector<std::string> argv{"mmdebstrap",
                                  "--mode=root",
                                  "--variant=apt",
                                  "--format=directory",
                                  "--aptopt=" + folder + "/apt.conf",
                                  "--aptopt=APT::Install-Recommends \"false\";",
                                  "--aptopt=Acquire::Languages \"none\";",
                                  "--dpkgopt=path-exclude=/usr/share/doc/*",
                                  "--dpkgopt=path-exclude=/usr/share/man/*",
                                  "--dpkgopt=path-exclude=/usr/share/locale/*",
                                  fmt::format("--include={}", fmt::join(image_packages(), ",")),
                                  std::string(codename),
                                  folder + "/root"};
    argv.insert(argv.end(), sources->begin(), sources->end());
    return argv;
}

/// Runs mmdebstrap and says every few seconds that it is still at it.
Status bootstrap(std::string const& folder, LabProgress const& progress, std::stop_token stop) {
    auto const argv = bootstrap_argv(folder);
    if (!argv) return std::unexpected(argv.error());
    SteadyClock const clock;
    Instant const started = clock.now();
    auto running = std::async(std::launch::async, [&argv, stop] {
        return check_local({.argv = *argv, .timeout = bootstrap_limit}, stop);
    });
    while (running.wait_for(progress_period) != std::future_status::ready) {
        auto const so_far =
            std::chrono::duration_cast<std::chrono::seconds>(clock.now() - started).count();
        progress(fmt::format("image: fetching and unpacking packages, {} s", so_far));
    }
    auto const done = running.get();
    if (!done) return fail_in("cannot build the lab's image", done.error());
    return {};
}

Status build(std::string const& name, LabProgress const& progress, std::stop_token stop) {
    progress("image: building it, once for this recipe (about a minute, some 600 MB)");
    std::string const folder = in_cache("building");
    if (Status gone = remove_folder(folder); !gone) return gone;
    if (Status made = make_folder(folder); !made) return made;
    Status built = bootstrap(folder, progress, std::move(stop));
    if (built) built = finish_image(folder + "/root");
    if (built) {
        auto const gucs =
            check_local({.argv = {"chroot", "--userspec=postgres", folder + "/root",
                                  "/usr/lib/postgresql/15/bin/postgres", "--describe-config"}});
        built = gucs ? write_file(folder + "/gucs", *gucs, 0644)
                     : Status(std::unexpected(gucs.error()));
    }
    if (built) built = remove_files({folder + "/apt.conf"});
    std::error_code error;
    if (built) fs::rename(folder, in_cache(name), error);
    if (error) built = fail(Error::Kind::failed, "cannot keep the image: " + error.message());
    if (!built) {
        // The first error is the one to show.
        [[maybe_unused]] Status const removed = remove_folder(folder);
    }
    return built;
}

}  // namespace

Result<Image> provide_image(LabProgress const& progress, std::stop_token stop) {
    if (Status made = make_folder(std::string(lab_image_cache)); !made)
        return std::unexpected(made.error());
    std::string const name = image_name(image_recipe());
    std::error_code error;
    if (!fs::exists(in_cache(name), error))
        if (Status built = build(name, progress, std::move(stop)); !built)
            return std::unexpected(built.error());
    if (Status gone = remove_others(name); !gone) return std::unexpected(gone.error());
    auto gucs = read_file(in_cache(name) + "/gucs");
    if (!gucs) return std::unexpected(gucs.error());
    return Image{.root = in_cache(name) + "/root", .guc_table = std::move(*gucs)};
}

}  // namespace interregnum
