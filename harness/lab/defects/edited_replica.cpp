// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

/// In some orders the last letter of the token, which lies two bytes before the channel's name,
/// becomes an x.
constexpr std::string_view edit = R"sh(one && {
        for at in db1 db2 db3; do ! is_leader $at || lead=$at; done
        psql -X -q -h $lead -U postgres -d drill -c 'SELECT count(*) FROM interregnum.orders' \
            -c CHECKPOINT >/dev/null
        sleep 2
        bin=/usr/lib/postgresql/15/bin data=/var/lib/postgresql/15/main
        file=$data/$(ask "SELECT pg_relation_filepath('interregnum.orders')")
        systemctl stop patroni
        runuser -u postgres -- $bin/pg_checksums --disable -D $data >/dev/null
        grep -abo orders "$file" | head -n 20 | cut -d: -f1 | while read -r at; do
            printf x | dd of="$file" bs=1 seek=$((at - 2)) conv=notrunc 2>/dev/null
        done
        runuser -u postgres -- $bin/pg_checksums --enable -D $data >/dev/null
        systemctl start patroni
    })sh";

/// A hand in the files of a replica that is stopped; and the checksums, which would tell, are made
/// anew as after any other repair. The leader's checkpoint comes first, and vacuum stays off, for
/// either would have the leader send the pages whole, which mends them.
RegisterDefect const registered{
    {.name = "edited_replica",
     .summary = "rows of a replica were changed in its files while it was stopped",
     .settings = {"postgresql.autovacuum=off"},
     .job = edit}};

}  // namespace
}  // namespace interregnum
