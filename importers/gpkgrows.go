package importers

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
)

func (g *geoPackage) Features() iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		row := 0
		stopped := false
		err := guarded(func() error {
			return g.each(&row, func(f Feature, err error) bool {
				stopped = !yield(f, err)
				return !stopped
			})
		})
		if err != nil && !stopped {
			e := fatal(g.info.File, CodeUnreadable, "图层从这里读不下去", "检查文件是否完整", err)
			e.Row = row
			yield(Feature{Row: row}, e)
		}
	}
}

func (g *geoPackage) each(row *int, yield func(Feature, error) bool) error {
	// A shape over the limit never leaves the file: its length stands for it.
	names := []string{fmt.Sprintf(`CASE WHEN length(%[1]s) > %[2]d THEN length(%[1]s) ELSE %[1]s END`, quoteName(g.geometry), g.limits.MaxFeature)}
	if g.key != "" {
		names = append(names, quoteName(g.key))
	}
	for _, c := range g.columns {
		names = append(names, quoteName(c))
	}
	order := ""
	if g.key != "" {
		order = " ORDER BY " + quoteName(g.key)
	}
	rows, err := g.db.QueryContext(context.Background(), `SELECT `+strings.Join(names, ", ")+` FROM `+quoteName(g.info.Layer)+order)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // read only
	cells := make([]any, len(names))
	into := make([]any, len(names))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if *row++; *row > g.limits.MaxRows {
			return tooManyRows(g.info.File, g.limits.MaxRows)
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if !yield(g.feature(*row, cells)) {
			return nil
		}
	}
	return rows.Err()
}

func (g *geoPackage) feature(row int, cells []any) (Feature, error) {
	f := Feature{Row: row, Where: fmt.Sprintf("图层 %s 第 %d 行", g.info.Layer, row)}
	rest := cells[1:]
	if g.key != "" {
		f.ID = TextOf(rest[0])
		rest = rest[1:]
	}
	f.Props = make(Props, len(rest))
	for i, v := range rest {
		f.Props[i] = Prop{g.columns[i], gpkgValue(v)}
	}
	if !soundProps(f.Props) {
		return f, rowError(g.info.File, row, CodeEncoding, "属性里有读不出的文字", "", nil)
	}
	var err error
	switch blob := cells[0].(type) {
	case nil:
	case []byte:
		f.Geometry, err = gpkgGeometry(blob, g.limits.MaxDepth)
	case int64:
		err = tooBig("一个要素的字节数")
	default:
		err = errors.New("图形列里不是图形")
	}
	if err != nil {
		return f, geometryError(g.info.File, row, err)
	}
	return f, nil
}

// gpkgValue makes an attribute of what the driver gives. Blobs are no
// attributes; dates come back as the text they are stored as.
func gpkgValue(v any) any {
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil
		}
		return v
	case int64, bool:
		return v
	case float64:
		return finite(v)
	case time.Time:
		if v.Hour() == 0 && v.Minute() == 0 && v.Second() == 0 {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.RFC3339)
	}
	return nil
}
