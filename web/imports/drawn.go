package imports

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"cloudgrid/gridmap/export"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/gridmap/rolls"
	"cloudgrid/spatial"
)

// The files that a check leaves beside the one that came in. Names that a
// client can give do not begin with a dot and a space: see plainName.
const (
	tableFile    = ". report.csv"
	outlinesFile = ". outlines.geojson"
)

// Bounds of the outlines that are drawn. Beyond them every other vertex, every
// third … is left out, then rows are.
const (
	drawnRows     = 50_000
	drawnVertices = 400_000
)

// importDrawn tells what of the incoming rows is drawn.
type importDrawn struct {
	Rows  int `json:"rows" doc:"that have a shape or a point"`
	Drawn int `json:"drawn"`
	Every int `json:"every" doc:"of the vertices one in so many is drawn; 1 is all"`
}

// writeFindings writes the table of findings and the outlines of the rows.
func writeFindings(dir string, rep *ingest.Report, p *ingest.Plan) (importDrawn, error) {
	if err := create(dir, tableFile, func(w *bufio.Writer) error { return writeTable(w, rep) }); err != nil {
		return importDrawn{}, err
	}
	var info importDrawn
	err := create(dir, outlinesFile, func(w *bufio.Writer) error {
		info = writeOutlines(w, p)
		return nil
	})
	return info, err
}

func create(dir, name string, write func(*bufio.Writer) error) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<16)
	return errors.Join(write(w), w.Flush(), f.Close())
}

// writeTable writes all findings as a table for an office's spreadsheet: no
// cell is a formula, and the first bytes say that it is UTF-8.
func writeTable(w *bufio.Writer, rep *ingest.Report) error {
	_, _ = w.WriteString("\ufeff") // Flush tells
	c := csv.NewWriter(w)
	c.UseCRLF = true
	rows := [][]string{{"序号", "级别", "问题", "行", "编码", "说明", "怎么办", "经度", "纬度", "面积（平方米）"}}
	for i, f := range rep.Findings {
		name, _ := ingest.KindName(f.Kind)
		do, _ := ingest.Advice(f.Kind)
		row := []string{strconv.Itoa(i + 1), severityName(f.Severity), name, joined(f.Rows), strings.Join(f.Codes, "、"), inWizard(f.Message), do, "", "", ""}
		if f.At != nil {
			row[7], row[8] = strconv.FormatFloat(f.At.Lon, 'f', 7, 64), strconv.FormatFloat(f.At.Lat, 'f', 7, 64)
		}
		if f.AreaM2 > 0 {
			row[9] = strconv.FormatFloat(f.AreaM2, 'f', 1, 64)
		}
		rows = append(rows, row)
	}
	for _, row := range rows {
		for i := range row {
			if i < 7 { // the others are numbers of ours, and may begin with a minus
				row[i] = rolls.Plain(row[i])
			}
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func severityName(s ingest.Severity) string {
	switch s {
	case ingest.Error:
		return "错误"
	case ingest.Warning:
		return "警告"
	case ingest.Note:
	}
	return "提示"
}

func joined(rows []int) string {
	words := make([]string, len(rows))
	for i, n := range rows {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, "、")
}

// writeOutlines writes the accepted rows as GeoJSON.
func writeOutlines(w *bufio.Writer, p *ingest.Plan) importDrawn {
	info := importDrawn{Every: 1}
	vertices := 0
	for o := range p.Outlines() {
		info.Rows++
		vertices += o.Shape.NumPoints()
	}
	info.Every = max(1, (vertices+drawnVertices-1)/drawnVertices)
	var b []byte
	_, _ = w.WriteString(`{"type":"FeatureCollection","features":[`) // Flush tells
	for o := range p.Outlines() {
		if info.Drawn == drawnRows {
			break
		}
		b = append(jsontext.Comma(b[:0], info.Drawn), '\n')
		b = strconv.AppendInt(append(b, `{"type":"Feature","id":`...), int64(o.Row), 10)
		b = strconv.AppendInt(append(b, `,"properties":{"row":`...), int64(o.Row), 10)
		b = jsontext.Key(b, `,"code":`, o.Code)
		b = jsontext.Key(b, `,"name":`, o.Name)
		b = append(appendPlace(append(b, `},"geometry":`...), o, info.Every), '}')
		_, _ = w.Write(b)
		info.Drawn++
	}
	_, _ = w.WriteString("\n]}\n")
	return info
}

func appendPlace(b []byte, o ingest.Outline, every int) []byte {
	if len(o.Shape) == 0 {
		return append(appendPoint(append(b, `{"type":"Point","coordinates":`...), o.Point), '}')
	}
	b = append(b, `{"type":"MultiPolygon","coordinates":[`...)
	for i, p := range o.Shape {
		b = append(jsontext.Comma(b, i), '[')
		for j, r := range p {
			b = appendRing(append(jsontext.Comma(b, j), '['), r, every)
			b = append(b, ']')
		}
		b = append(b, ']')
	}
	return append(b, "]}"...)
}

// appendRing writes a closed ring of every so manieth vertex, of small rings
// all.
func appendRing(b []byte, r spatial.Ring, every int) []byte {
	if len(r) < 4*every {
		every = 1
	}
	for k := 0; k < len(r); k += every {
		b = appendPoint(jsontext.Comma(b, k), r[k])
	}
	if len(r) > 0 {
		b = appendPoint(append(b, ','), r[0])
	}
	return b
}

func appendPoint(b []byte, p spatial.Point) []byte {
	b = append(export.AppendDegrees(append(b, '['), p.X), ',')
	return append(export.AppendDegrees(b, p.Y), ']')
}

// findingsGeoJSON writes the findings that have a place.
func findingsGeoJSON(ck *checked) ([]byte, error) {
	type feature struct {
		Type       string         `json:"type"`
		ID         int            `json:"id"`
		Properties importFinding  `json:"properties"`
		Geometry   map[string]any `json:"geometry"`
	}
	features := []feature{}
	for i, f := range ck.report.Findings {
		if f.At != nil {
			item := findingItemOf(i+1, f)
			features = append(features, feature{"Feature", i + 1, item, map[string]any{"type": "Point", "coordinates": item.At}})
		}
	}
	return json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
}
