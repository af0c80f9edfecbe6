// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/exit_code.h"
#include "harness/base/mistakes.h"
#include "harness/cli/init_sources.h"
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
    std::string cluster;
    SourceFlags sources;
    bool force{};
    bool offline{};
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
Status write_whole(std::string const& path, std::string const& text) {
    std::string const draft = path + ".new";
    std::ofstream file(draft, std::ios::binary);
    file << text;
    file.close();
    std::error_code error;
    if (file) std::filesystem::rename(draft, path, error);
    if (!file || error) return fail(Error::Kind::failed, "cannot write " + path);
    return {};
}

/// What can be wrong with the command line; "" when nothing is.
std::string wrong_with(InitFlags const& flags) {
    if (flags.hosts.empty() && !flags.sources.has_machines())
        return "give a database node to ask, or --from-aws or --from-terraform";
    for (std::string const& host : flags.hosts)
        if (!is_host(host))
            return fmt::format("{} is no address and no host name", in_quotes(host));
    if (flags.offline && !flags.hosts.empty())
        return "--offline asks nobody, so hosts to ask make no sense beside it";
    return {};
}

/// A file that would be overwritten; "" when none would, or may be.
std::string in_the_way(InitFlags const& flags, TerraformNodes const& given) {
    std::vector<std::string> files{flags.out};
    if (!flags.sources.host_keys_from.empty() || !given.host_keys.empty())
        files.push_back(flags.sources.host_keys_out);
    std::error_code error;
    for (std::string const& file : files)
        if (!file.empty() && !flags.force && std::filesystem::exists(file, error)) return file;
    return {};
}

bool is_cluster_part(HostAnswers const& answers) { return answers.is_member || answers.stats_port; }

/// What the machines answer, put together with what is told of them.
FoundCluster look_at(Machines const& machines, bool offline, StopOnSignal const& signals) {
    std::vector<std::string> hosts;
    for (Machine const& machine : machines.nodes) hosts.push_back(machine.address);
    std::vector<HostAnswers> answers;
    if (!offline) answers = ask_hosts(hosts, std::chrono::seconds(2), signals.token());
    std::vector<std::string> silent;
    for (HostAnswers const& one : answers)
        if (!is_cluster_part(one)) silent.push_back(one.host);
    std::erase_if(answers, [](HostAnswers const& one) { return !is_cluster_part(one); });
    FoundCluster found = with_machines(put_together(answers), machines);
    if (!silent.empty())
        found.remarks.push_back(
            fmt::format("neither Patroni nor HAProxy's statistics answered on {}: what is on them "
                        "is a guess",
                        fmt::join(silent, ", ")));
    return found;
}

/// The path of a file as one in the folder of another has to write it.
std::string seen_from(std::string const& file, std::string const& path) {
    std::error_code error;
    auto const folder = std::filesystem::absolute(file, error).parent_path();
    auto const relative =
        std::filesystem::proximate(std::filesystem::absolute(path, error), folder, error);
    return error ? path : relative.string();
}

bool has_database(FoundCluster const& found) {
    return std::ranges::any_of(found.nodes,
                               [](FoundNode const& node) { return node.group == "db"; });
}

/// The keys' file first: an inventory that names it must not be there without it.
ExitCode write_all(InitFlags const& flags, FoundCluster const& found, InventoryGuesses guesses,
                   std::string const& keys) {
    std::string const& keys_file = flags.sources.host_keys_out;
    if (!keys.empty()) {
        if (auto written = write_whole(keys_file, keys); !written)
            return complain(ExitCode::harness_error, written.error().message);
        guesses.host_keys = seen_from(flags.out.empty() ? "stdout" : flags.out, keys_file);
        fmt::print(stderr, "interregnum: {}: host keys of {} nodes\n", keys_file,
                   found.nodes.size());
    }
    std::string const text = inventory_text(found, guesses);
    if (flags.out.empty()) {
        fmt::print("{}", text);
        return ExitCode::pass;
    }
    if (auto written = write_whole(flags.out, text); !written)
        return complain(ExitCode::harness_error, written.error().message);
    fmt::print(
        "{}: {} nodes; look at its lines with CHECK, then: interregnum preflight "
        "--inventory {}\n",
        flags.out, found.nodes.size(), flags.out);
    return ExitCode::pass;
}

ExitCode init(InitFlags flags) {
    if (std::string const wrong = wrong_with(flags); !wrong.empty())
        return complain(ExitCode::usage, wrong);
    auto given = given_machines(flags.sources);
    if (!given) return complain(ExitCode::usage, given.error().message);
    if (std::string const file = in_the_way(flags, *given); !file.empty())
        return complain(ExitCode::usage, file + " exists already: give another name, or --force");
    InventoryGuesses guesses{.ssh_user = flags.user};
    if (all_of_lab(flags.hosts)) {
        guesses = guesses_of_lab();
        if (auto entered = enter_lab_network(); !entered)
            return complain(ExitCode::harness_error, entered.error().message);
    }
    guesses.spot = flags.sources.spot || std::ranges::any_of(given->machines.nodes, &Machine::spot);
    if (!flags.cluster.empty()) guesses.cluster = flags.cluster;
    StopOnSignal const signals;
    FoundCluster const found =
        flags.sources.has_machines()
            ? look_at(given->machines, flags.offline, signals)
            : discover(flags.hosts, std::chrono::seconds(2), signals.token());
    if (signals.interrupted()) return ExitCode::interrupted;
    for (std::string const& remark : found.remarks) fmt::print(stderr, "interregnum: {}\n", remark);
    if (!has_database(found))
        return complain(ExitCode::harness_error,
                        "none of the hosts answered as Patroni (its REST API at port 8008), so "
                        "there is no cluster to write down: name a database node, and let this "
                        "machine reach that port");
    auto const keys = given_host_keys(flags.sources, *given, found);
    if (!keys) return complain(ExitCode::usage, keys.error().message);
    return write_all(flags, found, std::move(guesses), *keys);
}

}  // namespace

void add_init_verb(Verb const& program) {
    auto flags = std::make_shared<InitFlags>();
    Verb const verb = program.add(
        "init", "write a commented inventory from what a running cluster tells; only looks");
    verb.takes("host", flags->hosts,
               "a database node (the others are found), and each HAProxy's host; of the lab "
               "that is up also names, such as db1");
    verb.takes("--user", flags->user, "login on the nodes, for the file")
        .checked_by([](std::string const& name) {
            return is_node_name(name) ? "" : std::string("expected a login's name");
        })
        .shows_default();
    verb.takes("--cluster", flags->cluster,
               "its name, as /etc/interregnum-allowed on the nodes has it (default: Patroni's)")
        .checked_by([](std::string const& name) {
            return is_node_name(name) ? "" : std::string("expected lower-case letters and digits");
        });
    verb.takes("--out", flags->out, "write it there; without it, to stdout");
    add_source_flags(verb, flags->sources);
    verb.flag("--offline", flags->offline,
              "ask no machine: only write down what --from-aws or --from-terraform tells");
    verb.flag("--force", flags->force, "overwrite the files of --out and --host-keys-out");
    verb.footer(
        "Examples: interregnum init 10.0.1.11 10.0.1.21 10.0.2.21 --out nightly.json\n"
        "  aws ec2 describe-instances --filters Name=tag:Cluster,Values=nightly |\n"
        "    interregnum init --from-aws - --out nightly.json --host-keys-from consoles.json");
    verb.does([flags] { return init(*flags); });
}

}  // namespace interregnum
