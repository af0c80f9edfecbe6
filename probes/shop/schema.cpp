// SPDX-License-Identifier: MIT
#include "probes/shop/schema.h"

#include <fmt/format.h>

namespace interregnum::shop {

namespace {

// COLLATE "C": the final read goes through the tokens in order, and nodes may sort differently
// where their C libraries differ.
constexpr std::string_view catalogue = R"sql(
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
CREATE TABLE interregnum.seats (
    id bigint PRIMARY KEY,
    event_id bigint NOT NULL REFERENCES interregnum.events,
    label text NOT NULL);
CREATE TABLE interregnum.vouchers (
    id bigint PRIMARY KEY,
    event_id bigint NOT NULL REFERENCES interregnum.events,
    code text NOT NULL,
    item_id bigint NOT NULL REFERENCES interregnum.items,
    max_usages bigint NOT NULL,
    redeemed bigint NOT NULL DEFAULT 0,
    block_quota boolean NOT NULL DEFAULT true,
    valid_until timestamptz,
    UNIQUE (event_id, code));
)sql";

// An index costs every order: there is one for each way rows are looked for, and no more.
constexpr std::string_view sales = R"sql(
CREATE TABLE interregnum.carts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session text NOT NULL,
    item_id bigint NOT NULL REFERENCES interregnum.items,
    seat_id bigint REFERENCES interregnum.seats,
    expires timestamptz NOT NULL);
CREATE INDEX ON interregnum.carts (item_id);
CREATE INDEX ON interregnum.carts (session);
CREATE TABLE interregnum.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text COLLATE "C" NOT NULL UNIQUE,
    token text COLLATE "C" NOT NULL,
    channel text NOT NULL,
    event_id bigint NOT NULL REFERENCES interregnum.events,
    status char(1) NOT NULL CHECK (status IN ('n', 'p', 'e', 'c')),
    total numeric(13,2) NOT NULL,
    placed timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON interregnum.orders (channel, token);
CREATE TABLE interregnum.positions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES interregnum.orders,
    item_id bigint NOT NULL REFERENCES interregnum.items,
    price numeric(13,2) NOT NULL,
    seat_id bigint REFERENCES interregnum.seats,
    voucher_id bigint REFERENCES interregnum.vouchers);
CREATE INDEX ON interregnum.positions (order_id);
CREATE INDEX ON interregnum.positions (item_id) WHERE item_id <> 1;
CREATE TABLE interregnum.payments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES interregnum.orders,
    amount numeric(13,2) NOT NULL,
    state text NOT NULL);
CREATE INDEX ON interregnum.payments (order_id);
CREATE TABLE interregnum.canaries (
    node text NOT NULL,
    number bigint NOT NULL);
CREATE TABLE interregnum.transactions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES interregnum.orders,
    item_id bigint NOT NULL,
    price numeric(13,2) NOT NULL,
    count smallint NOT NULL CHECK (count IN (1, -1)),
    made timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON interregnum.transactions (order_id);
CREATE FUNCTION interregnum.only_appended() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'interregnum.transactions is appended to only'; END $$;
CREATE TRIGGER only_appended BEFORE UPDATE OR DELETE OR TRUNCATE ON interregnum.transactions
    FOR EACH STATEMENT EXECUTE FUNCTION interregnum.only_appended();
)sql";

// What is free: size, less positions of valid orders, less cart positions that have not expired
// (an order takes its own out of the cart), less what blocking vouchers may still claim.
constexpr std::string_view views = R"sql(
CREATE VIEW interregnum.availability AS
SELECT q.id, q.name, q.size, s.sold, c.reserved, v.blocked,
       q.size - s.sold - c.reserved - v.blocked AS free
FROM interregnum.quotas q,
LATERAL (SELECT count(*) AS sold
         FROM interregnum.quota_items i
         JOIN interregnum.positions p ON p.item_id = i.item_id AND p.item_id <> 1
         JOIN interregnum.orders o ON o.id = p.order_id AND o.status IN ('n', 'p')
         WHERE i.quota_id = q.id) s,
LATERAL (SELECT count(*) AS reserved
         FROM interregnum.quota_items i
         JOIN interregnum.carts k ON k.item_id = i.item_id AND k.expires > now()
         WHERE i.quota_id = q.id) c,
LATERAL (SELECT coalesce(sum(w.max_usages - w.redeemed), 0) AS blocked
         FROM interregnum.quota_items i
         JOIN interregnum.vouchers w ON w.item_id = i.item_id AND w.block_quota
              AND w.redeemed < w.max_usages AND (w.valid_until IS NULL OR w.valid_until > now())
         WHERE i.quota_id = q.id) v;
CREATE VIEW interregnum.taken_seats AS
SELECT p.seat_id FROM interregnum.positions p
JOIN interregnum.orders o ON o.id = p.order_id AND o.status IN ('n', 'p')
WHERE p.seat_id IS NOT NULL AND p.item_id <> 1
UNION ALL
SELECT k.seat_id FROM interregnum.carts k WHERE k.seat_id IS NOT NULL AND k.expires > now();
)sql";

constexpr std::string_view rows = R"sql(
INSERT INTO interregnum.events VALUES (1, 'A night at the opera');
INSERT INTO interregnum.items VALUES
    (1, 1, 'Standing', 23.00), (2, 1, 'Seat', 42.00), (3, 1, 'Guest', 0.00);
INSERT INTO interregnum.quotas VALUES (1, 1, '{quota}', {tickets});
INSERT INTO interregnum.quota_items VALUES (1, 2);
INSERT INTO interregnum.seats SELECT n, 1, 'Seat ' || n FROM generate_series(1, {tickets}) n;
)sql";

constexpr std::string_view more_performances = R"sql(
INSERT INTO interregnum.events
    SELECT p, 'A night at the opera, again' FROM generate_series(2, {performances}) p;
INSERT INTO interregnum.items
    SELECT {more} + p, p, 'Seat', 42.00 FROM generate_series(2, {performances}) p;
INSERT INTO interregnum.quotas
    SELECT {more} + p, p, '{quota} ' || p, {tickets} FROM generate_series(2, {performances}) p;
INSERT INTO interregnum.quota_items
    SELECT {more} + p, {more} + p FROM generate_series(2, {performances}) p;
INSERT INTO interregnum.seats SELECT (p - 1) * {tickets} + n, p, 'Seat ' || (p - 1) * {tickets} + n
    FROM generate_series(2, {performances}) p, generate_series(1, {tickets}) n;
)sql";

constexpr std::string_view voucher_rows = R"sql(
INSERT INTO interregnum.quotas VALUES (2, 1, '{quota}', {vouchers} * {max_usages});
INSERT INTO interregnum.quota_items VALUES (2, 3);
INSERT INTO interregnum.vouchers (id, event_id, code, item_id, max_usages)
    SELECT n, 1, 'GUEST' || n, 3, {max_usages} FROM generate_series(1, {vouchers}) n;
)sql";

}  // namespace

std::string create_schema(ShopSize const& size) {
    std::string sql =
        fmt::format("{};", drop_schema) + fmt::format(catalogue, fmt::arg("ours", ours)) +
        std::string(sales) + std::string(views) +
        fmt::format(rows, fmt::arg("quota", quota_name), fmt::arg("tickets", size.tickets));
    if (size.performances > 1)
        sql += fmt::format(more_performances, fmt::arg("performances", size.performances),
                           fmt::arg("tickets", size.tickets), fmt::arg("quota", quota_name),
                           fmt::arg("more", numbers_of_more));
    if (size.vouchers > 0)
        sql += fmt::format(voucher_rows, fmt::arg("quota", voucher_quota_name),
                           fmt::arg("vouchers", size.vouchers),
                           fmt::arg("max_usages", size.max_usages));
    // The planner knows nothing of new tables, and a bad first guess lives on in a prepared plan.
    return sql +
           "ANALYZE interregnum.quotas, interregnum.quota_items, interregnum.items, "
           "interregnum.seats, interregnum.vouchers;";
}

}  // namespace interregnum::shop
