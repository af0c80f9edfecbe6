// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/lab/node_config/node_config.h"

namespace interregnum {

std::string post_bootstrap_sql(LabSecrets const& secrets) {
    // What a drill needs on any cluster, and no more: a role without special rights that owns
    // one database, may read the server's statistics and have its tables' files checked.
    return fmt::format(R"(CREATE ROLE drill LOGIN PASSWORD '{}';
GRANT pg_monitor TO drill;
CREATE DATABASE drill OWNER drill;
\connect drill
CREATE EXTENSION amcheck;
GRANT EXECUTE ON FUNCTION bt_index_check(regclass, boolean), verify_heapam TO drill;
)",
                       secrets.drill.reveal());
}

}  // namespace interregnum
