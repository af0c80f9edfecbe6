// SPDX-License-Identifier: MIT
// A file of host keys.
#include "harness/remote/known_hosts.h"

#include "tests/fuzz/fuzz.h"

// libssh2 1.10 loses a hashing context for each hashed name that is not as long as a SHA-1: a
// leak of a few hundred bytes for a broken line of the user's own file, and none of ours.
extern "C" char const* __lsan_default_suppressions() { return "leak:libssh2\nleak:libcrypto"; }

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace interregnum;
    auto const hosts = KnownHosts::parse(fuzz::text_of(data, size), "fuzz");
    if (!hosts) {
        fuzz::expect(!hosts.error().message.empty());
        return 0;
    }
    (void)hosts->types("db1", 22);
    // A key that no file has: its type, and 32 bytes that are no key.
    static std::string const key =
        std::string("\0\0\0\x0bssh-ed25519\0\0\0\x20", 19) + std::string(32, 'n');
    fuzz::expect(hosts->check("db1", 22, key) != KnownHosts::Match::known);
    fuzz::expect(hosts->check("db2", 2222, key) != KnownHosts::Match::known);
    return 0;
}
