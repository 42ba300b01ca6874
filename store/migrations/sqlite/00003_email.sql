-- +goose Up

-- due_at is when a worker may take the message: at next_at, or as soon as its lease has ended.

CREATE TABLE frontdesk_email_messages (
    id              INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    key             TEXT    NOT NULL,
    template        TEXT    NOT NULL,
    client          TEXT    NOT NULL,
    provider        TEXT    NOT NULL,
    override        BOOLEAN NOT NULL,
    resend_of       INTEGER NOT NULL,
    envelope        TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    provider_id     TEXT    NOT NULL,
    withheld        TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    sent_at         INTEGER NOT NULL,
    attempts        INTEGER NOT NULL,
    last_error      TEXT    NOT NULL,
    uncertain_since INTEGER NOT NULL,
    next_at         INTEGER NOT NULL,
    lease           TEXT    NOT NULL,
    lease_until     INTEGER NOT NULL,
    due_at          INTEGER NOT NULL,
    tries           INTEGER NOT NULL,
    kept            BOOLEAN NOT NULL
);

CREATE UNIQUE INDEX frontdesk_email_messages_key ON frontdesk_email_messages (key);
CREATE INDEX frontdesk_email_messages_due ON frontdesk_email_messages (provider, due_at, id) WHERE status = 'queued';
CREATE INDEX frontdesk_email_messages_over ON frontdesk_email_messages (created_at, id) WHERE status <> 'queued';
CREATE INDEX frontdesk_email_messages_kept ON frontdesk_email_messages (created_at, id) WHERE kept AND status <> 'queued';
CREATE INDEX frontdesk_email_messages_status ON frontdesk_email_messages (status, id);
CREATE INDEX frontdesk_email_messages_client ON frontdesk_email_messages (client, id);
CREATE INDEX frontdesk_email_messages_template ON frontdesk_email_messages (template, id);

CREATE TABLE frontdesk_email_recipients (
    message INTEGER NOT NULL,
    address TEXT    NOT NULL,
    PRIMARY KEY (message, address)
);

CREATE INDEX frontdesk_email_recipients_address ON frontdesk_email_recipients (address, message);

CREATE TABLE frontdesk_email_bodies (
    message INTEGER NOT NULL PRIMARY KEY,
    head    TEXT    NOT NULL,
    text    TEXT    NOT NULL,
    html    TEXT    NOT NULL
);

-- A file is several rows, so that it can be read bit by bit.

CREATE TABLE frontdesk_email_attachments (
    message INTEGER NOT NULL,
    file    INTEGER NOT NULL,
    part    INTEGER NOT NULL,
    content BLOB    NOT NULL,
    PRIMARY KEY (message, file, part)
);

CREATE TABLE frontdesk_email_attempts (
    message    INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    outcome    TEXT    NOT NULL,
    code       TEXT    NOT NULL,
    error      TEXT    NOT NULL,
    PRIMARY KEY (message, number)
);

CREATE TABLE frontdesk_email_events (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    provider    TEXT    NOT NULL,
    event_id    TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    provider_id TEXT    NOT NULL,
    recipient   TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    permanent   BOOLEAN NOT NULL,
    detail      TEXT    NOT NULL,
    occurred_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    message     INTEGER NOT NULL,
    payload     BLOB    NOT NULL
);

CREATE UNIQUE INDEX frontdesk_email_events_known ON frontdesk_email_events (provider, event_id);
CREATE INDEX frontdesk_email_events_message ON frontdesk_email_events (message, id);
CREATE INDEX frontdesk_email_events_waiting ON frontdesk_email_events (provider, provider_id) WHERE message = 0;
CREATE INDEX frontdesk_email_events_lost ON frontdesk_email_events (received_at) WHERE message = 0;

-- Whoever stores an event or the id that it waits for locks the row of that id, so that they find
-- each other. message is 0 until a message is known by the id.

CREATE TABLE frontdesk_email_receipts (
    provider    TEXT    NOT NULL,
    provider_id TEXT    NOT NULL,
    message     INTEGER NOT NULL,
    PRIMARY KEY (provider, provider_id)
);

CREATE INDEX frontdesk_email_receipts_message ON frontdesk_email_receipts (message);

CREATE TABLE frontdesk_email_parks (
    provider     TEXT    NOT NULL PRIMARY KEY,
    parked_until INTEGER NOT NULL
);

CREATE TABLE frontdesk_email_suppressions (
    address TEXT    NOT NULL PRIMARY KEY,
    reason  TEXT    NOT NULL,
    since   INTEGER NOT NULL,
    message INTEGER NOT NULL,
    detail  TEXT    NOT NULL
);

-- +goose Down

DROP TABLE frontdesk_email_suppressions;
DROP TABLE frontdesk_email_parks;
DROP TABLE frontdesk_email_receipts;
DROP TABLE frontdesk_email_events;
DROP TABLE frontdesk_email_attempts;
DROP TABLE frontdesk_email_attachments;
DROP TABLE frontdesk_email_bodies;
DROP TABLE frontdesk_email_recipients;
DROP TABLE frontdesk_email_messages;
