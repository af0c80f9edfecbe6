// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/event.h"

/// Who led the PostgreSQL cluster and who was Redis master, as the observers saw it.
namespace interregnum {

/// A leader or a timeline that began.
struct Reign {
    std::string node;
    std::int64_t timeline{};
    bool new_leader{};            ///< false: the same node on a new timeline (a restart in place)
    record::Offset not_before{};  ///< it began between this...
    record::Offset seen{};        ///< ...and this
};

/// The leader at the beginning, then every change of leader or timeline. A node that still
/// claims the lock on an older timeline than the reigning one is a ghost of the past and ignored,
/// unless etcd's key has been given back to it (Patroni 3.0.2 takes it from its successor on waking
/// up): then what the successor had written is gone.
[[nodiscard]] std::vector<Reign> reigns_of(record::Record const& record);

/// The reign in force at an instant, or nullptr when none was seen by then.
[[nodiscard]] Reign const* reign_at(std::vector<Reign> const& reigns, record::Offset at);

/// Changes of leader among them (the first one is none).
[[nodiscard]] std::int64_t leader_changes(std::vector<Reign> const& reigns);

/// A Redis master that more than half of all Sentinels agreed on that had ever named one by then.
struct RedisReign {
    std::string node;
    record::Offset seen{};
};

/// The master at the beginning, then every change.
[[nodiscard]] std::vector<RedisReign> redis_reigns_of(record::Record const& record);

/// The value of the last fact of that name at or before `at`, or "".
[[nodiscard]] std::string fact_at(record::Record const& record, std::string_view name,
                                  record::Offset at);

/// The node whose etcd member led when the first fault fired, or "" when nobody recorded it.
[[nodiscard]] std::string etcd_leader_at_fault(record::Record const& record);

/// Was that the PostgreSQL leader's node? A failover then waits for etcd's election, too, so this
/// splits the distribution of downtimes. None where one of both is not known.
[[nodiscard]] std::optional<bool> etcd_led_with_leader(record::Record const& record);

}  // namespace interregnum
