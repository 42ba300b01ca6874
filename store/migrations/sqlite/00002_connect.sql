-- +goose Up

CREATE TABLE frontdesk_billing_accounts (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account TEXT    NOT NULL,
    expert  TEXT    NOT NULL
);

CREATE UNIQUE INDEX frontdesk_billing_accounts_account ON frontdesk_billing_accounts (account);
CREATE INDEX frontdesk_billing_accounts_expert ON frontdesk_billing_accounts (expert, id);

-- Entries are only ever added. Amounts are minor units of the currency.

CREATE TABLE frontdesk_billing_entries (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account      TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    object       TEXT    NOT NULL,
    part         INTEGER NOT NULL,
    currency     TEXT    NOT NULL,
    gross        INTEGER NOT NULL,
    fee          INTEGER NOT NULL,
    balance      INTEGER NOT NULL,
    in_transit   INTEGER NOT NULL,
    paid_out     INTEGER NOT NULL,
    held         INTEGER NOT NULL,
    exact        BOOLEAN NOT NULL,
    available_on INTEGER NOT NULL,
    created      INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,
    CHECK (gross - fee = balance + in_transit + paid_out + held)
);

CREATE UNIQUE INDEX frontdesk_billing_entries_once ON frontdesk_billing_entries (account, object, kind, part);
CREATE INDEX frontdesk_billing_entries_newest ON frontdesk_billing_entries (account, id);
CREATE INDEX frontdesk_billing_entries_available ON frontdesk_billing_entries (account, currency, available_on);

-- The sums of the entries: available is what had its time by as_of. The table is strict, for
-- a sum that does not fit would become a float in it otherwise.

CREATE TABLE frontdesk_billing_balances (
    account    TEXT    NOT NULL,
    currency   TEXT    NOT NULL,
    gross      INTEGER NOT NULL,
    fee        INTEGER NOT NULL,
    refunded   INTEGER NOT NULL,
    pending    INTEGER NOT NULL,
    available  INTEGER NOT NULL,
    in_transit INTEGER NOT NULL,
    paid_out   INTEGER NOT NULL,
    held       INTEGER NOT NULL,
    as_of      INTEGER NOT NULL,
    PRIMARY KEY (account, currency),
    CHECK (gross - fee = pending + available + in_transit + paid_out + held)
) STRICT;

-- +goose Down

DROP TABLE frontdesk_billing_balances;
DROP TABLE frontdesk_billing_entries;
DROP TABLE frontdesk_billing_accounts;
