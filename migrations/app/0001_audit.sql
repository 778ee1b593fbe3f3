-- +goose Up
-- What is private to the office: kept beside the map file, so that sharing the
-- map never shares it. Accounts and keys come here too.
CREATE TABLE audit (
	id     INTEGER PRIMARY KEY,
	at     TEXT NOT NULL,
	actor  TEXT NOT NULL,
	action TEXT NOT NULL,
	thing  TEXT NOT NULL,
	detail TEXT NOT NULL,
	seq    INTEGER NOT NULL,
	prev   TEXT NOT NULL,
	hash   TEXT NOT NULL
);

-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
-- +goose StatementEnd
