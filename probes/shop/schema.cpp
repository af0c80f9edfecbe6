// SPDX-License-Identifier: MIT
#include "probes/shop/schema.h"

#include <fmt/format.h>

namespace interregnum::shop {

std::string create_schema(std::int64_t quota_size) {
    // COLLATE "C": the final read goes through the tokens in order, and nodes may sort
    // differently where their C libraries differ.
    constexpr std::string_view tables = R"sql(
CREATE SCHEMA interregnum;
COMMENT ON SCHEMA interregnum IS '{ours}';
CREATE TABLE interregnum.events (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE interregnum.items (
    id bigint PRIMARY KEY,
    event_id bigint NOT NULL REFERENCES interregnum.events,
    name text NOT NULL,
    price numeric(13,2) NOT NULL);
CREATE TABLE interregnum.quotas (
    id bigint PRIMARY KEY,
    event_id bigint NOT NULL REFERENCES interregnum.events,
    name text NOT NULL,
    size bigint NOT NULL);
CREATE TABLE interregnum.quota_items (
    quota_id bigint NOT NULL REFERENCES interregnum.quotas,
    item_id bigint NOT NULL REFERENCES interregnum.items,
    PRIMARY KEY (quota_id, item_id));
CREATE TABLE interregnum.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token text COLLATE "C" NOT NULL,
    channel text NOT NULL,
    event_id bigint NOT NULL REFERENCES interregnum.events,
    status char(1) NOT NULL CHECK (status IN ('n', 'p', 'e', 'c')),
    total numeric(13,2) NOT NULL,
    placed timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON interregnum.orders (token);
CREATE INDEX ON interregnum.orders (channel, token);
CREATE TABLE interregnum.positions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES interregnum.orders,
    item_id bigint NOT NULL REFERENCES interregnum.items,
    price numeric(13,2) NOT NULL);
CREATE INDEX ON interregnum.positions (order_id);
CREATE INDEX ON interregnum.positions (item_id);
CREATE TABLE interregnum.payments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES interregnum.orders,
    amount numeric(13,2) NOT NULL,
    state text NOT NULL);
CREATE INDEX ON interregnum.payments (order_id);
CREATE TABLE interregnum.canaries (
    node text NOT NULL,
    number bigint NOT NULL);
INSERT INTO interregnum.events VALUES (1, 'A night at the opera');
INSERT INTO interregnum.items VALUES (1, 1, 'Standing', 23.00), (2, 1, 'Seat', 42.00);
INSERT INTO interregnum.quotas VALUES (1, 1, '{quota}', {size});
INSERT INTO interregnum.quota_items VALUES (1, 2);
)sql";
    return fmt::format("{};", drop_schema) + fmt::format(tables, fmt::arg("ours", ours),
                                                         fmt::arg("quota", quota_name),
                                                         fmt::arg("size", quota_size));
}

}  // namespace interregnum::shop
