package importers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"

)

// geoJSON reads a FeatureCollection, a single Feature or geometry, or a
// sequence of features (one to a line, or after RFC 8142 record separators).
type geoJSON struct {
	info   Info
	text   *textFile
	limits Limits
	close  func() error
}

const rfc7946 = "RFC 7946 默认"

func openGeoJSON(in input, o Options) (Source, error) {
	text, err := newTextFile(in.ra, in.size, o.Encoding)
	if err != nil {
		return nil, fatal(in.name, CodeEncoding, "文字编码读不出来", "", err)
	}
	g := &geoJSON{text: text, limits: o.Limits, close: in.close}
	g.info = Info{
		File: in.name, Format: GeoJSON, CRS: "EPSG:4326", CRSFrom: rfc7946,
		Encoding: text.charset.name,
	}
	if text.note != "" {
		g.info.Notes = append(g.info.Notes, text.note)
	}
	if err := g.survey(); err != nil {
		return nil, fatal(in.name, CodeUnreadable, "不是完整的 GeoJSON", "重新导出这个文件", err)
	}
	return g, nil
}

func (g *geoJSON) Info() Info { return g.info }

func (g *geoJSON) Close() error { return g.close() }

// surveyed is how many features the first pass opens to learn their fields.
const surveyed = 500

// survey reads the file once: how many features, which fields, and the crs
// member of old GeoJSON, which may stand after the features.
func (g *geoJSON) survey() error {
	fields := newFieldSet()
	n := 0
	err := g.walk(func(key string, s *jsonScanner) error {
		if key == "crs" {
			raw, err := s.value(true)
			if err == nil {
				g.oldCRS(raw)
			}
			return err
		}
		_, err := s.value(false)
		return err
	}, func(s *jsonScanner) error {
		n++
		raw, err := s.value(n <= surveyed)
		if err != nil || n > surveyed {
			return err
		}
		var f rawFeature
		if json.Unmarshal(raw, &f) == nil {
			fields.addJSON(f.Properties)
		}
		return nil
	})
	g.info.Rows, g.info.Fields = n, fields.list()
	return err
}

// oldCRS reads the crs member that GeoJSON had before RFC 7946.
func (g *geoJSON) oldCRS(raw []byte) {
	if string(raw) == "null" {
		g.info.CRS, g.info.CRSFrom = "", ""
		g.info.Notes = append(g.info.Notes, "crs 为 null：文件说自己的坐标系未知，须用 --crs 说明")
		return
	}
	var c struct {
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	}
	if json.Unmarshal(raw, &c) != nil || c.Properties.Name == "" {
		g.info.CRS, g.info.CRSFrom = "", ""
		g.info.Notes = append(g.info.Notes, "crs 成员读不懂，须用 --crs 说明坐标系")
		return
	}
	g.info.CRS, g.info.CRSFrom = c.Properties.Name, "crs 成员"
}

// walk runs over the whole text: member for each member of a collection other
// than its features, feature where each feature stands. Either must consume
// the value. A text without any collection is a sequence of features.
func (g *geoJSON) walk(member func(string, *jsonScanner) error, feature func(*jsonScanner) error) error {
	s := newJSONScanner(g.text.open(), g.limits)
	if sequence, err := g.isSequence(); err != nil {
		return err
	} else if !sequence {
		err := s.members(func(key string) error {
			if key == "features" {
				return s.elements('[', ']', func() error { return feature(s) })
			}
			return member(key, s)
		})
		if err != nil {
			return err
		}
		if b, err := s.peek(); err != io.EOF {
			return fmt.Errorf("%w：集合之后还有 %q", errJSON, b)
		}
		return nil
	}
	for {
		if _, err := s.peek(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := feature(s); err != nil {
			return err
		}
	}
}

// isSequence tells a sequence of bare features or geometries from a
// collection: it looks for the member "features" of the first object.
func (g *geoJSON) isSequence() (bool, error) {
	s := newJSONScanner(g.text.open(), g.limits)
	found := false
	err := s.members(func(key string) error {
		if key == "features" {
			found = true
			return errStop
		}
		_, err := s.value(false)
		return err
	})
	if found {
		return false, nil
	}
	return true, err
}

type rawFeature struct {
	Type       string          `json:"type"`
	ID         json.RawMessage `json:"id"`
	Properties json.RawMessage `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
}

func (g *geoJSON) Features() iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		row := 0
		err := g.walk(func(_ string, s *jsonScanner) error {
			_, err := s.value(false)
			return err
		}, func(s *jsonScanner) error {
			if row++; row > g.limits.MaxRows {
				return tooManyRows(g.info.File, g.limits.MaxRows)
			}
			raw, err := s.value(true)
			if err != nil {
				return err
			}
			f, err := g.feature(row, raw)
			if !yield(f, err) {
				return errStop
			}
			return nil
		})
		if err != nil && err != errStop {
			e := fatal(g.info.File, CodeUnreadable, "JSON 从这里读不下去", "重新导出这个文件", err)
			e.Row = row
			yield(Feature{Row: row}, e)
		}
	}
}

func (g *geoJSON) feature(row int, raw []byte) (Feature, error) {
	f := Feature{Row: row, Where: fmt.Sprintf("第 %d 个要素", row)}
	var rf rawFeature
	if err := json.Unmarshal(raw, &rf); err != nil {
		return f, rowError(g.info.File, row, CodeUnreadable, "这个要素不是合法的 JSON", "", err)
	}
	if rf.Type != "Feature" { // a bare geometry is a feature without attributes
		rf = rawFeature{Geometry: raw}
	}
	f.ID = jsonText(rf.ID)
	props, err := jsonProps(rf.Properties)
	if err != nil {
		return f, rowError(g.info.File, row, CodeValue, "属性读不出来", "", err)
	}
	f.Props = props
	if !soundProps(props) {
		return f, rowError(g.info.File, row, CodeEncoding, "属性里有读不出的文字", "用 --encoding 说明编码", nil)
	}
	if f.Geometry, err = jsonGeometry(rf.Geometry, g.limits.MaxDepth); err != nil {
		return f, geometryError(g.info.File, row, err)
	}
	return f, nil
}

func soundProps(props Props) bool {
	for _, p := range props {
		if s, ok := p.Value.(string); !soundText(p.Key) || ok && !soundText(s) {
			return false
		}
	}
	return true
}

// jsonText gives an id, which may be a string or a number, as text.
func jsonText(raw []byte) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

