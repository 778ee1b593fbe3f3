-- +goose Up
-- Audit lines that could not wait for a long commit to the map. The next one to
-- the chain takes them into it; id and hash are those that they get there, noted
-- before the map is committed: so after a crash it is known which have theirs.
CREATE TABLE audit_aside (
	n      INTEGER PRIMARY KEY AUTOINCREMENT,
	at     TEXT NOT NULL,
	actor  TEXT NOT NULL,
	action TEXT NOT NULL,
	thing  TEXT NOT NULL,
	detail TEXT NOT NULL,
	id     INTEGER NOT NULL DEFAULT 0,
	hash   TEXT NOT NULL DEFAULT ''
);
