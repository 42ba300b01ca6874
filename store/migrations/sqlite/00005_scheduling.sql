-- +goose Up

-- Columns are what is asked for; the rest of a row is JSON in its details.

CREATE TABLE frontdesk_scheduling_settings (
    expert   TEXT    NOT NULL PRIMARY KEY,
    schedule TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    details  TEXT    NOT NULL
);

CREATE INDEX frontdesk_scheduling_settings_schedule ON frontdesk_scheduling_settings (schedule);

CREATE TABLE frontdesk_scheduling_schedules (
    id       TEXT    NOT NULL PRIMARY KEY,
    expert   TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    details  TEXT    NOT NULL
);

CREATE INDEX frontdesk_scheduling_schedules_expert ON frontdesk_scheduling_schedules (expert, id);

CREATE TABLE frontdesk_scheduling_event_types (
    id       TEXT    NOT NULL PRIMARY KEY,
    owner    TEXT    NOT NULL,
    slug     TEXT    NOT NULL,
    place    INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    details  TEXT    NOT NULL
);

CREATE UNIQUE INDEX frontdesk_scheduling_event_types_slug ON frontdesk_scheduling_event_types (owner, slug);
CREATE INDEX frontdesk_scheduling_event_types_place ON frontdesk_scheduling_event_types (owner, place, id);

-- Which schedules an event type names.

CREATE TABLE frontdesk_scheduling_uses (
    event_type TEXT    NOT NULL,
    schedule   TEXT    NOT NULL,
    PRIMARY KEY (event_type, schedule)
);

CREATE INDEX frontdesk_scheduling_uses_schedule ON frontdesk_scheduling_uses (schedule);

-- longest is at least the longest time that a meeting has taken of the host, so that whoever looks
-- for what overlaps a time knows how far before it to begin.

CREATE TABLE frontdesk_scheduling_hosts (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name    TEXT    NOT NULL,
    longest INTEGER NOT NULL
);

CREATE UNIQUE INDEX frontdesk_scheduling_hosts_name ON frontdesk_scheduling_hosts (name);
CREATE INDEX frontdesk_scheduling_hosts_longest ON frontdesk_scheduling_hosts (longest);

-- lapses_at is when the first of its holds ends; 0: it has none.

CREATE TABLE frontdesk_scheduling_meetings (
    id         TEXT    NOT NULL PRIMARY KEY,
    event_type TEXT    NOT NULL,
    series     TEXT    NOT NULL,
    starts_at  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    status     TEXT    NOT NULL,
    expires_at INTEGER NOT NULL,
    lapses_at  INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    details    TEXT    NOT NULL
);

CREATE INDEX frontdesk_scheduling_meetings_start ON frontdesk_scheduling_meetings (starts_at, id);
CREATE INDEX frontdesk_scheduling_meetings_event_type ON frontdesk_scheduling_meetings (event_type, starts_at, id);
CREATE INDEX frontdesk_scheduling_meetings_series ON frontdesk_scheduling_meetings (series, starts_at, id) WHERE series <> '';
CREATE INDEX frontdesk_scheduling_meetings_open ON frontdesk_scheduling_meetings (starts_at, id) WHERE status IN ('held', 'pending');
CREATE INDEX frontdesk_scheduling_meetings_lapse ON frontdesk_scheduling_meetings (lapses_at, id) WHERE lapses_at > 0;

-- A meeting has a row here for each of its hosts, with all that a search asks for. booked are
-- the seats of bookings that no clock ends; with holds there are others.

CREATE TABLE frontdesk_scheduling_meeting_hosts (
    meeting      TEXT    NOT NULL,
    host         INTEGER NOT NULL,
    event_type   TEXT    NOT NULL,
    starts_at    INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    blocked_from INTEGER NOT NULL,
    blocked_to   INTEGER NOT NULL,
    status       TEXT    NOT NULL,
    expires_at   INTEGER NOT NULL,
    seats        INTEGER NOT NULL,
    booked       INTEGER NOT NULL,
    holds        BOOLEAN NOT NULL,
    live         BOOLEAN NOT NULL,
    PRIMARY KEY (meeting, host),
    CHECK (blocked_from < blocked_to)
);

CREATE INDEX frontdesk_scheduling_meeting_hosts_start ON frontdesk_scheduling_meeting_hosts (host, starts_at, meeting);

-- No two live meetings of a host overlap. As those that are there do not, it is enough to look at
-- the one that starts last before the new one's end.

CREATE INDEX frontdesk_scheduling_slots ON frontdesk_scheduling_meeting_hosts (host, blocked_from) WHERE live;

-- +goose StatementBegin
CREATE TRIGGER frontdesk_scheduling_slot_added BEFORE INSERT ON frontdesk_scheduling_meeting_hosts
WHEN NEW.live AND NEW.blocked_from < (SELECT blocked_to FROM frontdesk_scheduling_meeting_hosts
    WHERE host = NEW.host AND live AND blocked_from < NEW.blocked_to AND meeting <> NEW.meeting
    ORDER BY blocked_from DESC LIMIT 1)
BEGIN
    SELECT RAISE(ABORT, 'the slot is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER frontdesk_scheduling_slot_changed
BEFORE UPDATE OF meeting, host, blocked_from, blocked_to, live ON frontdesk_scheduling_meeting_hosts
WHEN NEW.live AND NEW.blocked_from < (SELECT blocked_to FROM frontdesk_scheduling_meeting_hosts
    WHERE host = NEW.host AND live AND blocked_from < NEW.blocked_to AND meeting <> NEW.meeting
    ORDER BY blocked_from DESC LIMIT 1)
BEGIN
    SELECT RAISE(ABORT, 'the slot is taken');
END;
-- +goose StatementEnd

CREATE TABLE frontdesk_scheduling_bookings (
    id         TEXT    NOT NULL PRIMARY KEY,
    meeting    TEXT    NOT NULL,
    client     TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    expires_at INTEGER NOT NULL,
    seats      INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    details    TEXT    NOT NULL
);

CREATE INDEX frontdesk_scheduling_bookings_meeting ON frontdesk_scheduling_bookings (meeting, id);
CREATE INDEX frontdesk_scheduling_bookings_client ON frontdesk_scheduling_bookings (client, meeting) WHERE client <> '';
CREATE UNIQUE INDEX frontdesk_scheduling_bookings_key ON frontdesk_scheduling_bookings (key) WHERE key <> '';

-- lapses_at is when an offer ends, or when nothing can be offered any more.

CREATE TABLE frontdesk_scheduling_waiting (
    id         TEXT    NOT NULL PRIMARY KEY,
    event_type TEXT    NOT NULL,
    client     TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    in_start   INTEGER NOT NULL,
    in_end     INTEGER NOT NULL,
    lapses_at  INTEGER NOT NULL,
    details    TEXT    NOT NULL
);

CREATE INDEX frontdesk_scheduling_waiting_event_type ON frontdesk_scheduling_waiting (event_type, state, id);
CREATE INDEX frontdesk_scheduling_waiting_client ON frontdesk_scheduling_waiting (client, id);
CREATE INDEX frontdesk_scheduling_waiting_lapse ON frontdesk_scheduling_waiting (lapses_at, id) WHERE state IN ('offered', 'waiting');

CREATE TABLE frontdesk_scheduling_packs (
    id      TEXT    NOT NULL PRIMARY KEY,
    client  TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    details TEXT    NOT NULL
);

CREATE INDEX frontdesk_scheduling_packs_client ON frontdesk_scheduling_packs (client, id);
CREATE UNIQUE INDEX frontdesk_scheduling_packs_key ON frontdesk_scheduling_packs (client, key) WHERE key <> '';

-- due_at is when a worker may take the effect: at next_at, or as soon as its lease has ended.

CREATE TABLE frontdesk_scheduling_effects (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    key         TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    meeting     TEXT    NOT NULL,
    booking     TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    attempts    INTEGER NOT NULL,
    last_error  TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,
    lease       TEXT    NOT NULL,
    lease_until INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    taken_at    INTEGER NOT NULL,
    payload     BLOB    NOT NULL
);

CREATE UNIQUE INDEX frontdesk_scheduling_effects_key ON frontdesk_scheduling_effects (key);
CREATE INDEX frontdesk_scheduling_effects_due ON frontdesk_scheduling_effects (due_at, id) WHERE state = 'pending';
CREATE INDEX frontdesk_scheduling_effects_done ON frontdesk_scheduling_effects (taken_at, id) WHERE state = 'done';
CREATE INDEX frontdesk_scheduling_effects_meeting ON frontdesk_scheduling_effects (meeting, id);
CREATE INDEX frontdesk_scheduling_effects_state ON frontdesk_scheduling_effects (state, id);

-- +goose Down

DROP TABLE frontdesk_scheduling_effects;
DROP TABLE frontdesk_scheduling_packs;
DROP TABLE frontdesk_scheduling_waiting;
DROP TABLE frontdesk_scheduling_bookings;
DROP TABLE frontdesk_scheduling_meeting_hosts;
DROP TABLE frontdesk_scheduling_meetings;
DROP TABLE frontdesk_scheduling_hosts;
DROP TABLE frontdesk_scheduling_uses;
DROP TABLE frontdesk_scheduling_event_types;
DROP TABLE frontdesk_scheduling_schedules;
DROP TABLE frontdesk_scheduling_settings;
