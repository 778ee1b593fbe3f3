package tiles

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	_ "modernc.org/sqlite" // the driver, named "sqlite"
)

const mbtilesSchema = `
CREATE TABLE metadata (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE tiles (
  zoom_level INTEGER NOT NULL, tile_column INTEGER NOT NULL, tile_row INTEGER NOT NULL, tile_data BLOB NOT NULL,
  PRIMARY KEY (zoom_level, tile_column, tile_row)
) WITHOUT ROWID;`

// WriteMBTiles writes the export as an MBTiles 1.3 file at path, which must not
// exist. Tiles are the gzip bytes that a Cache serves; rows are numbered from
// the south, as the format wants. When it fails the file is of no use and the
// caller removes it.
func (p *Pyramid) WriteMBTiles(ctx context.Context, path string, x Export) (err error) {
	if !x.Set.Known() {
		return fmt.Errorf("unknown tile set %.40q", string(x.Set))
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(off)&_pragma=journal_mode(off)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, mbtilesSchema); err != nil {
		return fmt.Errorf("cannot begin %s as a new MBTiles file: %w", path, err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := p.fillMBTiles(ctx, tx, x); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (p *Pyramid) fillMBTiles(ctx context.Context, tx *sql.Tx, x Export) (err error) {
	j := x.metadata(p)
	layers, err := layersJSON(j.VectorLayers)
	if err != nil {
		return err
	}
	list := func(vs ...float64) (s string) {
		for i, v := range vs {
			if i > 0 {
				s += ","
			}
			s += strconv.FormatFloat(v, 'f', -1, 64)
		}
		return s
	}
	for _, m := range [...][2]string{
		{"name", j.Name},
		{"format", "pbf"},
		{"type", "overlay"},
		{"version", j.Version},
		{"description", j.Description},
		{"attribution", j.Attribution},
		{"bounds", list(j.Bounds[:]...)},
		{"center", list(j.Center[:]...)},
		{"minzoom", strconv.Itoa(int(j.MinZoom))},
		{"maxzoom", strconv.Itoa(int(j.MaxZoom))},
		{"json", layers},
	} {
		if _, err := tx.ExecContext(ctx, `INSERT INTO metadata (name, value) VALUES (?, ?)`, m[0], m[1]); err != nil {
			return err
		}
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO tiles VALUES (?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	return p.each(ctx, &x, func(t Tile, gz []byte) error {
		_, err := insert.ExecContext(ctx, int64(t.Z), int64(t.X), int64(uint32(1)<<t.Z-1-t.Y), gz)
		return err
	})
}
