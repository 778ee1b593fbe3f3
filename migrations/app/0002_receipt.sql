-- +goose Up
-- What the system answered, word for word, and what people say of it.
CREATE TABLE receipt (
	id       TEXT PRIMARY KEY,
	at       TEXT NOT NULL,
	question TEXT NOT NULL,
	answer   TEXT NOT NULL,
	edition  INTEGER NOT NULL,
	seq      INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE feedback (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	receipt    TEXT NOT NULL REFERENCES receipt (id),
	at         TEXT NOT NULL,
	kind       TEXT NOT NULL,
	text       TEXT NOT NULL,
	place      INTEGER NOT NULL,
	settled    TEXT NOT NULL DEFAULT '',
	settled_by TEXT NOT NULL DEFAULT '',
	settled_at TEXT
);
CREATE INDEX feedback_open ON feedback (id) WHERE settled = '';
