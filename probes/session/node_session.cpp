// SPDX-License-Identifier: MIT
#include "probes/session/node_session.h"

namespace interregnum {
namespace {

/// After a dial that nobody answered.
constexpr Duration rest = std::chrono::seconds(1);

}  // namespace

NodeSession::NodeSession(ProbeContext const& context, ProbeNode const& node)
    : clock_(*context.clock),
      connection_(context.postgres, node.address, node.postgres_port, WhenLate::keep) {}

NodeSession::Answer NodeSession::ask(std::string_view sql,
                                     std::vector<std::string> const& parameters, Duration limit) {
    Answer answer{.asked = clock_.now()};
    if (connection_.waiting()) {
        SqlRows late;
        answer.ending = connection_.resume(answer.asked + limit, late);
        if (!connection_.open() || connection_.waiting()) return answer;
        answer.woke = true;
        answer.asked = clock_.now();
    }
    if (!connection_.open()) {
        answer.looked = clock_.now() >= dial_again_;
        answer.ending = answer.looked ? dial(limit) : last_dial_;
        if (!answer.ending.good()) return answer;
        answer.asked = clock_.now();
    }
    answer.ending = connection_.ask(sql, parameters, answer.asked + limit, answer.rows);
    return answer;
}

Ending NodeSession::dial(Duration limit) {
    last_dial_ = connection_.connect(clock_.now() + limit);
    if (last_dial_.cause == EndCause::deadline) dial_again_ = clock_.now() + rest;
    return last_dial_;
}

}  // namespace interregnum
