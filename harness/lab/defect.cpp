// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/nearest.h"

namespace interregnum {
namespace {

// Jobs have numbers: on the nodes too no name of a defect can be read. A node's `leader` is the one
// that takes writes; `one` is the first replica by name, as the nodes' names tell: db1 to db3.
constexpr std::string_view jobs_head = R"sh(#!/bin/sh
# What somebody set up once and forgot.
ask() {
    PGCONNECT_TIMEOUT=2 psql -X -A -t -q -h 127.0.0.1 -U postgres -d drill -c "$1" 2>/dev/null
}
leader() { [ "$(ask 'SELECT pg_is_in_recovery()')" = f ]; }
replica() { [ "$(ask 'SELECT pg_is_in_recovery()')" = t ]; }
is_leader() {
    [ "$(curl -s -m 2 -o /dev/null -w '%{http_code}' "http://$1:8008/leader")" = 200 ]
}
one() {
    replica || return 1
    case $(cat /etc/hostname) in
        db1) ;;
        db2) is_leader db1 ;;
        *) return 1 ;;
    esac
}
while sleep 1; do
    shop=$(ask "SELECT 'interregnum'::regnamespace::oid WHERE
                (SELECT count(*) FROM interregnum.orders) >= {orders}") || continue
    [ -n "$shop" ] || continue
)sh";

constexpr std::string_view one_job = R"sh(    # job {number}
    if [ "$(cat /run/shop-job-{number} 2>/dev/null)" != "$shop" ] && {{ {job}; }}; then
        echo "$shop" >/run/shop-job-{number}
    fi
)sh";

}  // namespace

Result<std::vector<Defect const*>> find_defects(std::span<std::string const> names) {
    std::vector<Defect const*> found;
    for (Defect const* defect : Registry<Defect>::all())
        if (std::ranges::find(names, defect->name) != names.end()) found.push_back(defect);
    for (std::string const& name : names) {
        if (Registry<Defect>::find(name) != nullptr) continue;
        std::vector<std::string> all;
        for (Defect const* defect : Registry<Defect>::all()) all.emplace_back(defect->name);
        return fail(Error::Kind::invalid, fmt::format("--defect: there is no defect \"{}\"{}", name,
                                                      did_you_mean(name, all)));
    }
    return found;
}

std::string describe_defects() {
    std::string text;
    for (Defect const* defect : Registry<Defect>::all())
        text += fmt::format("  {:<22} {}\n", defect->name, defect->summary);
    return text;
}

std::string jobs_script(std::span<Defect const* const> defects) {
    std::string head(jobs_head);
    constexpr std::string_view place = "{orders}";
    head.replace(head.find(place), place.size(), std::to_string(job_orders));
    std::string jobs;
    int number = 0;
    for (Defect const* defect : defects)
        if (!defect->job.empty())
            jobs +=
                fmt::format(one_job, fmt::arg("number", ++number), fmt::arg("job", defect->job));
    return jobs.empty() ? "" : head + jobs + "done\n";
}

}  // namespace interregnum
