// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/process.h"
#include "harness/base/shell_quote.h"
#include "harness/remote/ssh.h"
#include "harness/remote/unique_fd.h"

namespace interregnum::test {

/// The path of an OpenSSH server to test against, never one that is installed on this machine
/// (that would start as a service): INTERREGNUM_TEST_SSHD, or that of the lab's image. Its
/// libraries are looked for beside it. "" when there is neither.
inline std::string sshd_path() {
    char const* const path = std::getenv("INTERREGNUM_TEST_SSHD");
    if (path != nullptr) return path;
    std::error_code ignored;
    for (auto const& image :
         std::filesystem::directory_iterator("/var/cache/interregnum", ignored)) {
        auto const sshd = image.path() / "root/usr/sbin/sshd";
        if (std::filesystem::exists(sshd, ignored)) return sshd.string();
    }
    return {};
}

/// A real sshd on 127.0.0.1, in PID and mount namespaces of its own: whatever it starts ends with
/// it, and its user "sshd", its /run and its logins are invisible to the machine. Logins are root
/// and "drill" (uid 61616, with a `sudo` of our making); keys are made anew.
class Sshd {
public:
    Sshd() {
        std::string pattern = (std::filesystem::temp_directory_path() / "interregnum-sshd-XXXXXX");
        folder_ = ::mkdtemp(pattern.data());
        ::chmod(folder_.c_str(), 0755);
        for (char const* type : {"ed25519", "ecdsa"}) make_key(std::string("host_") + type, type);
        make_key("key", "ed25519");
        write_files();
        port_ = free_port();
        start();
        write("known_hosts", host_line("host_ed25519") + host_line("host_ecdsa"));
    }
    Sshd(Sshd const&) = delete;
    Sshd& operator=(Sshd const&) = delete;
    ~Sshd() {
        kill();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    /// Starts it again on the same port, with the same keys.
    void start() {
        std::string const sshd = sshd_path();
        std::string libraries;
        if (auto const at = sshd.find("/usr/sbin/sshd"); at != std::string::npos && at > 0)
            for (char const* folder : {"/lib", "/usr/lib"})
                for (char const* triple : {"", "/x86_64-linux-gnu", "/aarch64-linux-gnu"})
                    libraries += sshd.substr(0, at) + folder + triple + ":";
        std::string const script =
            "mount -t tmpfs none /run && mkdir -m 755 /run/sshd && mount --bind " + path("passwd") +
            " /etc/passwd && LD_LIBRARY_PATH=" + shell_quote(libraries) + " exec " +
            shell_quote(sshd) + " -D -e -p " + std::to_string(port_) + " -f " + path("config") +
            " 2>>" + path("log");
        // A test that is killed takes it along.
        std::vector<std::string> words{"setpriv",      "--pdeathsig", "KILL",    "unshare",
                                       "--fork",       "--pid",       "--mount", "--mount-proc",
                                       "--kill-child", "sh",          "-c",      script};
        std::vector<char*> argv;
        argv.reserve(words.size() + 1);
        for (std::string& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        ASSERT_EQ(::posix_spawnp(&process_, "setpriv", nullptr, nullptr, argv.data(), environ), 0);
        for (int i = 0; i < 200; ++i) {
            if (connects()) return;
            SteadyClock().sleep_for(std::chrono::milliseconds(25), {});
        }
        FAIL() << "sshd did not start: " << read("log");
    }

    /// As the node's power would go: all of it, at once.
    void kill() {
        if (process_ <= 0) return;
        // The first process of the namespace, so that unshare is there to collect it.
        std::string const process = std::to_string(process_);
        std::ifstream children("/proc/" + process + "/task/" + process + "/children");
        pid_t first = 0;
        ::kill(children >> first ? first : process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = -1;
        // The rest of the namespace gets its SIGKILL from the kernel, a moment later.
        for (int i = 0; i < 200 && connects(); ++i)
            SteadyClock().sleep_for(std::chrono::milliseconds(10), {});
    }

    void make_key(std::string const& name, std::string const& type,
                  std::string const& passphrase = "") const {
        auto const made = check_local({.argv = {"ssh-keygen", "-q", "-t", type, "-N", passphrase,
                                                "-C", name, "-f", path(name)}});
        ASSERT_TRUE(made) << made.error().message;
    }
    /// Lets a key made with `make_key` log in.
    void authorize(std::string const& name) const {
        std::ofstream(path("authorized_keys"), std::ios::app) << read(name + ".pub");
    }

    /// A line of known_hosts that says this host has that key.
    [[nodiscard]] std::string host_line(std::string const& key) const {
        return "[127.0.0.1]:" + std::to_string(port_) + " " + read(key + ".pub");
    }
    void write(std::string const& name, std::string const& text) const {
        std::ofstream(path(name)) << text;
    }
    [[nodiscard]] std::string read(std::string const& name) const {
        std::ifstream in(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    [[nodiscard]] std::string path(std::string const& name) const { return folder_ + "/" + name; }
    [[nodiscard]] std::uint16_t port() const { return port_; }

    [[nodiscard]] SshTarget target() const {
        return {.node = "db1",
                .address = "127.0.0.1",
                .port = port_,
                .user = "root",
                .key = path("key"),
                .host_keys = path("known_hosts")};
    }

    /// A TCP socket on 127.0.0.1 that nobody answers on. `backlog` 0 fills up at once.
    [[nodiscard]] static UniqueFd silent_listener(std::uint16_t& port, int backlog) {
        UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(fd.value(), reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(fd.value(), backlog), 0);
        EXPECT_EQ(::getsockname(fd.value(), reinterpret_cast<sockaddr*>(&address), &size), 0);
        port = ntohs(address.sin_port);
        return fd;
    }

    /// A connection to a port of 127.0.0.1, begun and not waited for.
    [[nodiscard]] static UniqueFd begin_connect(std::uint16_t port) {
        UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_in const address = loopback(port);
        int const begun =
            ::connect(fd.value(), reinterpret_cast<sockaddr const*>(&address), sizeof address);
        EXPECT_TRUE(begun == 0 || errno == EINPROGRESS || errno == ECONNREFUSED);
        return fd;
    }

private:
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        return address;
    }
    static std::uint16_t free_port() {
        std::uint16_t port = 0;
        UniqueFd const held = silent_listener(port, 1);
        return port;
    }
    [[nodiscard]] bool connects() const {
        UniqueFd const fd = begin_connect(port_);
        pollfd one{.fd = fd.value(), .events = POLLOUT, .revents = 0};
        return ::poll(&one, 1, 1000) == 1 && (one.revents & (POLLERR | POLLHUP)) == 0;
    }

    void write_files() const {
        write("authorized_keys", read("key.pub"));
        write("config", "HostKey " + path("host_ed25519") + "\nHostKey " + path("host_ecdsa") +
                            "\nListenAddress 127.0.0.1\nAuthorizedKeysFile " +
                            path("authorized_keys") +
                            "\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n"
                            "PidFile none\nMaxStartups 100\nLogLevel ERROR\nSetEnv PATH=" +
                            path("bin") + ":/usr/local/bin:/usr/bin:/bin\n");
        write("passwd",
              "root:x:0:0:root:/root:/bin/sh\n"
              "sshd:x:61615:65534::/run/sshd:/usr/sbin/nologin\n"
              "drill:x:61616:65534::/tmp:/bin/sh\n"
              "nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n");
        std::filesystem::create_directory(path("bin"));
        // It cannot make anybody root, but it shows that it was asked, and how.
        write("bin/sudo",
              "#!/bin/sh\n[ \"$1\" = -n ] || exit 9\nshift\n"
              "[ ! -e " +
                  path("no-sudo") +
                  " ] || { echo 'sudo: a password is required' >&2; "
                  "exit 1; }\nVIA_SUDO=yes\nexport VIA_SUDO\nexec \"$@\"\n");
        std::filesystem::permissions(path("bin/sudo"), std::filesystem::perms(0755));
    }

    std::string folder_;
    std::uint16_t port_{};
    pid_t process_{-1};
};

}  // namespace interregnum::test
