// SPDX-License-Identifier: MIT
#include "probes/shop/placing.h"

#include "probes/shop/purchase.h"

namespace interregnum::shop {

Ending place(PostgresConnection& session, CodeBook& codes, Wanted const& order, Statement statement,
             Instant deadline, SqlRows& answer) {
    constexpr std::string_view taken = "23505";
    std::vector<std::string> parameters{
        order.token, order.channel, std::string(order.item), std::to_string(order.positions), "",
        order.seat,  order.voucher};
    Ending ending;
    for (int draw = 0; draw < code_draws; ++draw) {
        parameters[4] = codes.draw();
        answer.rows.clear();
        ending = statement == Statement::prepared
                     ? session.ask_prepared("place", place_order, parameters, deadline, answer)
                     : session.ask(place_order, parameters, deadline, answer);
        if (ending.good() ? !answer.rows.empty() : ending.sqlstate != taken) break;
        if (!ending.good() && session.in_transaction()) break;
    }
    return ending;
}

}  // namespace interregnum::shop
