// SPDX-License-Identifier: MIT
#include "harness/cli/status_text.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

TEST(StatusText, TellsWhereCustomersAreSentWrongly) {
    ClusterView view;
    view.nodes = {{.name = "db1", .address = "10.0.0.1", .group = "db", .patroni_answers = true},
                  {.name = "app1", .address = "10.0.1.1", .group = "app"}};
    view.nodes[0].role = "leader";
    view.nodes[1].haproxy_answers = true;
    view.entries = {{.host = "10.0.1.1", .port = 5000}};
    view.backends = {
        {.app = "app1", .backend = "write", .server = "db1", .status = "UP"},
        {.app = "app1", .backend = "write", .server = "db9", .status = "UP"},
    };
    std::string const text = status_text(view);
    EXPECT_NE(text.find("redundant: NO\n"), std::string::npos) << text;
    EXPECT_NE(text.find("  HAProxy on app1 sends write to db1, db9 (no node of the inventory) "
                        "(expected the leader db1 alone)\n"),
              std::string::npos)
        << text;
}

}  // namespace
}  // namespace interregnum
