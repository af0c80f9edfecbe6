// SPDX-License-Identifier: MIT
#include "tests/cluster/support/independent.h"

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <tuple>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "harness/cluster/inventory.h"
#include "harness/lab/lab.h"

namespace interregnum::test {

IndependentClient::IndependentClient(std::string const& host, int seconds) {
    Mistakes mistakes;
    auto const lab = running_lab();
    auto const inventory = lab ? load_inventory(*lab, mistakes)
                               : Result<Inventory>(fail(Error::Kind::not_found, "no lab is up"));
    if (!inventory) {
        ADD_FAILURE() << inventory.error().message;
        return;
    }
    auto const password = read_secret(inventory->postgres.password);
    if (!password) {
        ADD_FAILURE() << password.error().message;
        return;
    }
    ::setenv("PGHOST", host.c_str(), 1);
    ::setenv("PGPORT", "5000", 1);
    ::setenv("PGUSER", inventory->postgres.user.c_str(), 1);
    ::setenv("PGDATABASE", inventory->postgres.dbname.c_str(), 1);
    ::setenv("PGPASSWORD", password->reveal().c_str(), 1);
    std::string const program =
        (std::filesystem::path(binary()).parent_path() / "tests/independent_client").string();
    client_ = std::make_unique<Background>(
        std::vector<std::string>{"nsenter", "--net=/run/netns/interregnum-lab", program,
                                 std::to_string(seconds), folder_.path() + "/attempts"},
        folder_.path() + "/output");
}

IndependentOutage IndependentClient::finish() {
    constexpr std::int64_t service_time_ns = 1'000'000'000;
    IndependentOutage outage;
    if (!client_) return outage;
    auto const status = client_->wait(std::chrono::minutes(6));
    EXPECT_EQ(status.value_or(-1), 0) << read_file(folder_.path() + "/output");
    std::vector<std::tuple<std::int64_t, std::int64_t, bool>> lines;
    std::istringstream text(read_file(folder_.path() + "/attempts"));
    std::int64_t start = 0;
    std::int64_t end = 0;
    for (bool acknowledged = false; text >> start >> end >> acknowledged;)
        lines.emplace_back(start, end, acknowledged);
    std::ranges::sort(lines);
    std::int64_t missing_since = -1;
    for (auto const& [began, ended, acknowledged] : lines) {
        bool const good = acknowledged && ended - began <= service_time_ns;
        if (!good && missing_since < 0) missing_since = began;
        if (good && missing_since >= 0) {
            outage.length_ns = std::max(outage.length_ns, began - missing_since);
            missing_since = -1;
        }
    }
    outage.attempts = static_cast<std::int64_t>(lines.size());
    return outage;
}

}  // namespace interregnum::test
