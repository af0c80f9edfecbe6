// SPDX-License-Identifier: MIT
#include "harness/lab/node_process.h"

#include <filesystem>

#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/lab/cgroup.h"
#include "harness/lab/files.h"
#include "harness/lab/programs.h"
#include "harness/lab/spawn.h"
#include "harness/lab/volume.h"

namespace interregnum {
namespace {

constexpr auto init_limit = std::chrono::seconds(20);
constexpr auto poll_period = std::chrono::milliseconds(20);

std::string propagation_folder(LabNode const& node) {
    return "/run/systemd/nspawn/propagate/" + lab_unit(node);
}

/// Flags: see the lab's README section. --keep-unit and --register=no since there may be no
/// systemd on the host; CAP_NET_ADMIN for nft and tc; a private /tmp on the node's own disk, so
/// that no tmpfs of it is without a limit (/run and /dev/shm get theirs from the image's fstab).
std::vector<std::string> nspawn_argv(LabNode const& node, std::string const& program) {
    std::vector<std::string> argv{program,
                                  "--boot",
                                  "--quiet",
                                  "--keep-unit",
                                  "--register=no",
                                  "--link-journal=no",
                                  "--console=read-only",
                                  "--capability=CAP_NET_ADMIN",
                                  "--timezone=off",
                                  "--resolv-conf=off",
                                  "--network-namespace-path=" + netns_path(lab_unit(node)),
                                  "--machine=" + lab_unit(node),
                                  "--hostname=" + std::string(node.name),
                                  "--directory=" + lab_path::root(node)};
    if (node.is_db)
        argv.push_back("--bind=" + lab_path::data_volume(node) + ":/var/lib/postgresql");
    return argv;
}

/// nspawn's exit status when its node asks for a reboot (with --keep-unit).
constexpr std::string_view reboot_status = "133\n";

/// A shell around nspawn that notes how it ended: nobody who is still there is its parent.
std::vector<std::string> noting_exit(LabNode const& node, std::vector<std::string> const& argv) {
    std::vector<std::string> shell{"/bin/sh", "-c",
                                   R"("$@"; echo "$?" > "$0.new" && mv "$0.new" "$0")",
                                   lab_path::exit_record(node)};
    shell.insert(shell.end(), argv.begin(), argv.end());
    return shell;
}

nlohmann::json to_json(ProcessId const& process) {
    return {{"pid", process.pid}, {"start_ticks", process.start_ticks}};
}

ProcessId process_from(nlohmann::json const& json) {
    return {.pid = json.at("pid").get<pid_t>(),
            .start_ticks = json.at("start_ticks").get<std::uint64_t>()};
}

/// nspawn's lock of a root directory, named after its inode; it stays when nspawn is killed.
void remove_image_lock(LabNode const& node) {
    struct stat root{};
    if (stat(lab_path::root(node).c_str(), &root) != 0) return;
    std::string const path = "/run/systemd/nspawn/locks/inode-" + std::to_string(root.st_dev) +
                             ":" + std::to_string(root.st_ino);
    unlink(path.c_str());
}

/// Process 1 begins as a copy of nspawn that makes the node's mounts. A reboot in it then would end
/// as a node that could not be booted.
bool runs_the_nodes_own(NodeProcess const& node) {
    auto const program = [](pid_t pid) {
        std::error_code gone;
        return std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", gone);
    };
    auto const init = program(node.init.pid);
    return !init.empty() && init != program(node.nspawn.pid);
}

Result<NodeProcess> wait_for_init(LabNode const& node, pid_t shell, std::stop_token const& stop) {
    SteadyClock clock;
    Instant const limit = clock.now() + init_limit;
    while (clock.now() < limit) {
        if (!process_of(shell)) break;
        auto const nspawn = find_child(shell);
        auto const init = nspawn ? find_container_init(nspawn->pid) : std::nullopt;
        if (init) {
            NodeProcess const found{.nspawn = *nspawn, .init = *init};
            if (runs_the_nodes_own(found)) return found;
        }
        if (!clock.sleep_for(poll_period, stop))
            return fail(Error::Kind::stopped, "stopped while booting " + std::string(node.name));
    }
    auto console = read_file(lab_path::console_log(node)).value_or("");
    if (console.size() > 1000) console = console.substr(console.size() - 1000);
    return fail(Error::Kind::failed, std::string(node.name) + " does not boot: " + console);
}

}  // namespace

Result<NodeProcess> boot_node(LabNode const& node, std::stop_token stop) {
    auto const program = find_program("systemd-nspawn");
    if (!program) return std::unexpected(program.error());
    if (Status clean = remove_node_traces(node); !clean) return std::unexpected(clean.error());
    auto const cgroup = make_cgroup(lab_unit(node));
    if (!cgroup) return std::unexpected(cgroup.error());
    if (Status removed = remove_files({lab_path::exit_record(node)}); !removed)
        return std::unexpected(removed.error());
    auto const pid = spawn_detached(
        {.argv = noting_exit(node, nspawn_argv(node, *program)),
         .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "TERM=dumb",
                         "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1", "SYSTEMD_NSPAWN_TMPFS_TMP=0"},
         .cgroup = *cgroup,
         .log = lab_path::console_log(node)});
    if (!pid) return std::unexpected(pid.error());
    auto node_process = wait_for_init(node, *pid, stop);
    if (!node_process) return node_process;
    nlohmann::json const record{{"nspawn", to_json(node_process->nspawn)},
                                {"init", to_json(node_process->init)}};
    if (Status put = write_file(lab_path::process_record(node), record.dump() + "\n", 0600); !put)
        return std::unexpected(put.error());
    return node_process;
}

std::optional<NodeProcess> running_node(LabNode const& node) {
    auto const text = read_file(lab_path::process_record(node));
    if (!text) return std::nullopt;
    auto const json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object() || !json.contains("nspawn") || !json.contains("init"))
        return std::nullopt;
    NodeProcess const found{.nspawn = process_from(json.at("nspawn")),
                            .init = process_from(json.at("init"))};
    if (!is_alive(found.init)) return std::nullopt;
    return found;
}

bool wants_to_boot_again(LabNode const& node) {
    auto const ended = read_file(lab_path::exit_record(node));
    return ended && *ended == reboot_status && !running_node(node);
}

Status kill_node(LabNode const& node) {
    if (auto const running = running_node(node))
        if (Status killed = kill_process(running->init); !killed) return killed;
    // nspawn ends by itself when its process 1 does. By name as well, for a node whose record
    // was never written.
    for (ProcessId const& nspawn : find_by_argument("--machine=" + lab_unit(node))) {
        if (auto const init = find_container_init(nspawn.pid))
            if (Status killed = kill_process(*init); !killed) return killed;
    }
    // Who waits for a frozen file system dies only when it is thawed. Killed before, it does
    // nothing more than to end the call it is in.
    if (Status thawed = thaw_below(lab_path::disk(node)); !thawed) return thawed;
    if (Status killed = kill_cgroup(lab_unit(node)); !killed) return killed;
    remove_image_lock(node);
    return {};
}

Status remove_node_traces(LabNode const& node) {
    if (Status removed = remove_cgroup(lab_unit(node)); !removed) return removed;
    std::error_code error;
    std::filesystem::remove_all(propagation_folder(node), error);
    if (error)
        return fail(Error::Kind::failed,
                    "cannot remove " + propagation_folder(node) + ": " + error.message());
    return {};
}

std::vector<std::string> find_node_traces(LabNode const& node) {
    auto traces = find_cgroups(lab_unit(node));
    if (access(propagation_folder(node).c_str(), F_OK) == 0)
        traces.push_back(propagation_folder(node));
    for (ProcessId const& nspawn : find_by_argument("--machine=" + lab_unit(node)))
        traces.push_back("process " + std::to_string(nspawn.pid) + " (systemd-nspawn of " +
                         std::string(node.name) + ")");
    return traces;
}

}  // namespace interregnum
