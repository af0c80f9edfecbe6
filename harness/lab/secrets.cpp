// SPDX-License-Identifier: MIT
#include "harness/lab/secrets.h"

#include <array>

#include <sys/random.h>

#include "harness/base/process.h"
#include "harness/lab/files.h"
#include "harness/lab/layout.h"

namespace interregnum {
namespace {

std::string random_from(std::string_view alphabet, std::size_t length) {
    std::string text;
    while (text.size() < length) {
        std::array<unsigned char, 64> random{};
        if (getrandom(random.data(), random.size(), 0) < 0) continue;
        for (unsigned char const byte : random) {
            // Bytes beyond the last whole multiple would favour the first letters.
            if (byte >= 256 / alphabet.size() * alphabet.size()) continue;
            if (text.size() < length) text += alphabet[byte % alphabet.size()];
        }
    }
    return text;
}

struct KeyPair {
    Secret private_key;
    std::string public_key;
};

Result<KeyPair> make_key(std::string const& path, std::string const& comment) {
    auto made = check_local(
        {.argv = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path}});
    if (!made) return std::unexpected(made.error());
    auto private_key = read_file(path);
    if (!private_key) return std::unexpected(private_key.error());
    auto public_key = read_file(path + ".pub");
    if (!public_key) return std::unexpected(public_key.error());
    return KeyPair{Secret(*private_key), *public_key};
}

Status make_host_keys(LabSecrets& secrets) {
    std::string known_hosts;
    for (LabNode const& node : lab_nodes()) {
        std::string const path =
            std::string(lab_state_dir) + "/" + std::string(node.name) + ".host_key";
        auto pair = make_key(path, std::string(node.name));
        if (!pair) return std::unexpected(pair.error());
        if (Status gone = remove_files({path, path + ".pub"}); !gone) return gone;
        known_hosts +=
            std::string(node.name) + "," + std::string(node.address) + " " + pair->public_key;
        secrets.host_keys[std::string(node.name)] = {std::move(pair->private_key),
                                                     std::move(pair->public_key)};
        secrets.machine_ids[std::string(node.name)] = random_from("0123456789abcdef", 32);
    }
    return write_file(lab_path::known_hosts(), known_hosts, 0644);
}

}  // namespace

std::string random_text(std::size_t length) {
    return random_from("abcdefghijklmnopqrstuvwxyz0123456789", length);
}

Result<LabSecrets> make_lab_secrets() {
    LabSecrets secrets{.superuser = Secret(random_text(24)),
                       .replication = Secret(random_text(24)),
                       .rewind = Secret(random_text(24)),
                       .drill = Secret(random_text(24)),
                       .redis = Secret(random_text(24)),
                       .admin_key = {},
                       .host_keys = {},
                       .machine_ids = {}};
    auto login = make_key(lab_path::ssh_key(), "interregnum-lab");
    if (!login) return std::unexpected(login.error());
    secrets.admin_key = login->public_key;
    if (Status made = make_host_keys(secrets); !made) return std::unexpected(made.error());
    if (Status put = write_file(lab_path::postgres_password(), secrets.drill.reveal() + "\n", 0600);
        !put)
        return std::unexpected(put.error());
    if (Status put = write_file(lab_path::redis_password(), secrets.redis.reveal() + "\n", 0600);
        !put)
        return std::unexpected(put.error());
    return secrets;
}

}  // namespace interregnum
