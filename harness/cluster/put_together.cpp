// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cluster/discover.h"
#include "harness/cluster/inventory.h"

namespace interregnum {

namespace {

/// What came from the network, for a comment: one line of plain letters.
std::string shown(std::string_view text) {
    std::string safe(text.substr(0, 80));
    std::ranges::replace_if(
        safe,
        [](char letter) {
            auto const byte = static_cast<unsigned char>(letter);
            return byte < 0x20 || byte >= 0x7F;
        },
        '?');
    return safe;
}

/// Whether an inventory may have it as a name: no control characters, no option.
bool is_plain(std::string_view text) {
    return !text.empty() && text.size() <= 200 && text.front() != '-' && shown(text) == text;
}

/// Whether it can be a node's name and stand in an entry point, without being taken for an
/// address.
bool is_good_name(std::string const& text) {
    return is_node_name(text) && is_host(text) && text.front() >= 'a';
}

std::string lower_case(std::string text) {
    for (char& letter : text)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return text;
}

class Assembly {
public:
    FoundCluster finish(std::vector<HostAnswers> const& answers) {
        for (HostAnswers const& one : answers) add_members(one);
        for (HostAnswers const& one : answers) add_host(one);
        for (HostAnswers const& one : answers) add_redis(one);
        found_.open_ports = open_ports_.value_or(std::vector<std::uint16_t>());
        return std::move(found_);
    }

private:
    std::string add_node(std::string name, std::string const& address, std::string const& group) {
        name = name_for_node(std::move(name), group, found_.nodes);
        found_.nodes.push_back({.name = name, .address = address, .group = group});
        return name;
    }

    [[nodiscard]] bool has_address(std::string const& address) const {
        return std::ranges::find(found_.nodes, address, &FoundNode::address) != found_.nodes.end();
    }

    void add_members(HostAnswers const& one) {
        if (one.is_member) {
            if (found_.scope.empty() && is_plain(one.scope)) found_.scope = one.scope;
            if (!one.scope.empty() && one.scope != found_.scope)
                remark("Patroni on {} is of another cluster: {}", shown(one.host),
                       shown(one.scope));
        }
        for (auto const& [name, address] : one.members) {
            if (members_.contains(name) || has_address(address)) continue;
            if (!is_host(address)) {
                remark("member {} has an address that cannot be dialled: {}", shown(name),
                       shown(address));
                continue;
            }
            members_[name] = add_node(name, address, "db");
        }
    }

    void add_host(HostAnswers const& one) {
        if (one.is_member && !members_.contains(one.member) && !has_address(one.host)) {
            members_[one.member] = add_node(one.member, one.host, "db");
        }
        if (one.is_leader) found_.leader = name_of(one);
        found_.etcd = found_.etcd || one.etcd;
        if (one.stats_port) add_haproxy(one);
        if (!one.is_member && !one.stats_port && !has_address(one.host))
            remark("{} answers neither as Patroni nor as HAProxy's statistics: left out",
                   shown(one.host));
    }

    void add_haproxy(HostAnswers const& one) {
        auto const known = std::ranges::find(found_.nodes, one.host, &FoundNode::address);
        if (known != found_.nodes.end() && known->group == "app") return;  // given twice
        if (one.is_member || known != found_.nodes.end()) {
            remark("HAProxy answers on {} too, which is a database node", name_of(one));
        } else {
            bool const is_name = one.host.find_first_not_of("0123456789.:") != std::string::npos &&
                                 one.host.find(':') == std::string::npos;
            add_node(is_name ? one.host.substr(0, one.host.find('.')) : "", one.host, "app");
        }
        if (!open_ports_) {
            found_.stats_port = *one.stats_port;
            open_ports_ = one.open_ports;
        }
        if (*one.stats_port != found_.stats_port)
            remark(
                "HAProxy's statistics are at port {} on {} and at {} elsewhere: only one can be "
                "given",
                *one.stats_port, shown(one.host), found_.stats_port);
        std::erase_if(*open_ports_, [&](std::uint16_t port) {
            return std::ranges::find(one.open_ports, port) == one.open_ports.end();
        });
        for (std::string const& backend : one.backends)
            if (std::ranges::find(found_.backends, shown(backend)) == found_.backends.end())
                found_.backends.push_back(shown(backend));
    }

    void add_redis(HostAnswers const& one) {
        found_.redis_login = found_.redis_login || one.redis_login.value_or(false);
        for (SentinelMaster const& master : one.masters) {
            if (!is_plain(master.name)) continue;
            if (found_.redis_master.empty()) found_.redis_master = master.name;
            if (master.name != found_.redis_master) {
                remark("Sentinel also watches a master named {}", shown(master.name));
                continue;
            }
            std::vector<std::string> addresses{master.address};
            addresses.insert(addresses.end(), master.replicas.begin(), master.replicas.end());
            addresses.insert(addresses.end(), master.sentinels.begin(), master.sentinels.end());
            for (std::string const& address : addresses)
                if (!has_address(address))
                    remark("Redis or its Sentinel also runs on {}, which is no node here",
                           shown(address));
        }
    }

    /// Of the node that answered; "" when it is none.
    [[nodiscard]] std::string name_of(HostAnswers const& one) const {
        if (auto const member = members_.find(one.member); member != members_.end())
            return member->second;
        auto const node = std::ranges::find(found_.nodes, one.host, &FoundNode::address);
        return node == found_.nodes.end() ? "" : node->name;
    }

    template <class... T>
    void remark(fmt::format_string<T...> text, T&&... values) {
        std::string line = fmt::format(text, std::forward<T>(values)...);
        if (std::ranges::find(found_.remarks, line) == found_.remarks.end())
            found_.remarks.push_back(std::move(line));
    }

    FoundCluster found_;
    std::map<std::string, std::string> members_;  ///< our node's name by Patroni's
    std::optional<std::vector<std::uint16_t>> open_ports_;
};

}  // namespace

std::string name_for_node(std::string wanted, std::string const& group,
                          std::vector<FoundNode> const& taken) {
    std::string name = lower_case(std::move(wanted));
    int number = 0;
    while (!is_good_name(name) || std::ranges::find(taken, name, &FoundNode::name) != taken.end())
        name = fmt::format("{}{}", group, ++number);
    return name;
}

FoundCluster put_together(std::vector<HostAnswers> const& answers) {
    return Assembly().finish(answers);
}

}  // namespace interregnum
