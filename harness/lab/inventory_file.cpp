// SPDX-License-Identifier: MIT
#include "harness/lab/inventory_file.h"

#include <nlohmann/json.hpp>

#include "harness/lab/layout.h"

namespace interregnum {

std::string lab_inventory_text() {
    nlohmann::ordered_json inventory;
    inventory["cluster"] = lab_cluster_name;
    inventory["environment"] = "disposable";
    inventory["ssh"] = {{"user", "admin"},
                        {"key", lab_path::ssh_key()},
                        {"sudo", true},
                        {"host_keys", lab_path::known_hosts()}};
    for (LabNode const& node : lab_nodes())
        inventory[node.is_db ? "db" : "app"][std::string(node.name)] = node.address;
    for (LabNode const& node : lab_nodes()) {
        if (node.is_db) continue;
        inventory["write"].push_back(std::string(node.name) + ":5000");
        inventory["read"].push_back(std::string(node.name) + ":5001");
        inventory["cache"].push_back(std::string(node.name) + ":6379");
    }
    inventory["postgres"] = {{"user", "drill"},
                             {"dbname", "drill"},
                             {"sslmode", "disable"},
                             {"password", "file:" + lab_path::postgres_password()}};
    inventory["redis"] = {{"master", lab_scope},
                          {"password", "file:" + lab_path::redis_password()}};
    inventory["patroni"] = {{"scope", lab_scope}};
    inventory["power"] = "lab";
    return inventory.dump(2) + "\n";
}

}  // namespace interregnum
