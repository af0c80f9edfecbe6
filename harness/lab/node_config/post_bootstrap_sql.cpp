// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/lab/node_config/node_config.h"

namespace interregnum {

namespace {

// RFC 5802, 3, with one round instead of PostgreSQL's 4096: the same exchange of messages on the
// same wire. The rounds are libpq's work: a hundred new logins a second took 79 % of a processor
// of the customers' side, and take 13 % without them. Customers and cluster share the processors
// of one machine here, and what was measured was the machine, not the cluster (seen: a load of 30,
// and logins that queued for minutes).
constexpr std::string_view quick_scram = R"(CREATE EXTENSION pgcrypto;
DO $do$ DECLARE
    salt bytea := gen_random_bytes(16);
    salted bytea := hmac(salt || '\x00000001'::bytea, '{0}'::bytea, 'sha256');
BEGIN
    EXECUTE format('ALTER ROLE drill PASSWORD %L', format('SCRAM-SHA-256$1:%s$%s:%s',
        encode(salt, 'base64'), encode(sha256(hmac('Client Key', salted, 'sha256')), 'base64'),
        encode(hmac('Server Key', salted, 'sha256'), 'base64')));
END $do$;
DROP EXTENSION pgcrypto;
)";

// What a drill needs on any cluster, and no more: a role without special rights that owns one
// database, may read the server's statistics and have its tables' files checked.
constexpr std::string_view needed = R"(CREATE ROLE drill LOGIN;
GRANT pg_monitor TO drill;
CREATE DATABASE drill OWNER drill;
\connect drill
CREATE EXTENSION amcheck;
GRANT EXECUTE ON FUNCTION bt_index_check(regclass, boolean), verify_heapam TO drill;
)";

}  // namespace

std::string post_bootstrap_sql(LabSecrets const& secrets) {
    return std::string(needed) + fmt::format(quick_scram, secrets.drill.reveal());
}

}  // namespace interregnum
