package gpkg

import (
	"context"
	"database/sql"
	"iter"

	"cloudgrid/gridmap"
)

const layerColumns = "name, kind, title, source, seq, features"

// Layers implements gridmap.Reader.
func (r *reader) Layers(ctx context.Context) ([]gridmap.Layer, error) {
	return list(ctx, r, "SELECT "+layerColumns+" FROM layer ORDER BY name", func(rows *sql.Rows) (l gridmap.Layer, err error) {
		err = rows.Scan(&l.Name, &l.Kind, &l.Title, &l.Source, &l.Seq, &l.Features)
		return l, err
	})
}

// layerRows selects from both tables of features, in the order of their numbers.
func layerRows(where string) string {
	const columns = "SELECT layer, n, name, shape, "
	return columns + "1 AS line FROM layer_line" + where + " UNION ALL " + columns + "0 FROM layer_area" + where + " ORDER BY 1, 2"
}

func scanLayerRow(rows *sql.Rows) (l gridmap.LayerRow, err error) {
	var shape sql.RawBytes
	var line bool
	if err = rows.Scan(&l.Layer, &l.N, &l.Name, &shape, &line); err != nil {
		return l, err
	}
	if line {
		l.Lines, err = decodeLines(shape)
	} else {
		l.Areas, err = decodeShape(shape)
	}
	return l, err
}

// LayerFeatures implements gridmap.Reader.
func (r *reader) LayerFeatures(ctx context.Context, name string) iter.Seq2[gridmap.LayerFeature, error] {
	return query(ctx, r.store.path, r.conn, func(rows *sql.Rows) (gridmap.LayerFeature, error) {
		l, err := scanLayerRow(rows)
		return l.LayerFeature, err
	}, layerRows(" WHERE layer = ?1"), name)
}

// AllLayerRows implements gridmap.Archive.
func (r *reader) AllLayerRows(ctx context.Context) iter.Seq2[gridmap.LayerRow, error] {
	return query(ctx, r.store.path, r.conn, scanLayerRow, layerRows(""))
}

// AddLayers implements ledger.Raw.
func (w *writer) AddLayers(ctx context.Context, layers []gridmap.Layer) error {
	return insertEach(ctx, w, "INSERT INTO layer ("+layerColumns+") VALUES (?, ?, ?, ?, ?, ?)", layers, func(l gridmap.Layer) []any {
		return []any{l.Name, string(l.Kind), l.Title, l.Source, int64(l.Seq), l.Features}
	})
}

// AddLayerRows implements ledger.Raw.
func (w *writer) AddLayerRows(ctx context.Context, rows []gridmap.LayerRow) error {
	var lines, areas []gridmap.LayerRow
	for _, r := range rows {
		if len(r.Lines) > 0 {
			lines = append(lines, r)
		} else {
			areas = append(areas, r)
		}
	}
	if err := w.addLayerRows(ctx, "layer_line", lines, func(r gridmap.LayerRow) []byte { return encodeLines(r.Lines) }); err != nil {
		return err
	}
	return w.addLayerRows(ctx, "layer_area", areas, func(r gridmap.LayerRow) []byte { return encodeShape(r.Areas) })
}

func (w *writer) addLayerRows(ctx context.Context, table string, rows []gridmap.LayerRow, encode func(gridmap.LayerRow) []byte) error {
	return insertEach(ctx, w, "INSERT INTO "+table+" (layer, n, name, shape) VALUES (?, ?, ?, ?)", rows, func(r gridmap.LayerRow) []any {
		blob := encode(r)
		if e, empty, err := envelope(blob); err == nil && !empty {
			w.grow(table, e)
		}
		return []any{r.Layer, r.N, r.Name, blob}
	})
}

// RemoveLayer implements ledger.Rest.
func (w *writer) RemoveLayer(ctx context.Context, name string) error {
	for _, text := range []string{"DELETE FROM layer_line WHERE layer = ?", "DELETE FROM layer_area WHERE layer = ?", "DELETE FROM layer WHERE name = ?"} {
		if err := w.exec(ctx, text, name); err != nil {
			return err
		}
	}
	return nil
}
