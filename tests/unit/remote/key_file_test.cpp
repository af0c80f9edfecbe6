// SPDX-License-Identifier: MIT
#include "harness/remote/key_file.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "harness/remote/base64.h"
#include "harness/remote/wire.h"

namespace interregnum {
namespace {

std::string public_blob(std::string_view type) {
    std::string blob;
    wire_string(blob, type);
    wire_string(blob, std::string(32, 'k'));
    return blob;
}

/// A file in OpenSSH's format (PROTOCOL.key) whose private part is of no use.
std::string openssh_text(std::string_view type, std::string_view cipher, std::uint32_t keys = 1) {
    std::string bytes("openssh-key-v1\0", 15);
    wire_string(bytes, cipher);
    wire_string(bytes, cipher == "none" ? "none" : "bcrypt");
    wire_string(bytes, "");
    wire_number(bytes, keys);
    wire_string(bytes, public_blob(type));
    wire_string(bytes, std::string(64, 'p'));
    return "-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64_encode(bytes) +
           "\n-----END OPENSSH PRIVATE KEY-----\n";
}

TEST(KeyFile, TellsTypeAndEncryptionOfAnOpensshKey) {
    auto const plain = parse_key_file("k", openssh_text("ssh-ed25519", "none"));
    ASSERT_TRUE(plain) << plain.error().message;
    EXPECT_EQ(plain->type, "ssh-ed25519");
    EXPECT_EQ(plain->public_blob, public_blob("ssh-ed25519"));
    EXPECT_FALSE(plain->encrypted);
    auto const locked = parse_key_file("k", openssh_text("ssh-rsa", "aes256-ctr"));
    ASSERT_TRUE(locked);
    EXPECT_EQ(locked->type, "ssh-rsa");
    EXPECT_TRUE(locked->encrypted);
}

TEST(KeyFile, TellsWhatThePemHeadersTell) {
    auto const rsa = parse_key_file(
        "k",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE "
        "KEY-----\n");
    ASSERT_TRUE(rsa);
    EXPECT_EQ(rsa->type, "ssh-rsa");
    EXPECT_TRUE(rsa->encrypted);
    auto const pkcs8 =
        parse_key_file("k",
                       "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA\n-----END ENCRYPTED PRIVATE "
                       "KEY-----\n");
    ASSERT_TRUE(pkcs8);
    EXPECT_TRUE(pkcs8->encrypted);
    EXPECT_EQ(pkcs8->type, "");
}

TEST(KeyFile, RefusesWhatIsNoPrivateKey) {
    auto const is_refused = [](std::string text, std::string_view why) {
        auto const key = parse_key_file("the-file", std::move(text));
        ASSERT_FALSE(key);
        EXPECT_EQ(key.error().kind, Error::Kind::refused);
        EXPECT_NE(key.error().message.find("the-file"), std::string::npos);
        EXPECT_NE(key.error().message.find(why), std::string::npos) << key.error().message;
    };
    is_refused("", "not a private key");
    is_refused("hello", "not a private key");
    is_refused("-----BEGIN ", "not a private key");
    is_refused("ssh-ed25519 AAAA me", "without .pub");
    is_refused("-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----", "a CERTIFICATE");
    is_refused("-----BEGIN OPENSSH PRIVATE KEY-----\n!!!\n-----END OPENSSH PRIVATE KEY-----",
               "damaged");
    is_refused(openssh_text("ssh-ed25519", "none", 2), "damaged");
    std::string cut = "openssh-key-v1";
    cut += '\0';
    wire_number(cut, 0xffffffffU);  // a length far past the end
    is_refused("-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64_encode(cut) + "\n-----END X-----",
               "damaged");
}

class KeyFileOnDisk : public testing::Test {
protected:
    void SetUp() override {
        path_ = testing::TempDir() + "interregnum-key-" + std::to_string(::getpid());
    }
    void TearDown() override { std::filesystem::remove(path_); }
    void write(std::string const& text, mode_t mode) const {
        std::ofstream(path_) << text;
        ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    }
    std::string path_;
};

TEST_F(KeyFileOnDisk, IsReadWhenPrivate) {
    write(openssh_text("ssh-ed25519", "none"), 0600);
    auto const key = load_key_file(path_);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(key->type, "ssh-ed25519");
}

TEST_F(KeyFileOnDisk, IsRefusedWhenOthersCanReadIt) {
    write(openssh_text("ssh-ed25519", "none"), 0644);
    auto const key = load_key_file(path_);
    ASSERT_FALSE(key);
    EXPECT_NE(key.error().message.find("chmod 600"), std::string::npos) << key.error().message;
}

TEST_F(KeyFileOnDisk, IsRefusedWhenMissingOrTooLargeOrAFolder) {
    auto const missing = load_key_file(path_);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, Error::Kind::refused);
    EXPECT_NE(missing.error().message.find(path_ + ": No such file"), std::string::npos);
    write(std::string(70'000, 'x'), 0600);
    auto const large = load_key_file(path_);
    ASSERT_FALSE(large);
    EXPECT_NE(large.error().message.find("64 KiB"), std::string::npos);
    auto const folder = load_key_file(testing::TempDir());
    ASSERT_FALSE(folder);
    EXPECT_NE(folder.error().message.find("not a regular file"), std::string::npos);
}

}  // namespace
}  // namespace interregnum
