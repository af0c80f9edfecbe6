// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace interregnum {

/// What an etcd member says of itself.
struct EtcdStatus {
    bool leader{};      ///< it leads the Raft group
    bool has_leader{};  ///< it knows of a leader: the group has a quorum
};

/// The path that is POSTed `{}` to, and its answer's meaning (etcd's gRPC gateway, v3).
inline constexpr std::string_view etcd_status_path = "/v3/maintenance/status";
[[nodiscard]] Result<EtcdStatus> parse_etcd_status(std::string_view body);

/// How one key stands in the store.
struct EtcdKey {
    bool there{};
    std::string value;              ///< first 1,000 bytes
    std::int64_t changed{};         ///< revision of its last change; 0 when it is not there
    std::int64_t store_revision{};  ///< of the whole store, when it was read
};

/// Reads one key: what is POSTed to this path, and its answer's meaning.
inline constexpr std::string_view etcd_range_path = "/v3/kv/range";
[[nodiscard]] std::string etcd_range_request(std::string_view key);
[[nodiscard]] Result<EtcdKey> parse_etcd_range(std::string_view body);

/// One change of a watched key.
struct EtcdChange {
    bool deleted{};
    std::string value;        ///< first 1,000 bytes; "" of a deletion
    std::int64_t revision{};  ///< of this change; positive
};

/// One message of a watch.
struct EtcdWatchMessage {
    std::vector<EtcdChange> changes;  ///< in the order of their revisions
    bool created{};                   ///< the first message: the watch stands
    std::int64_t store_revision{};    ///< of the member's store as it sent this; 0: not said
    /// The member ended this watch, and why: as it says, first 200 bytes.
    bool ended{};
    std::string reason;
    /// It ended because the store no longer has the revisions before this one; else 0.
    std::int64_t compacted{};
};

/// Watches one key from `from` on (a revision; 0: from now on). The answer is a stream of messages,
/// one a line. At most 1,000 changes of a message are read; more is an error.
inline constexpr std::string_view etcd_watch_path = "/v3/watch";
[[nodiscard]] std::string etcd_watch_request(std::string_view key, std::int64_t from);
[[nodiscard]] Result<EtcdWatchMessage> parse_etcd_watch(std::string_view line);

/// Puts the pieces of a stream together to lines. A line longer than 1 MiB is not waited for.
class LineAssembler {
public:
    /// The lines that this piece completes, without their ends; empty ones are left out. Error:
    /// protocol, when a line grows too long: the stream is of no use any more.
    [[nodiscard]] Result<std::vector<std::string>> take(std::string_view piece);

private:
    std::string rest_;
};

}  // namespace interregnum
