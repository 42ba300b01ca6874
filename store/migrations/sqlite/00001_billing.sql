-- +goose Up

-- Times are microseconds since 1970 in UTC; -62135596800000000 is Go's zero time. Payloads stand
-- last, so that reading the other columns does not touch their pages.

CREATE TABLE frontdesk_billing_events (
    id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    provider       TEXT    NOT NULL,
    account        TEXT    NOT NULL,
    livemode       BOOLEAN NOT NULL,
    event_id       TEXT    NOT NULL,
    type           TEXT    NOT NULL,
    api_version    TEXT    NOT NULL,
    created        INTEGER NOT NULL,
    object_kind    TEXT    NOT NULL,
    object_account TEXT    NOT NULL,
    object_id      TEXT    NOT NULL,
    skip           TEXT    NOT NULL,
    state          TEXT    NOT NULL,
    attempts       INTEGER NOT NULL DEFAULT 0,
    last_error     TEXT    NOT NULL DEFAULT '',
    awaits         TEXT    NOT NULL,
    received_at    INTEGER NOT NULL,
    next_at        INTEGER NOT NULL,
    lease          TEXT    NOT NULL DEFAULT '',
    lease_until    INTEGER NOT NULL DEFAULT -62135596800000000,
    payload        BLOB    NOT NULL
);

CREATE UNIQUE INDEX frontdesk_billing_events_known ON frontdesk_billing_events (event_id, account, provider, livemode);
CREATE INDEX frontdesk_billing_events_work ON frontdesk_billing_events (id) WHERE state IN ('received', 'processing', 'failed');
CREATE INDEX frontdesk_billing_events_awaits ON frontdesk_billing_events (awaits) WHERE state = 'unmatched';
CREATE INDEX frontdesk_billing_events_trouble ON frontdesk_billing_events (state, id) WHERE state IN ('failed', 'dead', 'unmatched');

CREATE TABLE frontdesk_billing_effects (
    id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name           TEXT    NOT NULL,
    object_kind    TEXT    NOT NULL,
    object_account TEXT    NOT NULL,
    object_id      TEXT    NOT NULL,
    milestone      TEXT    NOT NULL,
    client         TEXT    NOT NULL,
    state          TEXT    NOT NULL,
    attempts       INTEGER NOT NULL DEFAULT 0,
    last_error     TEXT    NOT NULL DEFAULT '',
    created_at     INTEGER NOT NULL,
    next_at        INTEGER NOT NULL,
    lease          TEXT    NOT NULL DEFAULT '',
    lease_until    INTEGER NOT NULL DEFAULT -62135596800000000,
    payload        BLOB    NOT NULL
);

CREATE UNIQUE INDEX frontdesk_billing_effects_once ON frontdesk_billing_effects (object_id, name, milestone, object_kind, object_account);
CREATE INDEX frontdesk_billing_effects_work ON frontdesk_billing_effects (id) WHERE state IN ('pending', 'delivering', 'failed');
CREATE INDEX frontdesk_billing_effects_trouble ON frontdesk_billing_effects (state, id) WHERE state IN ('failed', 'dead');

CREATE TABLE frontdesk_billing_objects (
    account  TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    row_id   TEXT    NOT NULL,
    customer TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    created  INTEGER NOT NULL,
    deleted  BOOLEAN NOT NULL,
    data     TEXT    NOT NULL,
    PRIMARY KEY (account, kind, id)
);

CREATE UNIQUE INDEX frontdesk_billing_objects_row ON frontdesk_billing_objects (row_id);
CREATE INDEX frontdesk_billing_objects_newest ON frontdesk_billing_objects (account, kind, created, row_id);
CREATE INDEX frontdesk_billing_objects_customer ON frontdesk_billing_objects (account, kind, customer, created, row_id);

CREATE TABLE frontdesk_billing_links (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account  TEXT    NOT NULL,
    customer TEXT    NOT NULL,
    client   TEXT    NOT NULL
);

CREATE UNIQUE INDEX frontdesk_billing_links_customer ON frontdesk_billing_links (account, customer);
CREATE INDEX frontdesk_billing_links_client ON frontdesk_billing_links (account, client, id);

CREATE TABLE frontdesk_billing_locks (
    name        TEXT    NOT NULL PRIMARY KEY,
    lease       TEXT    NOT NULL,
    lease_until INTEGER NOT NULL
);

CREATE TABLE frontdesk_billing_operations (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    client     TEXT    NOT NULL,
    intent     TEXT    NOT NULL,
    keyed      BOOLEAN NOT NULL,
    state      TEXT    NOT NULL,
    result     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    params     BLOB    NOT NULL
);

CREATE UNIQUE INDEX frontdesk_billing_operations_taken ON frontdesk_billing_operations (intent, name, account, client)
    WHERE state = 'pending' OR (keyed AND state = 'done');

CREATE TABLE frontdesk_audit (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    time         INTEGER NOT NULL,
    actor        TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    client       TEXT    NOT NULL,
    expert       TEXT    NOT NULL,
    on_behalf_of TEXT    NOT NULL,
    ip           TEXT    NOT NULL,
    user_agent   TEXT    NOT NULL,
    request_id   TEXT    NOT NULL,
    action       TEXT    NOT NULL,
    resource     TEXT    NOT NULL,
    outcome      TEXT    NOT NULL,
    before       TEXT    NOT NULL,
    after        TEXT    NOT NULL
);

CREATE INDEX frontdesk_audit_resource ON frontdesk_audit (resource, id);

-- +goose Down

DROP TABLE frontdesk_audit;
DROP TABLE frontdesk_billing_operations;
DROP TABLE frontdesk_billing_locks;
DROP TABLE frontdesk_billing_links;
DROP TABLE frontdesk_billing_objects;
DROP TABLE frontdesk_billing_effects;
DROP TABLE frontdesk_billing_events;
