-- +goose Up
-- Plans: drafts of a network, with the log of what was done in them. They are
-- in the map file so that publishing is one transaction with the map.
-- touched is a number that only grows: by it other processes see what changed.
CREATE TABLE plan (
	id           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	name         TEXT NOT NULL CHECK (name <> ''),
	network      INTEGER NOT NULL REFERENCES network (id),
	scope        TEXT NOT NULL,
	base_seq     INTEGER NOT NULL CHECK (base_seq >= 0),
	base_edition INTEGER NOT NULL CHECK (base_edition >= 0),
	base_at      TEXT,
	state        TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'returned', 'approved', 'announced', 'published', 'abandoned')),
	rev          INTEGER NOT NULL CHECK (rev >= 0),
	effective_at TEXT,
	edition      INTEGER NOT NULL CHECK (edition >= 0),
	note         TEXT NOT NULL,
	created_by   TEXT NOT NULL,
	created_at   TEXT NOT NULL,
	changed_at   TEXT NOT NULL,
	touched      INTEGER NOT NULL
);
CREATE UNIQUE INDEX plan_touched ON plan (touched);

CREATE TABLE plan_op (
	plan  INTEGER NOT NULL REFERENCES plan (id),
	rev   INTEGER NOT NULL CHECK (rev > 0),
	id    TEXT NOT NULL CHECK (id <> ''),
	at    TEXT NOT NULL,
	actor TEXT NOT NULL,
	kind  TEXT NOT NULL,
	body  TEXT NOT NULL,
	PRIMARY KEY (plan, rev),
	UNIQUE (plan, id)
);
-- +goose StatementBegin
CREATE TRIGGER plan_op_no_update BEFORE UPDATE ON plan_op
BEGIN SELECT RAISE(ABORT, 'the log of a plan is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_op_no_delete BEFORE DELETE ON plan_op
BEGIN SELECT RAISE(ABORT, 'the log of a plan is append-only'); END;
-- +goose StatementEnd

CREATE TABLE plan_event (
	id     INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	plan   INTEGER NOT NULL REFERENCES plan (id),
	at     TEXT NOT NULL,
	actor  TEXT NOT NULL,
	action TEXT NOT NULL,
	rev    INTEGER NOT NULL,
	note   TEXT NOT NULL
);
CREATE INDEX plan_event_plan ON plan_event (plan, id);
-- +goose StatementBegin
CREATE TRIGGER plan_event_no_update BEFORE UPDATE ON plan_event
BEGIN SELECT RAISE(ABORT, 'the events of a plan are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_event_no_delete BEFORE DELETE ON plan_event
BEGIN SELECT RAISE(ABORT, 'the events of a plan are append-only'); END;
-- +goose StatementEnd

CREATE TABLE plan_comment (
	id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	plan       INTEGER NOT NULL REFERENCES plan (id),
	at         TEXT NOT NULL,
	actor      TEXT NOT NULL,
	text       TEXT NOT NULL,
	grid       INTEGER CHECK (grid > 0),
	reply_to   INTEGER REFERENCES plan_comment (id),
	photo      TEXT NOT NULL,
	public     INTEGER NOT NULL CHECK (public IN (0, 1)),
	settled_by TEXT NOT NULL,
	settled_at TEXT,
	shape      POINT
);
CREATE INDEX plan_comment_plan ON plan_comment (plan, id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
	('plan_comment', 'features', 'plan_comment', '方案批注 (comments on plans)', 4490);
INSERT INTO gpkg_geometry_columns VALUES ('plan_comment', 'shape', 'POINT', 4490, 0, 0);

-- Records: what the map's own kinds do not know.
CREATE TABLE record (
	fid           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	id            INTEGER NOT NULL CHECK (id > 0),
	kind          TEXT NOT NULL CHECK (kind <> ''),
	key           TEXT NOT NULL,
	grid          INTEGER CHECK (grid > 0),
	person        INTEGER CHECK (person > 0),
	place         INTEGER CHECK (place > 0),
	body          TEXT NOT NULL,
	valid_from    TEXT,
	valid_to      TEXT CHECK (valid_to > valid_from),
	recorded_from INTEGER NOT NULL REFERENCES change_set (seq),
	recorded_to   INTEGER CHECK (recorded_to > recorded_from)
);
CREATE UNIQUE INDEX record_order ON record (id, coalesce(valid_from, ''), recorded_from);
CREATE UNIQUE INDEX record_believed ON record (id, coalesce(valid_from, '')) WHERE recorded_to IS NULL;
CREATE INDEX record_recorded ON record (recorded_from);
CREATE INDEX record_superseded ON record (recorded_to) WHERE recorded_to IS NOT NULL;
CREATE INDEX record_kind ON record (kind, id) WHERE recorded_to IS NULL;

-- The keys of records are codes, too: kind is then record: and theirs. A CHECK
-- cannot be changed, so the table is made anew.
CREATE TABLE code_of_all (
	kind    TEXT NOT NULL CHECK (kind IN ('grid', 'atom', 'place', 'person') OR kind LIKE 'record:_%'),
	network INTEGER NOT NULL,
	code    TEXT NOT NULL,
	id      INTEGER NOT NULL,
	PRIMARY KEY (kind, network, code)
) WITHOUT ROWID;
INSERT INTO code_of_all SELECT kind, network, code, id FROM code;
DROP TABLE code;
ALTER TABLE code_of_all RENAME TO code;
