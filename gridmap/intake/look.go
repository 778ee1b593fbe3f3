package intake

import (
	"errors"

	"github.com/paulmach/orb"

	"cloudgrid/gridmap/ingest"
	"cloudgrid/importers"
)

// Bounds of what a look takes from a file.
const (
	sampleRows    = 20  // shown
	frameRows     = 500 // whose positions tell frames apart
	mostCellRunes = 200
)

// Survey is what there is to see of a file before anybody has said how to take
// it.
type Survey struct {
	File        string         `json:"file"`
	Format      string         `json:"format"`
	Layer       string         `json:"layer,omitempty"`
	Layers      []string       `json:"layers"`
	ChooseLayer bool           `json:"choose_layer,omitempty" doc:"there are several layers; nothing else is known before one is chosen"`
	Encoding    string         `json:"encoding,omitempty"`
	Rows        int            `json:"rows" doc:"-1 when unknown before all of it is read"`
	Fields      []Field        `json:"fields"`
	ShapeFrom   []string       `json:"shape_from" doc:"the columns that coordinates or shapes are read from"`
	Sample      []Sample       `json:"sample"`
	Shapes      map[string]int `json:"shapes" doc:"kinds of shapes among the first rows; none is the key of rows without"`
	Notes       []string       `json:"notes"`
	Frame       Frame          `json:"frame"`
}

// Field is a column of the file.
type Field struct {
	Name string `json:"name"`
	Type string `json:"type,omitempty"`
}

// Sample is one of the first rows, cells in the order of the fields.
type Sample struct {
	Row     int      `json:"row"`
	Cells   []string `json:"cells"`
	Shape   string   `json:"shape,omitempty"`
	Problem string   `json:"problem,omitempty"`
}

// Look opens a file and reads its first rows. inMap tells whether a position
// (degrees, WGS84) lies where the map is; nil when there is no map yet.
func Look(path string, c Choice, how How, inMap func(lon, lat float64) bool) (Survey, error) {
	src, err := importers.Open(path, c.reading(how.Limits))
	var many *importers.Error
	if errors.As(err, &many) && many.Code == importers.CodeChoose && c.Layer == "" && c.Sheet == "" {
		return Survey{
			File: many.File, Layers: many.Choices, ChooseLayer: true, Rows: -1,
			Fields: []Field{}, ShapeFrom: []string{}, Sample: []Sample{}, Notes: []string{}, Shapes: map[string]int{}, Frame: Frame{Choices: []FrameChoice{}},
		}, nil
	}
	if err != nil {
		return Survey{}, said(err)
	}
	defer src.Close() //nolint:errcheck // only read from
	info := src.Info()
	s := Survey{
		File: info.File, Format: string(info.Format), Layer: info.Layer, Layers: orEmpty(info.Layers), Encoding: info.Encoding, Rows: info.Rows,
		ShapeFrom: orEmpty(info.Shape), Notes: orEmpty(info.Notes), Fields: []Field{}, Sample: []Sample{}, Shapes: map[string]int{},
	}
	for _, f := range info.Fields {
		s.Fields = append(s.Fields, Field{f.Name, string(f.Type)})
	}
	at := s.readRows(src)
	s.Frame = frameOf(info, at, inMap)
	return s, nil
}

// readRows reads the first rows and returns a position of each.
func (s *Survey) readRows(src importers.Source) []orb.Point {
	var at []orb.Point
	n := 0
	for f, err := range src.Features() {
		if n++; n > frameRows {
			break
		}
		if err != nil {
			if len(s.Sample) < sampleRows {
				s.Sample = append(s.Sample, Sample{Row: f.Row, Cells: []string{}, Problem: err.Error()})
			}
			continue
		}
		kind := "none"
		if p, ok := somewhere(f.Geometry); ok {
			at, kind = append(at, p), f.Geometry.GeoJSONType()
		}
		s.Shapes[kind]++
		if len(s.Sample) < sampleRows {
			s.Sample = append(s.Sample, Sample{Row: f.Row, Cells: s.cells(f), Shape: kind})
		}
	}
	return at
}

func (s *Survey) cells(f importers.Feature) []string {
	cells := make([]string, len(s.Fields))
	for i, field := range s.Fields {
		text := []rune(f.Props.Text(field.Name))
		if len(text) > mostCellRunes {
			text = append(text[:mostCellRunes:mostCellRunes], '…')
		}
		cells[i] = string(text)
	}
	return cells
}

// Columns are the names of the fields.
func (s *Survey) Columns() []string {
	names := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		names[i] = f.Name
	}
	return names
}

// Suggested returns for a kind the fields that it knows and what the names of
// the file's columns suggest for them.
func (s *Survey) Suggested(k ingest.Kind) ingest.Mapping { return ingest.Suggest(k, s.Columns()) }

// somewhere is a position of a shape.
func somewhere(g orb.Geometry) (orb.Point, bool) {
	switch g := g.(type) {
	case orb.Point:
		return g, true
	case orb.MultiPoint:
		return first(g)
	case orb.LineString:
		return first(g)
	case orb.Ring:
		return first(g)
	case orb.MultiLineString:
		return firstOf(g)
	case orb.Polygon:
		return firstOf(g)
	case orb.MultiPolygon:
		return firstOf(g)
	case orb.Collection:
		return firstOf(g)
	}
	return orb.Point{}, false
}

func first[T ~[]orb.Point](points T) (orb.Point, bool) {
	if len(points) == 0 {
		return orb.Point{}, false
	}
	return points[0], true
}

func firstOf[T ~[]G, G orb.Geometry](parts T) (orb.Point, bool) {
	for _, g := range parts {
		if p, ok := somewhere(g); ok {
			return p, true
		}
	}
	return orb.Point{}, false
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
