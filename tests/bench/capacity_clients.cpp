// SPDX-License-Identifier: MIT
#include "tests/bench/capacity_clients.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/text_file.h"
#include "harness/cluster/look.h"
#include "harness/engine/access.h"
#include "harness/engine/traffic.h"
#include "harness/lab/lab.h"
#include "harness/lab/layout.h"
#include "harness/record/reader.h"
#include "harness/record/writer.h"
#include "probes/shop/purchase.h"
#include "probes/shop/schema.h"

namespace interregnum::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view pgbench = "/usr/lib/postgresql/15/bin/pgbench";
/// What both may take beyond their span: to connect, and to come to an end.
constexpr Duration grace = 30s;
/// On a grid customers wait a second as in any drill, but no longer than their streams allow
/// (probes/session/streams.cpp): under 1,000 attempts at once. Much shorter, and what makes one
/// login late makes all customers dial again, for ever.
Duration grid_deadline(int rate) {
    constexpr int at_once = 990;
    return std::min<Duration>(1s, Duration(1s) * at_once / rate);
}

double seconds(Duration span) { return std::chrono::duration<double>(span).count(); }

double seconds(timeval const& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// What became of a child.
struct Ended {
    std::string out;  ///< its stdout and stderr
    double cpu_s{};
};

/// Runs a program with `input` as its stdin to its end, and takes its processor time.
Result<Ended> run_to_end(Scratch const& scratch, std::vector<std::string> argv,
                         std::string const& input, Duration limit) {
    std::ofstream(scratch.file("input")) << input;
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 0, scratch.file("input").c_str(), O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, 1, scratch.file("output").c_str(),
                                       O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::posix_spawn_file_actions_adddup2(&files, 1, 2);
    std::vector<char*> words;
    for (std::string& word : argv) words.push_back(word.data());
    words.push_back(nullptr);
    pid_t pid = -1;
    int const error = ::posix_spawnp(&pid, words.front(), &files, nullptr, words.data(), ::environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (error != 0)
        return fail(Error::Kind::failed,
                    fmt::format("cannot start {}: {}", argv.front(), std::strerror(error)));
    SteadyClock clock;
    Instant const give_up = clock.now() + limit;
    int status = 0;
    rusage used{};
    bool late = false;
    while (::wait4(pid, &status, WNOHANG, &used) == 0) {
        if (!late && clock.now() > give_up) {
            late = true;
            ::kill(pid, SIGKILL);
        }
        static_cast<void>(clock.sleep_for(20ms, {}));
    }
    constexpr std::size_t output_limit = 1U << 20U;
    auto out = read_text_file(scratch.file("output"), output_limit);
    if (!out) return std::unexpected(out.error());
    if (late || status != 0)
        return fail(late ? Error::Kind::timeout : Error::Kind::failed,
                    fmt::format("{} {}; its output: {}", argv.front(),
                                late ? "did not end in time" : "failed", *out));
    return Ended{.out = *std::move(out), .cpu_s = seconds(used.ru_utime) + seconds(used.ru_stime)};
}

Result<Ended> run_customers(Scratch const& scratch, Endpoint const& entry, Duration span,
                            std::string_view way, int number) {
    return run_to_end(scratch,
                      {"/proc/self/exe", std::string(customers_word), scratch.file("record"),
                       entry.host, std::to_string(entry.port), std::to_string(span / 1ms),
                       std::string(way), std::to_string(number)},
                      "", span + grace);
}

/// Takes the record of the run, so that the next one can be written.
Result<record::Record> take_record(Scratch const& scratch, std::uintmax_t& bytes) {
    std::string const file = scratch.file("record");
    bytes = std::filesystem::file_size(file);
    auto record = record::read_record(file);
    std::filesystem::remove(file);
    if (record && record->attempts.empty())
        return fail(Error::Kind::failed, "the record holds no attempt");
    return record;
}

Duration at(std::vector<Duration> const& sorted, double share) {
    auto const index = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
    return sorted[std::min(index, sorted.size() - 1)];
}

/// The shop's statement as a script of pgbench, which names its parameters and numbers them as
/// they come: each is named where it comes first, and meant by that number afterwards. So it is
/// prepared with the same seven parameters, all sent as text.
std::string script() {
    constexpr std::array<std::string_view, 8> names{"",          "token", "channel", "item",
                                                    "positions", "code",  "seat",    "voucher"};
    // Two parameters are empty texts, which only a query can give a variable of pgbench: once.
    // Tokens are numbers that count up; codes are drawn from as many as the customers have, of
    // each client its own (pgbench gives a client up at its first error).
    std::string text =
        "\\if :fresh\nSELECT '' AS seat, '' AS voucher \\gset\n\\set fresh 0\n\\set n 0\n\\endif\n"
        "\\set n :n + 1\n\\set token :client_id * 1000000 + :n\n"
        "\\set code random(1, 14348907) * 64 + :client_id\n";
    std::array<int, names.size()> number{};
    int named = 0;
    std::string_view const sql = shop::place_order;
    for (std::size_t i = 0; i < sql.size(); ++i) {
        if (sql[i] != '$') {
            text += sql[i];
            continue;
        }
        auto const which = static_cast<std::size_t>(sql[++i] - '0');
        if (number.at(which) == 0) {
            number.at(which) = ++named;
            text += fmt::format(":{}", names.at(which));
        } else {
            text += fmt::format("${}", number.at(which));
        }
    }
    return text + ";\n";
}

/// Transactions a second out of pgbench's lines "progress: 2.0 s, 1644.0 tps, ...", without the
/// first.
double rate_after_first(std::string const& out) {
    double done = 0;
    double first = 0;
    double last = 0;
    std::istringstream lines(out);
    for (std::string line; std::getline(lines, line);) {
        double until = 0;
        double tps = 0;
        if (std::sscanf(line.c_str(), "progress: %lf s, %lf tps", &until, &tps) != 2) continue;
        if (last == 0)
            first = until;
        else
            done += tps * (until - last);
        last = until;
    }
    return last > first ? done / (last - first) : 0;
}

std::int64_t number_after(std::string const& out, std::string_view words) {
    std::size_t const found = out.find(words);
    std::int64_t number = 0;
    if (found != std::string::npos)
        std::from_chars(out.data() + found + words.size(), out.data() + out.size(), number);
    return number;
}

}  // namespace

Scratch::Scratch() {
    path_ = (std::filesystem::temp_directory_path() / "capacity-bench-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
}

Scratch::~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

std::string Scratch::file(std::string_view name) const { return fmt::format("{}/{}", path_, name); }

Result<Throughput> run_orders(Scratch const& scratch, Endpoint const& entry, int clients,
                              Duration span) {
    auto const ended = run_customers(scratch, entry, warm_up + span, "clients", clients);
    if (!ended) return std::unexpected(ended.error());
    std::uintmax_t bytes = 0;
    auto const record = take_record(scratch, bytes);
    if (!record) return std::unexpected(record.error());
    Throughput all;
    auto const from = record->attempts.front().started + warm_up;
    std::int64_t counted = 0;
    for (record::Attempt const& attempt : record->attempts) {
        bool const good = attempt.outcome == record::Outcome::ok;
        ++(good ? all.transactions : all.not_ok);
        if (!good && all.why.empty()) all.why = fmt::format("{} {}", attempt.error, attempt.detail);
        if (good && attempt.finished >= from && attempt.finished < from + span) ++counted;
    }
    all.per_s = static_cast<double>(counted) / seconds(span);
    all.cpu_us =
        ended->cpu_s * 1e6 / static_cast<double>(std::max<std::int64_t>(all.transactions, 1));
    all.record_bytes = static_cast<double>(bytes) / static_cast<double>(record->attempts.size());
    all.resident_bytes = number_after(ended->out, "resident ");
    return all;
}

Result<Lateness> run_grid(Scratch const& scratch, Endpoint const& entry, int rate, Duration span) {
    auto const ended = run_customers(scratch, entry, warm_up + span, "rate", rate);
    if (!ended) return std::unexpected(ended.error());
    std::uintmax_t bytes = 0;
    auto const record = take_record(scratch, bytes);
    if (!record) return std::unexpected(record.error());
    Lateness found;
    std::vector<Duration> late;
    auto const from = record->attempts.front().due + warm_up;
    for (record::Attempt const& attempt : record->attempts) {
        if (attempt.due < from || attempt.due >= from + span) continue;
        bool const unserved = attempt.error == "unserved";
        if (unserved) ++found.unserved;
        if (attempt.outcome == record::Outcome::ok)
            ++found.per_s;
        else
            ++found.not_ok;
        if (attempt.outcome != record::Outcome::ok && found.why.empty())
            found.why = fmt::format("{} {}", attempt.error, attempt.detail);
        // Nobody started it until its deadline had passed: that is how late it is at least.
        late.push_back((unserved ? attempt.finished : attempt.started) - attempt.due);
    }
    if (late.empty()) return fail(Error::Kind::failed, "no attempt after the warm-up");
    std::ranges::sort(late);
    found.median = at(late, 0.5);
    found.p99 = at(late, 0.99);
    found.worst = late.back();
    found.per_s /= seconds(span);
    return found;
}

Result<Throughput> run_pgbench(Scratch const& scratch, ProbeContext const& context,
                               Endpoint const& entry, std::string_view node, int clients,
                               Duration span) {
    ::setenv("PGHOST", entry.host.c_str(), 1);
    ::setenv("PGPORT", std::to_string(entry.port).c_str(), 1);
    ::setenv("PGUSER", context.postgres.user.c_str(), 1);
    ::setenv("PGDATABASE", context.postgres.dbname.c_str(), 1);
    ::setenv("PGPASSWORD", context.postgres.password.reveal().c_str(), 1);
    ::setenv("PGSSLMODE", context.postgres.sslmode.c_str(), 1);
    ::setenv("PGGSSENCMODE", "disable", 1);
    constexpr int threads = 2;
    // Its last line of progress may be missing, so it runs a second longer. It gets the priority
    // that customers have (harness/engine/traffic.cpp).
    auto const ended = run_to_end(scratch,
                                  {"nice",
                                   "-n",
                                   "-10",
                                   "chroot",
                                   lab_path::root(*find_lab_node(node)),
                                   std::string(pgbench),
                                   "-n",
                                   "-M",
                                   "prepared",
                                   "-f",
                                   "-",
                                   "-c",
                                   std::to_string(clients),
                                   "-j",
                                   std::to_string(std::min(clients, threads)),
                                   "-P",
                                   "1",
                                   "-T",
                                   std::to_string((warm_up + span) / 1s + 1),
                                   "-D",
                                   "fresh=1",
                                   "-D",
                                   "channel=orders",
                                   "-D",
                                   fmt::format("item={}", shop::free_item),
                                   "-D",
                                   "positions=2"},
                                  script(), warm_up + span + grace);
    ::unsetenv("PGPASSWORD");
    if (!ended) return std::unexpected(ended.error());
    Throughput all{
        .per_s = rate_after_first(ended->out),
        .transactions = number_after(ended->out, "number of transactions actually processed: ")};
    if (all.per_s <= 0 || all.transactions <= 0)
        return fail(Error::Kind::protocol, "pgbench tells no rate: " + ended->out);
    all.cpu_us = ended->cpu_s * 1e6 / static_cast<double>(all.transactions);
    return all;
}

Result<ProbeContext> context_of_lab() {
    auto const file = running_lab();
    if (!file) return fail(Error::Kind::not_found, "no lab is up");
    Mistakes mistakes;
    auto const inventory = load_inventory(*file, mistakes);
    if (!inventory) return std::unexpected(inventory.error());
    if (!mistakes.empty()) return fail(Error::Kind::invalid, mistakes.text());
    auto const secrets = read_secrets(*inventory);
    if (!secrets) return std::unexpected(secrets.error());
    return probe_context(*inventory, *secrets);
}

int be_the_customers(std::vector<std::string> const& arguments) {
    if (arguments.size() != 7) return 64;
    auto context = context_of_lab();
    auto writer = record::Writer::create(arguments[1]);
    if (!context || !writer) {
        fmt::print("{}\n", (context ? writer.error() : context.error()).message);
        return 1;
    }
    SteadyClock clock;
    context->run_id = "capacity";
    context->clock = &clock;
    context->sink = writer->get();
    context->origin = clock.now();
    context->write = {{.entry = arguments[2] + ":" + arguments[3],
                       .host = arguments[2],
                       .port = static_cast<std::uint16_t>(std::stoi(arguments[3]))}};
    Duration const span = std::stoi(arguments[4]) * 1ms;
    int const number = std::stoi(arguments[6]);
    WorkloadItem orders{.probe = Registry<ProbeKind>::find("orders")};
    orders.options = fallback_options(orders.probe->options);
    orders.options.set("prepared", true);
    if (arguments[5] == "clients") {
        orders.options.set("unlimited", true);
        orders.options.set("clients", std::int64_t{number});
        // Many that log in at once may take longer than a customer waits.
        orders.options.set("deadline", Duration(5s));
    } else {
        orders.options.set("rate", Rate{static_cast<double>(number)});
        orders.options.set("connections", "kept");
        orders.options.set("deadline", grid_deadline(number));
    }
    auto traffic = Traffic::plan({orders}, *context);
    if (!traffic) {
        fmt::print("{}\n", traffic.error().message);
        return 1;
    }
    context->sink->write(record::RunStarted{.run_id = context->run_id});
    (*traffic)->start_customers();
    // Customers start a little after they are told to, when all threads are up.
    static_cast<void>(clock.sleep_for(span + 500ms, {}));
    long pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages;
    (*traffic)->stop_customers();
    Status const whole = (*writer)->flush();
    fmt::print("resident {}\n", pages * ::sysconf(_SC_PAGESIZE));
    if (!whole) fmt::print("{}\n", whole.error().message);
    return whole ? 0 : 1;
}

}  // namespace interregnum::bench
