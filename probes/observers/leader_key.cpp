// SPDX-License-Identifier: MIT
#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "harness/cluster/addresses.h"
#include "harness/cluster/etcd.h"
#include "harness/probe.h"
#include "probes/session/looking.h"
#include "probes/session/names.h"

namespace interregnum {
namespace {

using record::LeaderKeySeen;

/// A stream is opened anew after so long, whatever it told: one that a frozen member keeps open
/// looks like one on which nothing happens. The members' streams are set apart, so that they do
/// not all do so at once.
constexpr Duration stream_life = std::chrono::seconds(10);
constexpr Duration stream_step = std::chrono::milliseconds(700);
/// So many signs of life are remembered. One every 3 s comes of three members' streams, so a watch
/// that comes back after longer than these cover has a bound that is too early, never too late.
constexpr std::size_t most_signs = 64;
/// After a member did not answer.
constexpr Duration rest = std::chrono::milliseconds(500);

/// What is known of Patroni's leader key, whichever member told. Every member is watched, and each
/// tells all changes in the order of their revisions, so a change counts the first time it is told
/// and none is missed while one member is heard.
class LeaderKey {
public:
    explicit LeaderKey(ProbeContext const& context) : context_(context) {}

    /// Finds out the key's name and how it stands, unless that is known. False: not now.
    bool begin(ProbeNode const& member, std::stop_token const& stop);
    [[nodiscard]] std::string name() const {
        std::scoped_lock const lock(mutex_);
        return name_;
    }
    /// The first revision that has not been told yet.
    [[nodiscard]] std::int64_t next() const {
        std::scoped_lock const lock(mutex_);
        return seen_ + 1;
    }
    /// At which revision the store is, as a read tells that waits for a quorum; nullopt when the
    /// member does not tell. A watch alone is no sign of that: a member that is cut off from the
    /// others opens one, too, and tells of its old store.
    std::optional<std::int64_t> store_now(ProbeNode const& member, std::stop_token const& stop);
    /// `stood_at`: the revision at which the watch that tells it began to stand. A later change was
    /// pushed as it happened; one up to that had happened while no watch was heard, and is bounded
    /// by the last sign of life without it. A stream that a cut holds up and then delivers could
    /// tell late too: it lives 10 s at most, and the other members' tell before it.
    void tell(EtcdChange const& change, std::int64_t stood_at, std::string const& told_by);
    /// Reads the key where its history is no longer there.
    void read_again(ProbeNode const& member, std::stop_token const& stop);

private:
    std::optional<std::string> find_name(std::stop_token const& stop) const;
    std::optional<EtcdKey> read(ProbeNode const& member, std::string const& name,
                                std::stop_token const& stop) const;
    std::map<std::string, std::string> members(std::stop_token const& stop) const;
    /// A read that was asked at `asked` found the store at `revision`: it had come no further then.
    void alive(Instant asked, std::int64_t revision);
    [[nodiscard]] std::string node_of(std::string const& member) const {
        auto const found = nodes_.find(member);
        return found == nodes_.end() ? member : found->second;
    }
    /// When it was last certain that `revision` had not come. Under the lock.
    [[nodiscard]] record::Offset last_without(std::int64_t revision) const;
    [[nodiscard]] record::Offset now() const { return context_.offset(context_.clock->now()); }

    ProbeContext const& context_;
    mutable std::mutex mutex_;
    std::string name_;
    std::int64_t seen_{};     ///< everything up to this revision is in the record; 0: nothing yet
    std::int64_t changed_{};  ///< revision of the last change that was told or read
    std::map<std::string, std::string> nodes_;  ///< by Patroni's names, where these differ
    struct Sign {
        record::Offset asked{};
        std::int64_t revision{};
    };
    std::deque<Sign> signs_;  ///< at most `most_signs`, the latest
};

std::optional<std::string> LeaderKey::find_name(std::stop_token const& stop) const {
    std::string scope = context_.patroni_scope;
    for (ProbeNode const& node : context_.nodes) {
        if (!scope.empty() || node.group != "db") continue;
        auto const answer =
            http(rest_request(node, node.patroni_port, "/patroni", context_.patroni), stop);
        if (!answer) continue;
        if (auto const status = parse_patroni_status(answer->body); status) scope = status->scope;
    }
    if (scope.empty()) return std::nullopt;
    return leader_key(context_.patroni_namespace, scope);
}

std::optional<EtcdKey> LeaderKey::read(ProbeNode const& member, std::string const& name,
                                       std::stop_token const& stop) const {
    HttpRequest request =
        rest_request(member, member.etcd_port, std::string(etcd_range_path), context_.etcd);
    request.body = etcd_range_request(name);
    Result<HttpAnswer> const answer = http(request, stop);
    if (!answer || answer->status != 200) return std::nullopt;
    Result<EtcdKey> const key = parse_etcd_range(answer->body);
    return key ? std::optional(*key) : std::nullopt;
}

/// Patroni's names of the nodes, where they are not the inventory's: by address.
std::map<std::string, std::string> LeaderKey::members(std::stop_token const& stop) const {
    std::map<std::string, std::string> names;
    for (ProbeNode const& node : context_.nodes) {
        if (node.group != "db") continue;
        auto const answer =
            http(rest_request(node, node.patroni_port, "/cluster", context_.patroni), stop);
        auto const cluster = answer && answer->status == 200
                                 ? parse_patroni_cluster(answer->body)
                                 : fail(Error::Kind::unreachable, "no answer");
        if (!cluster) continue;
        for (PatroniMember const& each : cluster->members)
            if (ProbeNode const* const found = find_by_address(context_.nodes, each.host))
                names[each.name] = found->name;
        break;
    }
    return names;
}

bool LeaderKey::begin(ProbeNode const& member, std::stop_token const& stop) {
    {
        std::scoped_lock const lock(mutex_);
        if (seen_ > 0) return true;
    }
    std::optional<std::string> const name = find_name(stop);
    if (!name) return false;
    Instant const asked = context_.clock->now();
    std::optional<EtcdKey> const key = read(member, *name, stop);
    if (!key) return false;
    alive(asked, key->store_revision);
    bool const known = !key->there || node_named(context_, key->value) != nullptr;
    auto nodes = known ? std::map<std::string, std::string>() : members(stop);
    std::scoped_lock const lock(mutex_);
    if (seen_ > 0) return true;  // another member was faster
    name_ = *name;
    nodes_ = std::move(nodes);
    seen_ = key->store_revision;
    changed_ = key->changed;
    context_.sink->write(LeaderKeySeen{.holder = node_of(key->value),
                                       .revision = key->there ? key->changed : key->store_revision,
                                       .told_by = member.name,
                                       .initial = true,
                                       .at = now()});
    if (!key->there)
        context_.sink->write(record::Note{
            .effect = record::Note::Effect::none,
            .text = fmt::format("etcd has no key {}: either nobody leads, or the inventory's "
                                "patroni.scope or patroni.namespace is not Patroni's",
                                *name),
            .at = now()});
    return true;
}

std::optional<std::int64_t> LeaderKey::store_now(ProbeNode const& member,
                                                 std::stop_token const& stop) {
    Instant const asked = context_.clock->now();
    std::optional<EtcdKey> const key = read(member, name(), stop);
    if (!key) return std::nullopt;
    alive(asked, key->store_revision);
    return key->store_revision;
}

void LeaderKey::alive(Instant asked, std::int64_t revision) {
    std::scoped_lock const lock(mutex_);
    if (signs_.size() == most_signs) signs_.pop_front();
    signs_.push_back({.asked = context_.offset(asked), .revision = revision});
}

record::Offset LeaderKey::last_without(std::int64_t revision) const {
    record::Offset last{0};  // of the run: nothing is known to be earlier
    for (Sign const& sign : signs_)
        if (sign.revision < revision) last = std::max(last, sign.asked);
    return last;
}

void LeaderKey::tell(EtcdChange const& change, std::int64_t stood_at, std::string const& told_by) {
    std::scoped_lock const lock(mutex_);
    if (change.revision <= seen_) return;
    seen_ = change.revision;
    changed_ = change.revision;
    // Written under the lock: the record has the changes in their order.
    context_.sink->write(LeaderKeySeen{.holder = change.deleted ? "" : node_of(change.value),
                                       .revision = change.revision,
                                       .told_by = told_by,
                                       .at = now(),
                                       .previous = change.revision <= stood_at
                                                       ? last_without(change.revision)
                                                       : record::Offset(-1)});
}

void LeaderKey::read_again(ProbeNode const& member, std::stop_token const& stop) {
    std::optional<EtcdKey> const key = read(member, name(), stop);
    std::scoped_lock const lock(mutex_);
    if (!key || key->store_revision <= seen_) return;
    seen_ = key->store_revision;
    if (key->there && key->changed <= changed_) return;  // nothing was missed
    changed_ = key->there ? key->changed : key->store_revision;
    context_.sink->write(LeaderKeySeen{.holder = node_of(key->value),
                                       .revision = changed_,
                                       .told_by = member.name,
                                       .at = now(),
                                       .previous = last_without(changed_)});
    context_.sink->write(record::Note{
        .effect = record::Note::Effect::none,
        .text = "etcd compacted its history before it was told: changes of the leader key may be "
                "missing",
        .at = now()});
}

/// Watches the key through one member of etcd.
class LeaderKeyObserver final : public Observer {
public:
    LeaderKeyObserver(ProbeContext const& context, ProbeNode node, int index,
                      std::shared_ptr<LeaderKey> key)
        : context_(context),
          node_(std::move(node)),
          life_(stream_life + index * stream_step),
          key_(std::move(key)) {}

    void watch(std::stop_token stop) override {
        CostMeter cost(context_, "leader_key", node_.name);
        while (!stop.stop_requested()) {
            Instant const asked = context_.clock->now();
            bool const answered = key_->begin(node_, stop) && stream(cost, stop);
            if (answered) continue;
            if (stop.stop_requested()) return;
            cost.count(asked, false);
            if (!context_.clock->sleep_for(rest, stop)) return;
        }
    }

private:
    /// Reads one stream to its end. False when it brought nothing.
    bool stream(CostMeter& cost, std::stop_token const& stop) {
        std::optional<std::int64_t> const store = key_->store_now(node_, stop);
        if (!store) return false;
        HttpRequest request =
            rest_request(node_, node_.etcd_port, std::string(etcd_watch_path), context_.etcd);
        request.body = etcd_watch_request(key_->name(), key_->next());
        request.timeout = life_;
        LineAssembler lines;
        bool heard = false;
        bool compacted = false;
        std::int64_t stood_at = *store;
        Instant const asked = context_.clock->now();
        auto const take = [&](std::string_view piece) {
            Result<std::vector<std::string>> const complete = lines.take(piece);
            if (!complete) return false;
            for (std::string const& line : *complete) {
                Result<EtcdWatchMessage> const message = parse_etcd_watch(line);
                if (!message) return false;
                if (!std::exchange(heard, true)) cost.count(asked, true);
                // A member that lags behind the others had not heard of all that the read found.
                if (message->created) stood_at = std::max(stood_at, message->store_revision);
                for (EtcdChange const& change : message->changes)
                    key_->tell(change, stood_at, node_.name);
                compacted = message->compacted > 0;
                if (message->ended) {
                    heard = compacted;
                    return false;
                }
            }
            return true;
        };
        Result<int> const status = http_stream(request, look_limit, take, stop);
        if (compacted) key_->read_again(node_, stop);
        // One that ended at once, over and over, would be asked without a pause.
        bool const lived = context_.clock->now() - asked > rest;
        return status && *status == 200 && heard && (lived || compacted);
    }

    ProbeContext const& context_;
    ProbeNode node_;
    Duration life_;
    std::shared_ptr<LeaderKey> key_;
};

std::vector<std::unique_ptr<Observer>> observers(Options const& /*options*/,
                                                 ProbeContext const& context) {
    auto const key = std::make_shared<LeaderKey>(context);
    std::vector<std::unique_ptr<Observer>> all;
    int index = 0;
    for (ProbeNode const& node : context.nodes)
        if (node.group == "db")
            all.push_back(std::make_unique<LeaderKeyObserver>(context, node, index++, key));
    return all;
}

RegisterProbe const registered{{
    .name = "leader_key",
    .summary = "watches Patroni's leader key through every member of etcd",
    .role = ProbeKind::Role::observer,
    .observers = observers,
}};

}  // namespace
}  // namespace interregnum
