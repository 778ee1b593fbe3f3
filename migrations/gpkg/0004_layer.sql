-- +goose Up
-- Reference layers: what planners look at and snap to. Not versioned: a layer
-- is replaced as a whole.
CREATE TABLE layer (
	name     TEXT PRIMARY KEY NOT NULL CHECK (name <> ''),
	kind     TEXT NOT NULL CHECK (kind IN ('building', 'road', 'water', 'other')),
	title    TEXT NOT NULL,
	source   TEXT NOT NULL,
	seq      INTEGER NOT NULL REFERENCES change_set (seq),
	features INTEGER NOT NULL CHECK (features >= 0)
);

-- n numbers the features of a layer over both tables.
CREATE TABLE layer_line (
	fid   INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	layer TEXT NOT NULL REFERENCES layer (name),
	n     INTEGER NOT NULL CHECK (n > 0),
	name  TEXT NOT NULL,
	shape MULTILINESTRING NOT NULL,
	UNIQUE (layer, n)
);
CREATE TABLE layer_area (
	fid   INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
	layer TEXT NOT NULL REFERENCES layer (name),
	n     INTEGER NOT NULL CHECK (n > 0),
	name  TEXT NOT NULL,
	shape MULTIPOLYGON NOT NULL,
	UNIQUE (layer, n)
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
	('layer_line', 'features', 'layer_line', '底图图层的线: 道路 … (lines of reference layers)', 4490),
	('layer_area', 'features', 'layer_area', '底图图层的面: 建筑, 水系 … (areas of reference layers)', 4490),
	('layer', 'attributes', 'layer', '底图图层 (reference layers)', 0);
INSERT INTO gpkg_geometry_columns VALUES
	('layer_line', 'shape', 'MULTILINESTRING', 4490, 0, 0),
	('layer_area', 'shape', 'MULTIPOLYGON', 4490, 0, 0);
INSERT INTO gpkg_extensions VALUES
	('layer_line', 'shape', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only'),
	('layer_area', 'shape', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');

CREATE VIRTUAL TABLE rtree_layer_line_shape USING rtree(id, minx, maxx, miny, maxy);
-- +goose StatementBegin
CREATE TRIGGER rtree_layer_line_shape_insert AFTER INSERT ON layer_line WHEN (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN INSERT OR REPLACE INTO rtree_layer_line_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_layer_line_shape_update1 AFTER UPDATE OF shape ON layer_line WHEN OLD.fid = NEW.fid AND (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN INSERT OR REPLACE INTO rtree_layer_line_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_layer_line_shape_update2 AFTER UPDATE OF shape ON layer_line WHEN OLD.fid = NEW.fid AND (NEW.shape ISNULL OR ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_layer_line_shape WHERE id = OLD.fid; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_layer_line_shape_update3 AFTER UPDATE ON layer_line WHEN OLD.fid != NEW.fid AND (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_layer_line_shape WHERE id = OLD.fid; INSERT OR REPLACE INTO rtree_layer_line_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_layer_line_shape_update4 AFTER UPDATE ON layer_line WHEN OLD.fid != NEW.fid AND (NEW.shape ISNULL OR ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_layer_line_shape WHERE id IN (OLD.fid, NEW.fid); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_layer_line_shape_delete AFTER DELETE ON layer_line WHEN OLD.shape NOTNULL
BEGIN DELETE FROM rtree_layer_line_shape WHERE id = OLD.fid; END;
-- +goose StatementEnd

CREATE VIRTUAL TABLE rtree_layer_area_shape USING rtree(id, minx, maxx, miny, maxy);
-- +goose StatementBegin
CREATE TRIGGER rtree_layer_area_shape_insert AFTER INSERT ON layer_area WHEN (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN INSERT OR REPLACE INTO rtree_layer_area_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_layer_area_shape_update1 AFTER UPDATE OF shape ON layer_area WHEN OLD.fid = NEW.fid AND (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN INSERT OR REPLACE INTO rtree_layer_area_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_layer_area_shape_update2 AFTER UPDATE OF shape ON layer_area WHEN OLD.fid = NEW.fid AND (NEW.shape ISNULL OR ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_layer_area_shape WHERE id = OLD.fid; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_layer_area_shape_update3 AFTER UPDATE ON layer_area WHEN OLD.fid != NEW.fid AND (NEW.shape NOTNULL AND NOT ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_layer_area_shape WHERE id = OLD.fid; INSERT OR REPLACE INTO rtree_layer_area_shape VALUES (NEW.fid, ST_MinX(NEW.shape), ST_MaxX(NEW.shape), ST_MinY(NEW.shape), ST_MaxY(NEW.shape)); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_layer_area_shape_update4 AFTER UPDATE ON layer_area WHEN OLD.fid != NEW.fid AND (NEW.shape ISNULL OR ST_IsEmpty(NEW.shape))
BEGIN DELETE FROM rtree_layer_area_shape WHERE id IN (OLD.fid, NEW.fid); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rtree_layer_area_shape_delete AFTER DELETE ON layer_area WHEN OLD.shape NOTNULL
BEGIN DELETE FROM rtree_layer_area_shape WHERE id = OLD.fid; END;
-- +goose StatementEnd
