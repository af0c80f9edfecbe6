// SPDX-License-Identifier: MIT
// Hostile words in every field of an inventory: refused with a mistake that names the field, or
// taken as they are. The fields come from the tables that read them, so none can be forgotten.
#include <array>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/cluster/inventory.h"
#include "harness/cluster/inventory_fields.h"

namespace interregnum {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 7> hostile_words{"$(touch /tmp/canary)",
                                                        "; touch canary",
                                                        "x\ntouch canary\n",
                                                        "-oProxyCommand=touch canary",
                                                        "--help",
                                                        "`touch canary`",
                                                        "\x1b[2J"};

Json good() {
    return Json::parse(R"({ "cluster": "c", "ssh": { "user": "admin" },
        "db": { "db1": "10.0.0.1" }, "app": { "app1": "10.0.0.2" },
        "write": ["app1:5000"], "read": ["app1:5001"], "cache": ["app1:6379"] })");
}

Mistakes mistakes_of(Json const& json) {
    Mistakes mistakes;
    (void)parse_inventory("/tmp/i.json", json.dump(), mistakes);
    return mistakes;
}

void expect_mistake_at(Json const& json, std::string const& path) {
    Mistakes const mistakes = mistakes_of(json);
    ASSERT_FALSE(mistakes.empty()) << path << " was accepted: " << json.dump();
    EXPECT_NE(mistakes.text().find(path), std::string::npos) << mistakes.text();
    EXPECT_EQ(mistakes.text().find('\x1b'), std::string::npos) << "drives the terminal";
}

/// With the word in one field: a mistake, or the word and nothing else.
void try_field(Section const& section, Field const& field, std::string const& word) {
    Json json = good();
    std::string const name(field.name);
    if (section.name.empty())
        json[name] = word;
    else
        json[std::string(section.name)][name] = word;
    Mistakes mistakes;
    InventoryDraft draft;
    Inventory const read = parse_inventory("/tmp/i.json", json.dump(), mistakes);
    bool const control = word.find_first_of("\n\x1b") != std::string::npos;
    if (!mistakes.empty()) {
        EXPECT_NE(mistakes.text().find(name), std::string::npos) << mistakes.text();
        EXPECT_EQ(mistakes.text().find('\x1b'), std::string::npos) << "drives the terminal";
        return;
    }
    ASSERT_TRUE(std::holds_alternative<std::string*>(field.into)) << name << " took " << word;
    ASSERT_TRUE(field.choices.empty()) << name << " took " << word;
    // A path is made absolute, so that it cannot be an option.
    if (field.is_file) return;
    EXPECT_FALSE(control || word.starts_with('-')) << name << " took " << word;
}

TEST(HostileInventory, EveryFieldRefusesOrKeepsIt) {
    InventoryDraft draft;
    std::size_t fields = 0;
    for (Section const& section : inventory_sections(draft))
        for (Field const& field : section.fields)
            for (std::string_view const word : hostile_words) {
                try_field(section, field, std::string(word));
                ++fields;
            }
    EXPECT_GT(fields, 150U) << "the tables are not what they were";
}

TEST(HostileInventory, NodesAddressesAndEntryPointsRefuseAll) {
    for (std::string_view const view : hostile_words) {
        std::string const word(view);
        for (char const* group : {"db", "app"}) {
            Json name = good();
            name[group][word] = "10.0.0.7";
            expect_mistake_at(name, group);
            Json address = good();
            address[group]["extra"] = word;
            expect_mistake_at(address, std::string(group) + ".extra");
        }
        for (char const* list : {"write", "read", "cache"}) {
            Json entry = good();
            entry[list].push_back(word);
            expect_mistake_at(entry, std::string(list) + "[1]");
            Json with_port = good();
            with_port[list].push_back(word + ":5000");
            expect_mistake_at(with_port, std::string(list) + "[1]");
        }
        Json key = good();
        key[word] = 1;
        EXPECT_FALSE(mistakes_of(key).empty());
        Json power = good();
        power["power"] = word;
        expect_mistake_at(power, "power");
    }
}

TEST(HostileInventory, PowerCommandsKeepTheirWordsApart) {
    Json json = good();
    json["power"] = {{"off", {"cloud", "$(touch canary)", "{node}"}}, {"on", {"cloud", "; x"}}};
    Mistakes mistakes;
    Inventory const read = parse_inventory("/tmp/i.json", json.dump(), mistakes);
    ASSERT_TRUE(mistakes.empty()) << mistakes.text();
    EXPECT_EQ(read.power.off, (std::vector<std::string>{"cloud", "$(touch canary)", "{node}"}));
}

}  // namespace
}  // namespace interregnum
