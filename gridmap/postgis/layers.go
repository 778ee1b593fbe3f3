package postgis

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

var layerColumns = []string{"name", "kind", "title", "source", "seq", "features"}

// Layers implements gridmap.Reader.
func (r *reader) Layers(ctx context.Context) ([]gridmap.Layer, error) {
	return rowsOf(ctx, r, func(rows pgx.Rows) (l gridmap.Layer, err error) {
		err = rows.Scan(&l.Name, &l.Kind, &l.Title, &l.Source, &l.Seq, &l.Features)
		return l, err
	}, "SELECT name, kind, title, source, seq, features FROM layer ORDER BY name")
}

// layerRows selects from both tables of features, in the order of their numbers.
func layerRows(where string) string {
	const columns = "SELECT layer, n, name, shape FROM "
	return columns + "layer_line" + where + " UNION ALL " + columns + "layer_area" + where + " ORDER BY 1, 2"
}

func scanLayerRow(rows pgx.Rows) (l gridmap.LayerRow, err error) {
	var s layerShape
	err = rows.Scan(&l.Layer, &l.N, &l.Name, &s)
	l.Lines, l.Areas = s.lines, s.areas
	return l, err
}

// LayerFeatures implements gridmap.Reader.
func (r *reader) LayerFeatures(ctx context.Context, name string) iter.Seq2[gridmap.LayerFeature, error] {
	return query(ctx, r, func(rows pgx.Rows) (gridmap.LayerFeature, error) {
		l, err := scanLayerRow(rows)
		return l.LayerFeature, err
	}, layerRows(" WHERE layer = $1"), name)
}

// AllLayerRows implements gridmap.Archive.
func (r *reader) AllLayerRows(ctx context.Context) iter.Seq2[gridmap.LayerRow, error] {
	return query(ctx, r, scanLayerRow, layerRows(""))
}

// AddLayers implements ledger.Raw.
func (w *writer) AddLayers(ctx context.Context, layers []gridmap.Layer) error {
	return copyIn(ctx, w.reader, "layer", layerColumns, layers, func(l gridmap.Layer) ([]any, error) {
		return []any{l.Name, string(l.Kind), l.Title, l.Source, int64(l.Seq), l.Features}, nil
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
	columns := []string{"layer", "n", "name", "shape"}
	err := copyIn(ctx, w.reader, "layer_line", columns, lines, func(r gridmap.LayerRow) ([]any, error) {
		shape, err := encodeLines(r.Lines)
		return []any{r.Layer, r.N, r.Name, shape}, err
	})
	if err != nil {
		return err
	}
	return copyIn(ctx, w.reader, "layer_area", columns, areas, func(r gridmap.LayerRow) ([]any, error) {
		shape, err := encodeShape(r.Areas)
		return []any{r.Layer, r.N, r.Name, shape}, err
	})
}

// RemoveLayer implements ledger.Rest.
func (w *writer) RemoveLayer(ctx context.Context, name string) error {
	for _, text := range []string{"DELETE FROM layer_line WHERE layer = $1", "DELETE FROM layer_area WHERE layer = $1", "DELETE FROM layer WHERE name = $1"} {
		if err := w.exec(ctx, text, name); err != nil {
			return err
		}
	}
	return nil
}

// encodeLines writes lines as EWKB.
func encodeLines(lines [][]spatial.Point) ([]byte, error) {
	var flat []float64
	ends := make([]int, len(lines))
	for i, l := range lines {
		for _, p := range l {
			lon, lat := p.LonLat()
			flat = append(flat, lon, lat)
		}
		ends[i] = len(flat)
	}
	return ewkb.Marshal(geom.NewMultiLineStringFlat(geom.XY, flat, ends).SetSRID(srid), ewkb.NDR)
}

// layerShape scans the shape of a layer's feature.
type layerShape struct {
	lines [][]spatial.Point
	areas spatial.MultiPolygon
}

// ScanBytes implements pgtype.BytesScanner.
func (s *layerShape) ScanBytes(b []byte) error {
	*s = layerShape{}
	g, err := ewkb.Unmarshal(b)
	if err != nil {
		return err
	}
	switch g := g.(type) {
	case *geom.MultiPolygon:
		s.areas, err = fromFlat(g.FlatCoords(), g.Endss())
		return err
	case *geom.MultiLineString:
		s.lines, err = linesFromFlat(g.FlatCoords(), g.Ends())
		return err
	}
	return fmt.Errorf("%w: %T", errGeometry, g)
}

func linesFromFlat(flat []float64, ends []int) ([][]spatial.Point, error) {
	lines := make([][]spatial.Point, len(ends))
	from := 0
	for i, end := range ends {
		for ; from < end; from += 2 {
			p, err := spatial.FromLonLat(flat[from], flat[from+1])
			if err != nil {
				return nil, err
			}
			lines[i] = append(lines[i], p)
		}
	}
	return lines, nil
}
