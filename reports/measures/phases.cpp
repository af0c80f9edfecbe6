// SPDX-License-Identifier: MIT
#include "reports/measures/phases.h"

#include "reports/measures/failover.h"

namespace interregnum {
namespace {

// Walks from milestone to milestone; one that is not known is passed over.
class Walk {
public:
    Walk(Failover const& failover, std::vector<Phase>& phases)
        : failover_(failover), phases_(phases) {
        Milestone const* const outage = failover.find("outage");
        if (outage != nullptr) last_ = outage->at;
        Milestone const* const end = failover.find("first customer");
        if (end != nullptr) end_ = end->at;
    }

    void step(std::string phase, std::string_view milestone) {
        if (!last_) {
            phases_.push_back({std::move(phase), {.why_unknown = "no write was missing"}});
            return;
        }
        Milestone const* const to = failover_.find(milestone);
        if (to == nullptr || !to->at || to->aside) {
            std::string why = to == nullptr ? "not looked for" : to->source;
            if (to != nullptr && to->aside) why += ", which was not during the outage";
            phases_.push_back({std::move(phase), {.why_unknown = std::move(why)}});
            return;
        }
        // What the first customer waited for ended the outage, which ends when he came.
        Maybe const until = end_ && to->at->low > end_->high ? end_ : to->at;
        phases_.push_back({std::move(phase), span(last_, until, {})});
        // An effect may have been seen where its cause was waited for.
        if (until->best > last_->best) last_ = until;
    }

    // Whether that was seen, and in the outage.
    [[nodiscard]] bool saw(std::string_view milestone) const {
        Milestone const* const found = failover_.find(milestone);
        return found != nullptr && found->at && !found->aside;
    }

private:
    Failover const& failover_;
    std::vector<Phase>& phases_;
    Maybe last_;
    Maybe end_;  ///< of the outage
};

// A leader that stayed: what kept customers from it?
std::string walk_in_place(Walk& walk, Failover const& failover) {
    bool const restarted = walk.saw("writable");
    bool const waited = failover.find("sync wait over") != nullptr;
    bool const restarted_later =
        restarted && walk.saw("sync wait over") &&
        failover.find("sync wait over")->at->best < failover.find("writable")->at->best;
    if (restarted && !restarted_later) walk.step("restart", "writable");
    if (waited) walk.step("sync wait", "sync wait over");
    if (restarted_later) walk.step("restart", "writable");
    if (restarted || walk.saw("routed")) return "route";
    return waited ? "reconnect" : "unexplained";
}

}  // namespace

std::vector<Phase> phases_of(Study const& study) {
    auto const& failover = study.of<failover_of>();
    std::vector<Phase> phases;
    if (failover.milestones.empty()) return phases;
    Walk walk(failover, phases);
    walk.step("detect", "detected");
    if (failover.leader_changed) {
        walk.step("lock", "lock taken");
        walk.step("promote", "writable");
        if (failover.find("sync wait over") != nullptr) walk.step("sync wait", "sync wait over");
        walk.step("route", "first customer");
    } else {
        walk.step(walk_in_place(walk, failover), "first customer");
    }
    Milestone const* const fault = failover.find("fault");
    Milestone const* const whole = failover.find("redundant");
    phases.push_back({"redundant", span(fault->at, whole->at, whole->source)});
    return phases;
}

}  // namespace interregnum
