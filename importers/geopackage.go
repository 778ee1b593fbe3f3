package importers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the "sqlite" driver
)

// geoPackage reads one feature table of a GeoPackage. The file is never
// written to.
type geoPackage struct {
	info     Info
	db       *sql.DB
	geometry string   // name of the geometry column
	key      string   // name of the integer primary key, "" when there is none
	columns  []string // the others
	limits   Limits
	close    func() error
}

func openGeoPackage(in input, o Options) (Source, error) {
	g := &geoPackage{limits: o.Limits, close: in.close}
	g.info = Info{File: in.name, Format: GeoPackage, Encoding: "UTF-8"}
	path := in.path
	if path == "" {
		tmp, err := spool(in)
		if err != nil {
			return nil, fatal(in.name, CodeUnreadable, "上传的文件存不下", "", err)
		}
		path = tmp
		g.close = func() error { return errors.Join(in.close(), os.Remove(tmp)) }
	}
	err := guarded(func() error { return g.connect(path, o) })
	if err != nil {
		if g.db != nil {
			err = errors.Join(err, g.db.Close())
		}
		if in.path == "" {
			err = errors.Join(err, os.Remove(path))
		}
		return nil, fatal(in.name, CodeUnreadable, "不是完整的 GeoPackage", "重新导出", err)
	}
	return g, nil
}

// spool copies an upload to a temporary file, which SQLite needs.
func spool(in input) (path string, err error) {
	f, err := os.CreateTemp("", "cloudgrid-*.gpkg")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, io.NewSectionReader(in.ra, 0, in.size))
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// connect opens the file read-only. Unless a write-ahead log stands beside it,
// it is taken as immutable, so that nothing is created in its folder.
func (g *geoPackage) connect(path string, o Options) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	query := "mode=ro&_pragma=trusted_schema(0)&_pragma=query_only(1)&_pragma=cell_size_check(1)"
	if st, err := os.Stat(path + "-wal"); err != nil || st.Size() == 0 {
		query += "&immutable=1"
	}
	u := url.URL{Scheme: "file", Path: abs, RawQuery: query}
	if g.db, err = sql.Open("sqlite", u.String()); err != nil {
		return err
	}
	g.db.SetMaxOpenConns(2)
	if err := g.chooseLayer(o); err != nil {
		return err
	}
	if err := g.readCRS(); err != nil {
		return err
	}
	return g.readColumns()
}

func (g *geoPackage) chooseLayer(o Options) error {
	areal, err := g.listLayers()
	if err != nil {
		return err
	}
	if o.Layer == "" && o.Polygons && len(areal) == 1 && len(g.info.Layers) > 1 {
		o.Layer = areal[0]
		g.info.Notes = append(g.info.Notes, fmt.Sprintf("取唯一可能是面的图层 %s（共 %d 个，可用 --layer 选）", o.Layer, len(g.info.Layers)))
	}
	if g.info.Layer, err = choose(g.info.File, "图层", "--layer", o.Layer, g.info.Layers); err != nil {
		return err
	}
	// A view may hold any query, also one that never ends; a sent file gets no
	// such trust.
	var kind string
	err = g.db.QueryRowContext(context.Background(), `SELECT type FROM sqlite_master WHERE name = ?`, g.info.Layer).Scan(&kind)
	if err == nil && kind != "table" {
		err = fmt.Errorf("图层 %s 是视图，请导出为表", g.info.Layer)
	}
	return err
}

// listLayers reads the names of the feature layers, and of those whose declared
// type does not rule polygons out.
func (g *geoPackage) listLayers() (areal []string, err error) {
	rows, err := g.db.QueryContext(context.Background(), `SELECT c.table_name, upper(g.geometry_type_name) FROM gpkg_contents c
		JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
		WHERE c.data_type = 'features' ORDER BY c.rowid`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // read only
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return nil, err
		}
		g.info.Layers = append(g.info.Layers, name)
		if !strings.HasSuffix(kind, "POINT") && !strings.HasSuffix(kind, "STRING") {
			areal = append(areal, name)
		}
	}
	return areal, rows.Err()
}

// readCRS names the coordinate system: organisation and number where it has
// them, with the definition beside it. Srs 0 and -1 mean "undefined".
func (g *geoPackage) readCRS() error {
	var id, code int
	var org, def sql.NullString
	err := g.db.QueryRowContext(context.Background(), `SELECT g.column_name, g.srs_id, s.organization, s.organization_coordsys_id, s.definition
		FROM gpkg_geometry_columns g LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id
		WHERE g.table_name = ?`, g.info.Layer).Scan(&g.geometry, &id, &org, scanInt{&code}, &def)
	if err != nil {
		return err
	}
	if id <= 0 || !org.Valid {
		g.info.Notes = append(g.info.Notes, fmt.Sprintf("图层的坐标系未定义（srs %d）", id))
		return nil
	}
	g.info.CRSFrom = fmt.Sprintf("gpkg srs %d", id)
	if strings.EqualFold(org.String, "EPSG") && code > 0 {
		g.info.CRS = fmt.Sprintf("EPSG:%d", code)
	}
	if def.Valid && def.String != "undefined" {
		g.info.WKT = def.String
	}
	return nil
}

// scanInt reads an integer column, NULL as 0.
type scanInt struct{ to *int }

func (s scanInt) Scan(v any) error {
	if n, ok := v.(int64); ok {
		*s.to = int(n)
	}
	return nil
}

func (g *geoPackage) readColumns() error {
	rows, err := g.db.QueryContext(context.Background(), `SELECT name, type, pk FROM pragma_table_info(?)`, g.info.Layer)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // read only
	for rows.Next() {
		var name, kind string
		var pk int
		if err := rows.Scan(&name, &kind, &pk); err != nil {
			return err
		}
		switch {
		case name == g.geometry:
		case pk == 1 && strings.Contains(strings.ToUpper(kind), "INT"):
			g.key = name
		default:
			g.columns = append(g.columns, name)
			g.info.Fields = append(g.info.Fields, Field{name, gpkgType(kind)})
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return g.db.QueryRowContext(context.Background(), `SELECT count(*) FROM `+quoteName(g.info.Layer)).Scan(&g.info.Rows)
}

// gpkgType reads the column types of the GeoPackage standard, table 1.
func gpkgType(kind string) FieldType {
	kind, _, _ = strings.Cut(strings.ToUpper(kind), "(")
	switch kind {
	case "BOOLEAN":
		return Boolean
	case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER":
		return Integer
	case "FLOAT", "DOUBLE", "REAL":
		return Real
	case "DATE", "DATETIME":
		return Date
	}
	return Text
}

// quoteName makes an SQL identifier of any name.
func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func (g *geoPackage) Info() Info { return g.info }

func (g *geoPackage) Close() error { return errors.Join(g.db.Close(), g.close()) }
