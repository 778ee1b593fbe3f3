-- +goose Up
-- A GeoPackage 1.3 (OGC 12-128r17) that any GIS opens, with every version of
-- the map in it. Times are text in UTC with microseconds, so that they sort;
-- NULL is "since ever" and "until further notice". recorded_from/recorded_to
-- are change sets; recorded_to NULL is: still believed.
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;

CREATE TABLE gpkg_spatial_ref_sys (
	srs_name                 TEXT NOT NULL,
	srs_id                   INTEGER NOT NULL PRIMARY KEY,
	organization             TEXT NOT NULL,
	organization_coordsys_id INTEGER NOT NULL,
	definition               TEXT NOT NULL,
	description              TEXT
);
INSERT INTO gpkg_spatial_ref_sys VALUES
	('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
	('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
	('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]', 'longitude/latitude on WGS 84'),
	('China Geodetic Coordinate System 2000', 4490, 'EPSG', 4490, 'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4490"]]', 'longitude/latitude on CGCS2000');

CREATE TABLE gpkg_contents (
	table_name  TEXT NOT NULL PRIMARY KEY,
	data_type   TEXT NOT NULL,
	identifier  TEXT UNIQUE,
	description TEXT DEFAULT '',
	last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
	min_x DOUBLE,
	min_y DOUBLE,
	max_x DOUBLE,
	max_y DOUBLE,
	srs_id INTEGER,
	CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);

CREATE TABLE gpkg_geometry_columns (
	table_name         TEXT NOT NULL,
	column_name        TEXT NOT NULL,
	geometry_type_name TEXT NOT NULL,
	srs_id             INTEGER NOT NULL,
	z TINYINT NOT NULL,
	m TINYINT NOT NULL,
	CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
	CONSTRAINT uk_gc_table_name UNIQUE (table_name),
	CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
	CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);

CREATE TABLE gpkg_extensions (
	table_name     TEXT,
	column_name    TEXT,
	extension_name TEXT NOT NULL,
	definition     TEXT NOT NULL,
	scope          TEXT NOT NULL,
	CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);

-- Where the store stands: one row. audit_id and audit_hash are those of the
-- last audit line, so that the chain goes on whatever became of the file it is in.
CREATE TABLE head (
	one        INTEGER PRIMARY KEY CHECK (one = 1),
	seq        INTEGER NOT NULL CHECK (seq >= 0),
	edition    INTEGER NOT NULL CHECK (edition >= 0),
	at         TEXT,
	next_id    INTEGER NOT NULL CHECK (next_id > 0),
	audit_id   INTEGER NOT NULL CHECK (audit_id >= 0),
	audit_hash TEXT NOT NULL
);
INSERT INTO head VALUES (1, 0, 0, NULL, 1, 0, '');

-- Audit lines of committed change sets on their way to the private file.
CREATE TABLE audit_outbox (
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

CREATE TABLE change_set (
	seq     INTEGER PRIMARY KEY CHECK (seq > 0),
	at      TEXT NOT NULL,
	actor   TEXT NOT NULL,
	action  TEXT NOT NULL,
	note    TEXT NOT NULL,
	edition INTEGER NOT NULL
);

CREATE TABLE edition (
	number       INTEGER PRIMARY KEY CHECK (number > 0),
	name         TEXT NOT NULL,
	effective_at TEXT,
	published_at TEXT NOT NULL,
	seq          INTEGER NOT NULL UNIQUE REFERENCES change_set (seq),
	"by"         TEXT NOT NULL,
	note         TEXT NOT NULL
);

CREATE TABLE setting (
	one   INTEGER PRIMARY KEY CHECK (one = 1),
	value TEXT NOT NULL
);

CREATE TABLE network (
	id   INTEGER PRIMARY KEY CHECK (id > 0),
	code TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	main INTEGER NOT NULL CHECK (main IN (0, 1))
);
CREATE UNIQUE INDEX network_main ON network (main) WHERE main = 1;

CREATE TABLE level (
	fid     INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	network INTEGER NOT NULL REFERENCES network (id),
	rank    INTEGER NOT NULL CHECK (rank >= 0),
	code    TEXT NOT NULL,
	name    TEXT NOT NULL,
	UNIQUE (network, rank),
	UNIQUE (network, code)
);

CREATE TABLE role (
	code   TEXT PRIMARY KEY NOT NULL,
	name   TEXT NOT NULL,
	"order" INTEGER NOT NULL
);

CREATE TABLE sizing_profile (
	network   INTEGER NOT NULL REFERENCES network (id),
	level     INTEGER NOT NULL,
	type      TEXT NOT NULL,
	unit      TEXT NOT NULL,
	min       REAL NOT NULL,
	target    REAL NOT NULL,
	max       REAL NOT NULL,
	per_staff INTEGER NOT NULL CHECK (per_staff IN (0, 1)),
	weights   TEXT NOT NULL,
	PRIMARY KEY (network, level, type)
);

-- Whose a code is, for ever: a code is never given to another thing, even when
-- no version bears it any more.
CREATE TABLE code (
	kind    TEXT NOT NULL CHECK (kind IN ('grid', 'atom', 'place', 'person')),
	network INTEGER NOT NULL,
	code    TEXT NOT NULL,
	id      INTEGER NOT NULL,
	PRIMARY KEY (kind, network, code)
) WITHOUT ROWID;

CREATE TABLE grid (
	fid           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	id            INTEGER NOT NULL CHECK (id > 0),
	network       INTEGER NOT NULL REFERENCES network (id),
	level         INTEGER NOT NULL CHECK (level >= 0),
	parent        INTEGER CHECK (parent > 0),
	code          TEXT NOT NULL CHECK (code <> ''),
	name          TEXT NOT NULL CHECK (name <> ''),
	type          TEXT NOT NULL,
	attrs         TEXT NOT NULL,
	shape         MULTIPOLYGON,
	valid_from    TEXT,
	valid_to      TEXT CHECK (valid_to > valid_from),
	recorded_from INTEGER NOT NULL REFERENCES change_set (seq),
	recorded_to   INTEGER CHECK (recorded_to > recorded_from)
);
CREATE UNIQUE INDEX grid_order ON grid (id, coalesce(valid_from, ''), recorded_from);
CREATE UNIQUE INDEX grid_believed ON grid (id, coalesce(valid_from, '')) WHERE recorded_to IS NULL;
CREATE INDEX grid_recorded ON grid (recorded_from);
CREATE INDEX grid_superseded ON grid (recorded_to) WHERE recorded_to IS NOT NULL;
CREATE INDEX grid_parent ON grid (parent) WHERE recorded_to IS NULL;
CREATE INDEX grid_code ON grid (network, code) WHERE recorded_to IS NULL;

CREATE TABLE atom (
	fid           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	id            INTEGER NOT NULL CHECK (id > 0),
	code          TEXT NOT NULL CHECK (code <> ''),
	name          TEXT NOT NULL,
	kind          TEXT NOT NULL,
	counts        TEXT NOT NULL,
	attrs         TEXT NOT NULL,
	shape         MULTIPOLYGON,
	valid_from    TEXT,
	valid_to      TEXT CHECK (valid_to > valid_from),
	recorded_from INTEGER NOT NULL REFERENCES change_set (seq),
	recorded_to   INTEGER CHECK (recorded_to > recorded_from)
);
CREATE UNIQUE INDEX atom_order ON atom (id, coalesce(valid_from, ''), recorded_from);
CREATE UNIQUE INDEX atom_believed ON atom (id, coalesce(valid_from, '')) WHERE recorded_to IS NULL;
CREATE INDEX atom_recorded ON atom (recorded_from);
CREATE INDEX atom_superseded ON atom (recorded_to) WHERE recorded_to IS NOT NULL;

CREATE TABLE membership (
	fid           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	atom          INTEGER NOT NULL CHECK (atom > 0),
	network       INTEGER NOT NULL REFERENCES network (id),
	grid          INTEGER NOT NULL CHECK (grid > 0),
	valid_from    TEXT,
	valid_to      TEXT CHECK (valid_to > valid_from),
	recorded_from INTEGER NOT NULL REFERENCES change_set (seq),
	recorded_to   INTEGER CHECK (recorded_to > recorded_from)
);
CREATE UNIQUE INDEX membership_order ON membership (atom, network, coalesce(valid_from, ''), recorded_from);
CREATE UNIQUE INDEX membership_believed ON membership (atom, network, coalesce(valid_from, '')) WHERE recorded_to IS NULL;
CREATE INDEX membership_recorded ON membership (recorded_from);
CREATE INDEX membership_superseded ON membership (recorded_to) WHERE recorded_to IS NOT NULL;
CREATE INDEX membership_grid ON membership (grid) WHERE recorded_to IS NULL;

CREATE TABLE place (
	fid           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	id            INTEGER NOT NULL CHECK (id > 0),
	code          TEXT NOT NULL,
	kind          TEXT NOT NULL,
	name          TEXT NOT NULL,
	province      TEXT NOT NULL,
	city          TEXT NOT NULL,
	district      TEXT NOT NULL,
	town          TEXT NOT NULL,
	community     TEXT NOT NULL,
	road          TEXT NOT NULL,
	section       TEXT NOT NULL,
	lane          TEXT NOT NULL,
	alley         TEXT NOT NULL,
	sub_alley     TEXT NOT NULL,
	number        TEXT NOT NULL,
	compound      TEXT NOT NULL,
	building      TEXT NOT NULL,
	unit          TEXT NOT NULL,
	accuracy_m    REAL NOT NULL CHECK (accuracy_m >= 0),
	atom          INTEGER CHECK (atom > 0),
	parent        INTEGER CHECK (parent > 0),
	source        TEXT NOT NULL,
	status        TEXT NOT NULL,
	aliases       TEXT NOT NULL,
	attrs         TEXT NOT NULL,
	shape         POINT,
	valid_from    TEXT,
	valid_to      TEXT CHECK (valid_to > valid_from),
	recorded_from INTEGER NOT NULL REFERENCES change_set (seq),
	recorded_to   INTEGER CHECK (recorded_to > recorded_from)
);
CREATE UNIQUE INDEX place_order ON place (id, coalesce(valid_from, ''), recorded_from);
CREATE UNIQUE INDEX place_believed ON place (id, coalesce(valid_from, '')) WHERE recorded_to IS NULL;
CREATE INDEX place_recorded ON place (recorded_from);
CREATE INDEX place_superseded ON place (recorded_to) WHERE recorded_to IS NOT NULL;

CREATE TABLE person (
	fid           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	id            INTEGER NOT NULL CHECK (id > 0),
	code          TEXT NOT NULL,
	name          TEXT NOT NULL CHECK (name <> ''),
	phone         TEXT NOT NULL,
	office_phone  TEXT NOT NULL,
	attrs         TEXT NOT NULL,
	valid_from    TEXT,
	valid_to      TEXT CHECK (valid_to > valid_from),
	recorded_from INTEGER NOT NULL REFERENCES change_set (seq),
	recorded_to   INTEGER CHECK (recorded_to > recorded_from)
);
CREATE UNIQUE INDEX person_order ON person (id, coalesce(valid_from, ''), recorded_from);
CREATE UNIQUE INDEX person_believed ON person (id, coalesce(valid_from, '')) WHERE recorded_to IS NULL;
CREATE INDEX person_recorded ON person (recorded_from);
CREATE INDEX person_superseded ON person (recorded_to) WHERE recorded_to IS NOT NULL;

CREATE TABLE post (
	fid           INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	id            INTEGER NOT NULL CHECK (id > 0),
	grid          INTEGER NOT NULL CHECK (grid > 0),
	role          TEXT NOT NULL REFERENCES role (code),
	person        INTEGER CHECK (person > 0),
	rank          INTEGER NOT NULL CHECK (rank >= 1),
	employment    TEXT NOT NULL,
	valid_from    TEXT,
	valid_to      TEXT CHECK (valid_to > valid_from),
	recorded_from INTEGER NOT NULL REFERENCES change_set (seq),
	recorded_to   INTEGER CHECK (recorded_to > recorded_from)
);
CREATE UNIQUE INDEX post_order ON post (id, coalesce(valid_from, ''), recorded_from);
CREATE UNIQUE INDEX post_believed ON post (id, coalesce(valid_from, '')) WHERE recorded_to IS NULL;
CREATE INDEX post_recorded ON post (recorded_from);
CREATE INDEX post_superseded ON post (recorded_to) WHERE recorded_to IS NOT NULL;
CREATE INDEX post_grid ON post (grid) WHERE recorded_to IS NULL;

-- The R-tree extension, with the triggers of GeoPackage 1.3.

CREATE VIRTUAL TABLE rtree_grid_shape USING rtree(id, minx, maxx, miny, maxy);
-- +goose StatementBegin
CREATE TRIGGER rtree_grid_shape_insert AFTER INSERT ON grid WHEN (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN INSERT OR REPLACE INTO rtree_grid_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_grid_shape_update1 AFTER UPDATE OF shape ON grid WHEN OLD.fid = NEW.fid AND (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN INSERT OR REPLACE INTO rtree_grid_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_grid_shape_update2 AFTER UPDATE OF shape ON grid WHEN OLD.fid = NEW.fid AND (NEW.shape ISNULL OR ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_grid_shape WHERE id = OLD.fid; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_grid_shape_update3 AFTER UPDATE ON grid WHEN OLD.fid != NEW.fid AND (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_grid_shape WHERE id = OLD.fid; INSERT OR REPLACE INTO rtree_grid_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_grid_shape_update4 AFTER UPDATE ON grid WHEN OLD.fid != NEW.fid AND (NEW.shape ISNULL OR ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_grid_shape WHERE id IN (OLD.fid, NEW.fid); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_grid_shape_delete AFTER DELETE ON grid WHEN OLD.shape NOTNULL
BEGIN DELETE FROM rtree_grid_shape WHERE id = OLD.fid; END;
-- +goose StatementEnd

CREATE VIRTUAL TABLE rtree_atom_shape USING rtree(id, minx, maxx, miny, maxy);
-- +goose StatementBegin
CREATE TRIGGER rtree_atom_shape_insert AFTER INSERT ON atom WHEN (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN INSERT OR REPLACE INTO rtree_atom_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_atom_shape_update1 AFTER UPDATE OF shape ON atom WHEN OLD.fid = NEW.fid AND (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN INSERT OR REPLACE INTO rtree_atom_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_atom_shape_update2 AFTER UPDATE OF shape ON atom WHEN OLD.fid = NEW.fid AND (NEW.shape ISNULL OR ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_atom_shape WHERE id = OLD.fid; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_atom_shape_update3 AFTER UPDATE ON atom WHEN OLD.fid != NEW.fid AND (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_atom_shape WHERE id = OLD.fid; INSERT OR REPLACE INTO rtree_atom_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_atom_shape_update4 AFTER UPDATE ON atom WHEN OLD.fid != NEW.fid AND (NEW.shape ISNULL OR ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_atom_shape WHERE id IN (OLD.fid, NEW.fid); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_atom_shape_delete AFTER DELETE ON atom WHEN OLD.shape NOTNULL
BEGIN DELETE FROM rtree_atom_shape WHERE id = OLD.fid; END;
-- +goose StatementEnd

CREATE VIRTUAL TABLE rtree_place_shape USING rtree(id, minx, maxx, miny, maxy);
-- +goose StatementBegin
CREATE TRIGGER rtree_place_shape_insert AFTER INSERT ON place WHEN (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN INSERT OR REPLACE INTO rtree_place_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_place_shape_update1 AFTER UPDATE OF shape ON place WHEN OLD.fid = NEW.fid AND (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN INSERT OR REPLACE INTO rtree_place_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_place_shape_update2 AFTER UPDATE OF shape ON place WHEN OLD.fid = NEW.fid AND (NEW.shape ISNULL OR ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_place_shape WHERE id = OLD.fid; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_place_shape_update3 AFTER UPDATE ON place WHEN OLD.fid != NEW.fid AND (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_place_shape WHERE id = OLD.fid; INSERT OR REPLACE INTO rtree_place_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_place_shape_update4 AFTER UPDATE ON place WHEN OLD.fid != NEW.fid AND (NEW.shape ISNULL OR ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_place_shape WHERE id IN (OLD.fid, NEW.fid); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_place_shape_delete AFTER DELETE ON place WHEN OLD.shape NOTNULL
BEGIN DELETE FROM rtree_place_shape WHERE id = OLD.fid; END;
-- +goose StatementEnd

-- What is true now, for a GIS. OGC_FID is how GDAL knows the key of a view; a
-- column must be one of a table, for only those have a type.
CREATE VIEW grids AS
SELECT g.fid AS OGC_FID, g.id, n.code AS network, g.level, l.name AS level_name, g.parent,
	g.code, g.name, g.type, g.attrs, g.valid_from, g.valid_to, g.recorded_from, g.shape
FROM grid g
JOIN network n ON n.id = g.network
LEFT JOIN level l ON l.network = g.network AND l.rank = g.level
WHERE g.recorded_to IS NULL
	AND (g.valid_from IS NULL OR g.valid_from <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
	AND (g.valid_to IS NULL OR g.valid_to > strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));

CREATE VIEW atoms AS
SELECT a.fid AS OGC_FID, a.id, a.code, a.name, a.kind, a.counts, a.attrs,
	a.valid_from, a.valid_to, a.recorded_from, a.shape
FROM atom a
WHERE a.recorded_to IS NULL
	AND (a.valid_from IS NULL OR a.valid_from <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
	AND (a.valid_to IS NULL OR a.valid_to > strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));

CREATE VIEW places AS
SELECT p.fid AS OGC_FID, p.id, p.code, p.kind, p.name,
	p.province, p.city, p.district, p.town, p.community, p.road, p.section,
	p.lane, p.alley, p.sub_alley, p.number, p.compound, p.building, p.unit,
	p.accuracy_m, p.atom, p.parent, p.source, p.status, p.valid_from, p.valid_to, p.recorded_from, p.shape
FROM place p
WHERE p.recorded_to IS NULL
	AND (p.valid_from IS NULL OR p.valid_from <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
	AND (p.valid_to IS NULL OR p.valid_to > strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
	('grids', 'features', 'grids', '网格, 当前有效 (grids valid now)', 4490),
	('atoms', 'features', 'atoms', '基本单元, 当前有效 (atoms valid now)', 4490),
	('places', 'features', 'places', '标准地址, 当前有效 (places valid now)', 4490),
	('grid', 'features', 'grid', '网格, 全部版本 (every version of the grids)', 4490),
	('atom', 'features', 'atom', '基本单元, 全部版本 (every version of the atoms)', 4490),
	('place', 'features', 'place', '标准地址, 全部版本 (every version of the places)', 4490),
	('membership', 'attributes', 'membership', '单元归属, 全部版本 (which grid an atom belongs to, every version)', 0),
	('network', 'attributes', 'network', '网 (networks)', 0),
	('level', 'attributes', 'level', '层级 (levels)', 0),
	('edition', 'attributes', 'edition', '版次 (editions)', 0),
	('change_set', 'attributes', 'change_set', '修改记录 (change sets)', 0);

INSERT INTO gpkg_geometry_columns VALUES
	('grids', 'shape', 'MULTIPOLYGON', 4490, 0, 0),
	('atoms', 'shape', 'MULTIPOLYGON', 4490, 0, 0),
	('places', 'shape', 'POINT', 4490, 0, 0),
	('grid', 'shape', 'MULTIPOLYGON', 4490, 0, 0),
	('atom', 'shape', 'MULTIPOLYGON', 4490, 0, 0),
	('place', 'shape', 'POINT', 4490, 0, 0);

INSERT INTO gpkg_extensions VALUES
	('grid', 'shape', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only'),
	('atom', 'shape', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only'),
	('place', 'shape', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
