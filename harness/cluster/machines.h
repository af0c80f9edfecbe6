// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/json_document.h"
#include "harness/base/result.h"
#include "harness/cluster/discover.h"

namespace interregnum {

/// A machine that is to be a node, as a cloud or Terraform tells of it.
struct Machine {
    std::string id;    ///< of the instance: "i-0abc..."; "" when it is not told
    std::string name;  ///< what it is called there; need not be fit for a node; "" when it is not
    std::string address;  ///< as it is to stand in the inventory
    /// The one by which the services on the other nodes know it, where that is another one.
    std::string private_address;
    std::string group;  ///< "db" or "app"
    bool spot{};
};

struct Machines {
    std::vector<Machine> nodes;        ///< db first, each group by name, then by id
    std::vector<std::string> remarks;  ///< for people, one sentence each
};

/// Which of a machine's addresses is to stand in the inventory.
enum class AddressKind { private_one, public_one };

/// The JSON documents of a text in which several may follow each other, as a loop over a command
/// prints them; pieces of the text. What is no JSON stays a document, and `parse_json` says so.
[[nodiscard]] std::vector<std::string_view> json_documents(std::string_view text);

/// One document of at most 16 MiB, or an error with the first few mistakes of it.
[[nodiscard]] Result<Value> read_json_document(std::string const& file, std::string_view text);

/// A cluster whose nodes are these machines, in their order. What `found`, put together from what
/// these machines answered, knows besides is kept; a machine that answered as a member of Patroni
/// has its name there. Nodes that only the services tell of are remarked, and left out. Pure.
[[nodiscard]] FoundCluster with_machines(FoundCluster found, Machines const& machines);

}  // namespace interregnum
