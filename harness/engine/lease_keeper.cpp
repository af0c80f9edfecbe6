// SPDX-License-Identifier: MIT
#include "harness/engine/lease_keeper.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/base/log.h"
#include "harness/base/units.h"
#include "harness/engine/arming.h"

namespace interregnum {

namespace {

/// The thread's own state: nothing of it is shared.
class Renewals {
public:
    using InjectOver = std::shared_ptr<std::atomic<Duration::rep>>;

    Renewals(Hands& hands, record::Sink& sink, Clock& clock, Instant origin, std::string fault_id,
             std::vector<FaultCommand> commands, Duration lease, InjectOver inject_over)
        : hands_(hands),
          sink_(sink),
          clock_(clock),
          origin_(origin),
          fault_id_(std::move(fault_id)),
          commands_(std::move(commands)),
          lease_(lease),
          inject_over_(std::move(inject_over)),
          armed_(clock.now()),
          renewed_(commands_.size(), armed_) {}

    void run(std::stop_token const& stop) {
        while (clock_.sleep_for(lease_ / 3, stop)) {
            Instant const sent = clock_.now();
            auto const outcomes = hands_.run(commands_, stop);
            for (std::size_t index = 0; index < outcomes.size(); ++index)
                if (!stop.stop_requested())
                    look_at(index, outcomes[index], sent);
                else if (is_good(outcomes[index]))
                    renewed_[index] = sent;
            if (stop.stop_requested()) break;
        }
        // What was cut short may have been waiting for longer than the lease: nobody else says so.
        for (std::size_t index = 0; index < commands_.size(); ++index)
            if (unheard(index) > lease_)
                tell(commands_[index].node,
                     fmt::format("was not reached for its lease of {} before it was undone, so "
                                 "that it healed itself",
                                 format_duration(lease_)));
    }

private:
    static bool is_good(CommandOutcome const& outcome) {
        return outcome.result && outcome.result->exit_status == 0;
    }

    /// For how long a node's lease may have been running out.
    [[nodiscard]] Duration unheard(std::size_t index) const {
        Duration::rep const over = inject_over_->load();
        if (over < 0) return {};
        // After commands that took long the node has begun its lease anew by itself.
        Instant const injected{Duration(over)};
        bool const anew = injected - armed_ > lease_ / inject_renews_beyond;
        return clock_.now() - (anew ? std::max(renewed_[index], injected) : renewed_[index]);
    }

    void look_at(std::size_t index, CommandOutcome const& outcome, Instant sent) {
        std::string const& node = outcome.command.node;
        if (is_good(outcome)) {
            renewed_[index] = sent;
            return;
        }
        if (outcome.result && outcome.result->exit_status == healed_itself) {
            std::string const said = outcome.result->err.substr(0, outcome.result->err.find('\n'));
            return tell(node, "has healed itself before the fault's time was over" +
                                  (said.empty() ? "" : ": " + said));
        }
        std::string const why =
            outcome.result ? outcome.result->err : outcome.result.error().message;
        log::warn("lease.not_renewed", fmt::format("{} on {}: {}", fault_id_, node, why));
        if (unheard(index) > lease_)
            tell(node, fmt::format("could not be reached for its lease of {}, so that it heals "
                                   "itself: {}",
                                   format_duration(lease_), why));
    }

    void tell(std::string const& node, std::string const& what) {
        if (!told_.insert(node).second) return;
        std::string text = fmt::format("{}: {} {}", fault_id_, node, what);
        log::warn("lease.lost", text);
        sink_.write(record::Note{.effect = record::Note::Effect::inconclusive,
                                 .text = std::move(text),
                                 .at = clock_.now() - origin_});
    }

    Hands& hands_;
    record::Sink& sink_;
    Clock& clock_;
    Instant origin_;
    std::string fault_id_;
    std::vector<FaultCommand> commands_;
    Duration lease_;
    InjectOver inject_over_;
    Instant armed_;
    std::vector<Instant> renewed_;
    std::set<std::string> told_;
};

}  // namespace

LeaseKeeper::LeaseKeeper(Hands& hands, record::Sink& sink, Clock& clock, Instant origin,
                         std::string fault_id, std::vector<FaultCommand> renewals, Duration lease)
    : inject_over_(std::make_shared<std::atomic<Duration::rep>>(-1)),
      thread_([renewals = Renewals(hands, sink, clock, origin, std::move(fault_id),
                                   std::move(renewals), lease, inject_over_)](
                  std::stop_token const& stop) mutable { renewals.run(stop); }) {}

}  // namespace interregnum
