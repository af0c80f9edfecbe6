// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "harness/base/exit_code.h"
#include "harness/base/mistakes.h"
#include "harness/cli/verbs.h"
#include "harness/cluster/discover.h"
#include "harness/cluster/inventory.h"
#include "harness/engine/signals.h"
#include "harness/lab/lab.h"
#include "harness/lab/layout.h"

namespace interregnum {

namespace {

struct InitFlags {
    std::vector<std::string> hosts;
    std::string user{"admin"};
    std::string out;
    bool force{};
};

LabNode const* lab_node(std::string const& host) {
    for (LabNode const& node : lab_nodes())
        if (host == node.name || host == node.address) return &node;
    return nullptr;
}

/// The lab's hosts can be reached only from within its network, and only its files have its keys.
/// True when all hosts are the lab's, which then are addresses.
bool all_of_lab(std::vector<std::string>& hosts) {
    if (!running_lab()) return false;
    std::vector<std::string> addresses;
    for (std::string const& host : hosts) {
        LabNode const* const node = lab_node(host);
        if (node == nullptr) return false;
        addresses.emplace_back(node->address);
    }
    hosts = std::move(addresses);
    return true;
}

InventoryGuesses guesses_of_lab() {
    return {.cluster = std::string(lab_cluster_name),
            .ssh_user = "admin",
            .ssh_key = lab_path::ssh_key(),
            .host_keys = lab_path::known_hosts(),
            .power = "lab",
            .postgres_password = "file:" + lab_path::postgres_password(),
            .redis_password = "file:" + lab_path::redis_password()};
}

ExitCode complain(ExitCode code, std::string const& message) {
    fmt::print(stderr, "interregnum: {}\n", message);
    return code;
}

/// Written beside the file and put in its place, so that nobody reads half of it.
Status write_inventory(std::string const& path, std::string const& text) {
    std::string const draft = path + ".new";
    std::ofstream file(draft, std::ios::binary);
    file << text;
    file.close();
    std::error_code error;
    if (file) std::filesystem::rename(draft, path, error);
    if (!file || error) return fail(Error::Kind::failed, "cannot write " + path);
    return {};
}

ExitCode init(InitFlags flags) {
    for (std::string const& host : flags.hosts)
        if (!is_host(host))
            return complain(ExitCode::usage,
                            fmt::format("{} is no address and no host name", in_quotes(host)));
    std::error_code error;
    if (!flags.out.empty() && !flags.force && std::filesystem::exists(flags.out, error))
        return complain(ExitCode::usage,
                        flags.out + " exists already: give another name, or --force");
    InventoryGuesses guesses{.ssh_user = flags.user};
    if (all_of_lab(flags.hosts)) {
        guesses = guesses_of_lab();
        if (auto entered = enter_lab_network(); !entered)
            return complain(ExitCode::harness_error, entered.error().message);
    }
    StopOnSignal const signals;
    FoundCluster const found = discover(flags.hosts, std::chrono::seconds(2), signals.token());
    if (signals.interrupted()) return ExitCode::interrupted;
    for (std::string const& remark : found.remarks) fmt::print(stderr, "interregnum: {}\n", remark);
    bool const has_database =
        std::ranges::any_of(found.nodes, [](FoundNode const& node) { return node.group == "db"; });
    if (!has_database)
        return complain(ExitCode::harness_error,
                        "none of the hosts answered as Patroni (its REST API at port 8008), so "
                        "there is no cluster to write down: name a database node, and let this "
                        "machine reach that port");
    std::string const text = inventory_text(found, guesses);
    if (flags.out.empty()) {
        fmt::print("{}", text);
        return ExitCode::pass;
    }
    if (auto written = write_inventory(flags.out, text); !written)
        return complain(ExitCode::harness_error, written.error().message);
    fmt::print(
        "{}: {} nodes; look at its lines with CHECK, then: interregnum preflight "
        "--inventory {}\n",
        flags.out, found.nodes.size(), flags.out);
    return ExitCode::pass;
}

}  // namespace

void add_init_verb(Verb const& program) {
    auto flags = std::make_shared<InitFlags>();
    Verb const verb = program.add(
        "init", "write a commented inventory from what a running cluster tells; only looks");
    verb.takes("host", flags->hosts,
               "a database node (the others are found), and each HAProxy's host; of the lab "
               "that is up also names, such as db1")
        .required();
    verb.takes("--user", flags->user, "login on the nodes, for the file")
        .checked_by([](std::string const& name) {
            return is_node_name(name) ? "" : std::string("expected a login's name");
        })
        .shows_default();
    verb.takes("--out", flags->out, "write it there; without it, to stdout");
    verb.flag("--force", flags->force, "overwrite the file of --out");
    verb.footer("Example: interregnum init 10.0.1.11 10.0.1.21 10.0.2.21 --out nightly.json");
    verb.does([flags] { return init(*flags); });
}

}  // namespace interregnum
