// SPDX-License-Identifier: MIT
#include "harness/cli/list_text.h"

namespace interregnum {

std::string grants_text() {
    // Redis: by category, so that a later Redis command of a customer needs no new rule, but only
    // on our keys, and nothing that is dangerous (FLUSHALL knows no key patterns).
    return R"(-- PostgreSQL, on the leader as a superuser. A database of its own sets it apart.
CREATE ROLE drill LOGIN PASSWORD '...';       -- inventory: postgres.user, postgres.password
CREATE DATABASE drill;                        -- inventory: postgres.dbname
GRANT CONNECT, CREATE ON DATABASE drill TO drill;  -- makes and drops the schema "interregnum"
GRANT pg_monitor TO drill;                    -- sees replication and activity
-- (and timelines of standbys; its canary writes need no more than the schema)
-- To have the files behind the drill's own tables checked on every node, in database drill:
CREATE EXTENSION amcheck;
GRANT EXECUTE ON FUNCTION bt_index_check(regclass, boolean), verify_heapam TO drill;
-- pg_hba.conf on every database node: the drill comes through HAProxy and, for canary writes, WAL
-- positions and its last reads, straight from the controller: two connections a node.
--   host  drill  drill  ADDRESS_OF_EACH_APP_NODE/32  scram-sha-256
--   host  drill  drill  ADDRESS_OF_THE_CONTROLLER/32  scram-sha-256

# Redis, on every node and in its ACL file: only keys of the drill, nothing dangerous.
)"
           "ACL SETUSER drill on >PASSWORD resetkeys ~interregnum:* resetchannels "
           "-@all +@read +@write +@connection -@dangerous +role +info\n"
           R"(# inventory: redis.user, redis.password; without an ACL user leave redis.user out.

# Sentinel, where it asks for a login at all, with the same user and password.
)"
           "ACL SETUSER drill on >PASSWORD resetchannels &* "
           "-@all +@connection -@dangerous +subscribe +psubscribe +role +info "
           "+sentinel|get-master-addr-by-name +sentinel|masters +sentinel|master "
           "+sentinel|replicas +sentinel|sentinels +sentinel|ckquorum\n"
           R"(
# etcd: reading and watching Patroni's leader key, "/NAMESPACE/SCOPE/leader" (inventory:
# patroni.namespace, patroni.scope), over HTTP on its client port.
)";
}

}  // namespace interregnum
