-- +goose Up
-- What happens beside the map, and who may sign in.
CREATE TABLE event (
	id    INTEGER PRIMARY KEY AUTOINCREMENT,
	at    TEXT NOT NULL,
	actor TEXT NOT NULL,
	kind  TEXT NOT NULL,
	key   TEXT NOT NULL,
	grid  INTEGER NOT NULL,
	body  TEXT NOT NULL
);
CREATE INDEX event_of ON event (kind, key, id);

CREATE TABLE tally (
	kind TEXT NOT NULL,
	key  TEXT NOT NULL,
	day  TEXT NOT NULL,
	n    INTEGER NOT NULL,
	PRIMARY KEY (kind, key, day)
) WITHOUT ROWID;

CREATE TABLE attachment (
	id    TEXT PRIMARY KEY,
	at    TEXT NOT NULL,
	actor TEXT NOT NULL,
	type  TEXT NOT NULL,
	data  BLOB NOT NULL
);

CREATE TABLE account (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	name        TEXT NOT NULL UNIQUE,
	title       TEXT NOT NULL,
	person      INTEGER NOT NULL,
	password    TEXT NOT NULL,
	subject     TEXT UNIQUE,
	grants      TEXT NOT NULL,
	disabled    INTEGER NOT NULL,
	failures    INTEGER NOT NULL,
	locked_till TEXT,
	created_at  TEXT,
	changed_at  TEXT,
	version     INTEGER NOT NULL
);
-- Every name that was ever an account's: an audit line names one, for ever.
CREATE TABLE account_name (
	name    TEXT PRIMARY KEY,
	account INTEGER NOT NULL REFERENCES account (id)
) WITHOUT ROWID;

CREATE TABLE api_key (
	id         TEXT PRIMARY KEY,
	hash       BLOB NOT NULL,
	label      TEXT NOT NULL,
	grants     TEXT NOT NULL,
	per_minute INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	created_at TEXT,
	expires_at TEXT,
	revoked_at TEXT,
	used_at    TEXT
) WITHOUT ROWID;

CREATE TABLE session (
	hash       BLOB PRIMARY KEY,
	account    INTEGER NOT NULL REFERENCES account (id),
	csrf       TEXT NOT NULL,
	created_at TEXT,
	seen_at    TEXT,
	expires_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_of ON session (account);
