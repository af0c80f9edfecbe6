// SPDX-License-Identifier: MIT
#include "tests/cluster/support/network_view.h"

#include <array>
#include <cerrno>
#include <sstream>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace interregnum::test {

namespace {

using namespace std::chrono_literals;

std::string out_of(std::string const& node, std::string const& script,
                   std::vector<std::string> const& arguments = {}, Duration timeout = 15s) {
    std::vector<std::string> argv = {"bash", "-c", script, "bash"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return on_lab_node(node, argv, timeout).out;
}

int to_millis(Duration span) {
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(span).count());
}

int number(std::string const& text) { return text.empty() ? 0 : std::stoi(text); }

}  // namespace

bool poll(std::function<bool()> const& so, Duration timeout) {
    SteadyClock clock;
    Instant const deadline = clock.now() + timeout;
    while (!so()) {
        if (clock.now() >= deadline) return false;
        clock.sleep_for(100ms, {});
    }
    return true;
}

LocalResult run_here(std::vector<std::string> argv) {
    auto done = run_local({.argv = std::move(argv), .timeout = 10s});
    if (done) return *done;
    ADD_FAILURE() << done.error().message;
    return {};
}

bool reaches(std::string const& from, std::string const& address, int port) {
    return on_lab_node(from, {"timeout", "1", "bash", "-c", ": <\"/dev/tcp/$0/$1\"", address,
                              std::to_string(port)})
               .exit_status == 0;
}

std::map<std::string, std::set<std::string>> who_reaches_whom(
    std::map<std::string, std::string> const& addresses) {
    std::vector<std::string> arguments;
    for (auto const& [name, address] : addresses) {
        arguments.push_back(name);
        arguments.push_back(address);
    }
    std::map<std::string, std::set<std::string>> seen;
    for (auto const& [node, own] : addresses) seen[node] = {};
    {
        std::vector<std::jthread> asking;
        asking.reserve(seen.size());
        // The map's places are there already; each thread fills its own.
        for (auto& [node, reached] : seen)
            asking.emplace_back([&arguments, &from = node, &into = reached] {
                std::istringstream names(out_of(from, R"sh(
                    while [ $# -gt 0 ]; do
                        { timeout 1 bash -c ': <"/dev/tcp/$0/22"' "$2" 2>/dev/null && echo "$1"; } &
                        shift 2
                    done
                    wait)sh",
                                                arguments));
                for (std::string name; names >> name;)
                    if (name != from) into.insert(name);
            });
    }
    return seen;
}

int silent_attempts(std::string const& from, std::string const& address, int attempts) {
    return number(out_of(from, R"sh(
        for ((i = 0; i < $2; ++i)); do
            { timeout 0.4 bash -c ': <"/dev/tcp/$0/9"' "$1" 2>/dev/null
              [ $? != 124 ] || echo silent; } &
        done | grep -c silent
        wait)sh",
                         {address, std::to_string(attempts)}));
}

bool half_open_arrives(std::string const& from, std::string const& to, std::string const& address) {
    auto const half_open = [&] { return out_of(to, "ss -tnH state syn-recv sport = :22"); };
    // Those of earlier attempts last for a minute; each attempt comes from a port of its own.
    std::string const before = half_open();
    std::jthread const asking([&] { static_cast<void>(reaches(from, address, 22)); });
    return poll(
        [&] {
            std::istringstream lines(half_open());
            for (std::string line; std::getline(lines, line);)
                if (!before.contains(line)) return true;
            return false;
        },
        900ms);
}

std::string link_local_of(std::string const& node) {
    return out_of(node, R"sh(
        printf %s "$(ip -o -6 addr show dev eth0 scope link |
            sed -n '1s/.* inet6 \([^/]*\).*/\1/p')%eth0")sh");
}

std::int64_t bytes_heard(std::string const& node, int port) {
    return std::stoll("0" + out_of(node, R"sh(
        ss -tinH state established "( sport = :$1 or dport = :$1 )" |
            grep -o 'bytes_received:[0-9]*' | awk -F: '{ sum += $2 } END { printf "%d", sum }')sh",
                                   {std::to_string(port)}));
}

int established(std::string const& node, int port) {
    return number(
        out_of(node, "ss -tnH state established sport = :$1 | wc -l", {std::to_string(port)}));
}

Duration transfer_time(std::string const& from, std::string const& to, std::string const& address,
                       int bytes) {
    SteadyClock clock;
    std::string arrived;
    Instant began{};
    {
        std::jthread const listening([&] {
            arrived = out_of(to, R"sh(
                timeout 12 perl -MIO::Socket::INET -e '
                    $s = IO::Socket::INET->new(LocalPort => 9999, Listen => 1, ReuseAddr => 1);
                    $c = $s->accept; $n += length $b while sysread($c, $b, 65536); print $n')sh");
        });
        EXPECT_TRUE(poll([&] { return !out_of(to, "ss -tlnH sport = :9999").empty(); }, 5s));
        began = clock.now();
        out_of(from, "head -c \"$2\" /dev/zero >\"/dev/tcp/$1/9999\"",
               {address, std::to_string(bytes)});
    }
    EXPECT_EQ(arrived, std::to_string(bytes));
    return clock.now() - began;
}

Duration round_trip(std::string const& from, std::string const& address) {
    return std::chrono::milliseconds(number(out_of(from, R"sh(
        begin=${EPOCHREALTIME/./}
        timeout 1 bash -c ': <"/dev/tcp/$0/9"' "$1" 2>/dev/null
        end=${EPOCHREALTIME/./}
        printf %d $(((end - begin) / 1000)))sh",
                                                   {address})));
}

HeldConnection::HeldConnection(std::string const& address, int port) {
    int const made = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, address.c_str(), &to.sin_addr);
    ::connect(made, reinterpret_cast<sockaddr*>(&to), sizeof to);
    pollfd wait{.fd = made, .events = POLLOUT, .revents = 0};
    int error = ETIMEDOUT;
    socklen_t size = sizeof error;
    if (::poll(&wait, 1, 1000) == 1) getsockopt(made, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0)
        socket_ = made;
    else
        ::close(made);
}

HeldConnection::~HeldConnection() {
    if (socket_ >= 0) ::close(socket_);
}

bool HeldConnection::is_open() const {
    if (socket_ < 0) return false;
    char byte = 0;
    ssize_t const got = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got > 0 || (got < 0 && errno == EAGAIN);
}

bool HeldConnection::postgres_answers(Duration timeout) {
    constexpr std::array<unsigned char, 8> ssl_request{0, 0, 0, 8, 4, 210, 22, 47};
    if (socket_ < 0 || ::send(socket_, ssl_request.data(), 8, MSG_NOSIGNAL) != 8) return false;
    return answer_arrives(timeout);
}

bool HeldConnection::answer_arrives(Duration timeout) {
    pollfd wait{.fd = socket_, .events = POLLIN, .revents = 0};
    char answer = 0;
    return ::poll(&wait, 1, to_millis(timeout)) == 1 && ::recv(socket_, &answer, 1, 0) == 1;
}

bool HeldConnection::was_reset(Duration timeout) const {
    pollfd wait{.fd = socket_, .events = POLLIN, .revents = 0};
    char byte = 0;
    return ::poll(&wait, 1, to_millis(timeout)) == 1 && ::recv(socket_, &byte, 1, 0) < 0 &&
           errno == ECONNRESET;
}

OwnersRules::OwnersRules(std::string node, Tool tool) : node_(std::move(node)), tool_(tool) {
    LocalResult const shaped =
        on_lab_node(node_, {"tc", "qdisc", "add", "dev", "eth0", "root", "handle", "1:", "tbf",
                            "rate", "500mbit", "burst", "256k", "latency", "50ms"});
    EXPECT_EQ(shaped.exit_status, 0) << shaped.err;
    if (tool_ == Tool::iptables) {
        tables(R"sh(
        for tool in iptables ip6tables; do
            $tool -w 5 -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT || exit 1
            $tool -w 5 -A INPUT -p tcp --dport 4711 -j DROP || exit 1
        done)sh");
        return;
    }
    LocalResult const set = on_lab_node(node_, {"sh", "-ec", R"sh(
        nft 'table inet owner {
            set blocked { type ipv4_addr; elements = { 192.0.2.7 }; }
            chain early { type filter hook prerouting priority -300; ct state established accept; }
            chain input { type filter hook input priority 0; policy accept;
                ct state established,related accept; ip saddr @blocked counter drop; }
        }')sh"});
    EXPECT_EQ(set.exit_status, 0) << set.err;
}

OwnersRules::~OwnersRules() {
    if (tool_ == Tool::iptables)
        tables(R"sh(
        for tool in iptables ip6tables; do
            $tool -w 5 -D INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT || exit 1
            $tool -w 5 -D INPUT -p tcp --dport 4711 -j DROP || exit 1
        done)sh");
    // The tables stay when iptables has taken its rules out of them, and a node that boots without
    // them is not as it was: the next test would see that.
    LocalResult const gone = on_lab_node(node_, {"sh", "-ec", R"sh(
        tc qdisc del dev eth0 root
        for table in 'inet owner' 'ip filter' 'ip6 filter'; do
            ! nft list table $table >/dev/null 2>&1 || nft delete table $table
        done
        test -z "$(nft list ruleset)")sh"});
    EXPECT_EQ(gone.exit_status, 0) << gone.out << gone.err;
}

std::string OwnersRules::tables(std::string const& script) const {
    LocalResult const done =
        run_here({"ip", "netns", "exec", "interregnum-" + node_, "sh", "-c", script});
    EXPECT_EQ(done.exit_status, 0) << done.err;
    return done.out;
}

std::string OwnersRules::listing() const {
    std::string rules = out_of(node_, R"sh(
        nft -s list ruleset | sed '/^table inet interregnum_/,/^}/d'
        tc qdisc show)sh");
    if (tool_ != Tool::iptables) return rules;
    return rules + tables(R"sh(
        for tool in iptables-save ip6tables-save; do $tool | grep -v '^[#:]'; done)sh");
}

std::string OwnersRules::why_no_iptables() {
    bool const there = run_here({"sh", "-c",
                                 "for tool in iptables ip6tables iptables-save ip6tables-save; do "
                                 "command -v $tool || exit 1; done"})
                           .exit_status == 0;
    return there ? "" : "this machine has no iptables (package iptables): not tried";
}

NameServer::NameServer(std::string node, std::string asking, std::string const& address)
    : node_(std::move(node)), asking_(std::move(asking)) {
    // Turns each question into its answer: one address, 192.0.2.53. From a file, since systemd
    // would replace what looks like its variables.
    constexpr char const* program = R"pl(
use IO::Socket::INET;
$s = IO::Socket::INET->new(LocalPort => 53, Proto => "udp") or die;
while ($from = $s->recv($q, 512)) {
    substr($q, 2, 10) = pack("n5", 0x8180, 1, 1, 0, 0);
    $s->send($q . pack("n3NnC4", 0xc00c, 1, 1, 0, 4, 192, 0, 2, 53), 0, $from);
})pl";
    LocalResult const started = on_lab_node(
        node_, {"sh", "-c",
                "printf %s \"$0\" >/run/names-for-test.pl && systemd-run --quiet --collect "
                "--unit=names-for-test perl /run/names-for-test.pl",
                program});
    EXPECT_EQ(started.exit_status, 0) << started.err;
    out_of(asking_,
           "cp -a /etc/resolv.conf /run/resolv.before 2>/dev/null; rm -f /etc/resolv.conf; "
           "echo \"nameserver $1\" >/etc/resolv.conf",
           {address});
}

NameServer::~NameServer() {
    out_of(asking_, "rm -f /etc/resolv.conf; mv /run/resolv.before /etc/resolv.conf 2>/dev/null");
    out_of(node_, "systemctl stop names-for-test; rm -f /run/names-for-test.pl");
}

bool NameServer::answers() const {
    return on_lab_node(asking_, {"timeout", "2", "getent", "ahostsv4", "nowhere.invalid"})
        .out.contains("192.0.2.53");
}

}  // namespace interregnum::test
