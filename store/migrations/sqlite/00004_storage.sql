-- +goose Up

-- latest is the number of the newest version. A document that is deleted stays, without its
-- key, until its last version is removed.

CREATE TABLE frontdesk_storage_documents (
    id           TEXT    NOT NULL PRIMARY KEY,
    client       TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    folder       TEXT    NOT NULL,
    by_id        TEXT    NOT NULL,
    by_role      TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    decided_by   TEXT    NOT NULL,
    decided_role TEXT    NOT NULL,
    decided_at   INTEGER NOT NULL,
    visibility   TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    latest       INTEGER NOT NULL,
    deleted      BOOLEAN NOT NULL
);

CREATE UNIQUE INDEX frontdesk_storage_documents_key ON frontdesk_storage_documents (client, key) WHERE key <> '';
CREATE INDEX frontdesk_storage_documents_client ON frontdesk_storage_documents (client, id);
CREATE INDEX frontdesk_storage_documents_status ON frontdesk_storage_documents (status, id);

CREATE TABLE frontdesk_storage_versions (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    document     TEXT    NOT NULL,
    client       TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    content_type TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    sha256       BLOB    NOT NULL,
    by_id        TEXT    NOT NULL,
    by_role      TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    stored_at    INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    done         INTEGER NOT NULL,
    store        TEXT    NOT NULL,
    object_id    TEXT    NOT NULL,
    spool        TEXT    NOT NULL,
    session      BLOB    NOT NULL,
    scanned_at   INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    last_error   TEXT    NOT NULL,
    next_at      INTEGER NOT NULL,
    lease        TEXT    NOT NULL,
    lease_until  INTEGER NOT NULL
);

CREATE UNIQUE INDEX frontdesk_storage_versions_number ON frontdesk_storage_versions (document, number);
CREATE INDEX frontdesk_storage_versions_due ON frontdesk_storage_versions (store, next_at, id) WHERE state IN ('held', 'queued', 'removing');
CREATE INDEX frontdesk_storage_versions_waiting ON frontdesk_storage_versions (client, store) WHERE state IN ('held', 'queued', 'removing');
CREATE INDEX frontdesk_storage_versions_counted ON frontdesk_storage_versions (client, size) WHERE state NOT IN ('infected', 'removing');
CREATE INDEX frontdesk_storage_versions_store ON frontdesk_storage_versions (store, state, id);
CREATE INDEX frontdesk_storage_versions_state ON frontdesk_storage_versions (state, document);
CREATE INDEX frontdesk_storage_versions_spool ON frontdesk_storage_versions (spool) WHERE spool <> '';

CREATE TABLE frontdesk_storage_receipts (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    document TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    by_id    TEXT    NOT NULL,
    by_role  TEXT    NOT NULL,
    read_at  INTEGER NOT NULL
);

CREATE INDEX frontdesk_storage_receipts_document ON frontdesk_storage_receipts (document, id);
CREATE INDEX frontdesk_storage_receipts_known ON frontdesk_storage_receipts (document, version, kind, by_id, by_role, read_at);

-- Whoever adds to what a client has locks the client's row, so that the sum stays within the quota.

CREATE TABLE frontdesk_storage_clients (
    client TEXT NOT NULL PRIMARY KEY
);

CREATE TABLE frontdesk_storage_folders (
    store  TEXT NOT NULL,
    client TEXT NOT NULL,
    folder TEXT NOT NULL,
    PRIMARY KEY (store, client)
);

-- A folder's id is written down before the folder is made, so that nobody makes another.

CREATE TABLE frontdesk_storage_reservations (
    store  TEXT NOT NULL,
    client TEXT NOT NULL,
    folder TEXT NOT NULL,
    PRIMARY KEY (store, client)
);

CREATE TABLE frontdesk_storage_pauses (
    store        TEXT    NOT NULL,
    client       TEXT    NOT NULL,
    paused_until INTEGER NOT NULL,
    PRIMARY KEY (store, client)
);

-- +goose Down

DROP TABLE frontdesk_storage_pauses;
DROP TABLE frontdesk_storage_reservations;
DROP TABLE frontdesk_storage_folders;
DROP TABLE frontdesk_storage_clients;
DROP TABLE frontdesk_storage_receipts;
DROP TABLE frontdesk_storage_versions;
DROP TABLE frontdesk_storage_documents;
