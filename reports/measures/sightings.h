// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/measure.h"
#include "reports/measures/failover.h"

/// What observers saw of one step of a failover, as an instant with its error and its source.
/// A look that found something new saw a change between the begin of the look before it and its
/// own end. A pushed message (etcd's watch, a Sentinel's channel) came after what it tells.
namespace interregnum {

/// So late a pushed message is taken to be at most: etcd serves watchers that fell behind every
/// 100 ms (watchResyncPeriod in its mvcc/watchable_store.go), others at once, and so does Redis.
inline constexpr record::Offset pushed_late = std::chrono::milliseconds(100);

/// A change that a look with these instants found. Without `previous` only the end is certain,
/// and it counts from `not_before`.
[[nodiscard]] Moment looked(record::Offset previous, record::Offset asked, record::Offset at,
                            record::Offset not_before);
[[nodiscard]] Moment pushed(record::Offset at);
/// A change of the leader key: pushed as it happened, or told when a watch was made anew, after
/// the last sign of a watch that stood without it.
[[nodiscard]] Moment told(record::LeaderKeySeen const& seen);

/// Changes of the leader key after an instant, each once (several members tell of it), the first
/// to tell counting; by revision.
[[nodiscard]] std::vector<record::LeaderKeySeen> key_changes(record::Record const& record,
                                                             record::Offset after);

/// The first look at `node` after an instant that Patroni's answer passes.
template <class Passes>
[[nodiscard]] record::MemberSeen const* first_look(record::Record const& record,
                                                   std::string const& node, record::Offset after,
                                                   Passes passes) {
    record::MemberSeen const* found = nullptr;
    for (record::MemberSeen const& member : record.members)
        if (member.at >= after && (node.empty() || member.node == node) && member.reachable &&
            (found == nullptr || member.at < found->at) && passes(member))
            found = &member;
    return found;
}

/// When `node` took writes: the canary's word, else Patroni's. With `silence`, after a break: it
/// was seen closed, or gave no answer for so long. (That an observer's look gave up says little of
/// a busy server, so a silence counts only where it is long enough to explain the outage.)
[[nodiscard]] Milestone writable_at(record::Record const& record, std::string const& node,
                                    record::Offset after,
                                    std::optional<record::Offset> silence = std::nullopt);

/// When the HAProxy on `app` marked `node` up (or down) in a backend of the sort wanted, where it
/// was otherwise at `after`.
[[nodiscard]] Milestone routed_at(record::Record const& record, std::string const& app,
                                  std::string const& node, record::Offset after, bool redis,
                                  bool up);

/// When the cluster was whole again after it was seen broken: by a step that awaited it, else
/// when the last member was seen streaming on the newest timeline.
[[nodiscard]] Milestone redundant_at(record::Record const& record, record::Offset after);

}  // namespace interregnum
