// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/registry.h"
#include "harness/fitness/facts.h"

namespace interregnum {

/// How bad a finding is for a cluster that is to serve customers.
enum class Severity {
    stop,  ///< not fit: orders can be lost or the shop stays shut where nobody meant it to
    warn,  ///< works until the day it matters; somebody should decide on it
    note,  ///< a choice that has a price, said so that it is known
};
[[nodiscard]] constexpr std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::stop:
            return "stop";
        case Severity::warn:
            return "warn";
        case Severity::note:
            break;
    }
    return "note";
}

/// Something that is not as it should be.
struct FitnessFinding {
    Severity severity{};
    std::string found;        ///< from the cluster's own state, with node and setting
    std::string consequence;  ///< what happens, and when
    std::string remedy;       ///< what to do
};

/// What an item came to. Nothing added: it is as it should be.
class ItemResult {
public:
    void stop(std::string found, std::string consequence, std::string remedy) {
        add(Severity::stop, std::move(found), std::move(consequence), std::move(remedy));
    }
    void warn(std::string found, std::string consequence, std::string remedy) {
        add(Severity::warn, std::move(found), std::move(consequence), std::move(remedy));
    }
    void note(std::string found, std::string consequence, std::string remedy) {
        add(Severity::note, std::move(found), std::move(consequence), std::move(remedy));
    }
    /// A fact that the item needs could not be read: which, and why. Never good.
    void unknown(std::string why) { unknown_.push_back(std::move(why)); }
    /// The same of one source of one node, when it is not known. True when it is known.
    bool needs(FitnessNode const& node, std::string_view source);
    /// The same of the whole cluster.
    bool needs(ClusterFacts const& facts, std::string_view source);

    [[nodiscard]] std::vector<FitnessFinding> const& findings() const { return findings_; }
    [[nodiscard]] std::vector<std::string> const& not_known() const { return unknown_; }

private:
    void add(Severity severity, std::string found, std::string consequence, std::string remedy) {
        findings_.push_back({.severity = severity,
                             .found = std::move(found),
                             .consequence = std::move(consequence),
                             .remedy = std::move(remedy)});
    }
    std::vector<FitnessFinding> findings_;
    std::vector<std::string> unknown_;
};

/// One thing that makes a cluster fit for production. A plug-in: one file of
/// `harness/fitness/items` each, named after it ("patroni.pause" in patroni_pause.cpp); what is
/// before the dot is its area. A function of values: it asks nobody.
struct FitnessItem {
    std::string_view name;
    std::string_view summary;
    void (*judge)(ClusterFacts const& facts, ItemResult& result);
    /// Whether anybody asked for it; nullptr: always. What nobody asked for is not judged: it would
    /// seem to be good.
    bool (*asked)(ClusterFacts const& facts){nullptr};
};
using RegisterFitnessItem = Register<FitnessItem>;

}  // namespace interregnum
