package importers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// geoJSON reads a FeatureCollection, a single Feature or geometry, or a
// sequence of features (one to a line, or after RFC 8142 record separators).
type geoJSON struct {
	info     Info
	text     *textFile
	sequence bool
	limits   Limits
	close    func() error
}

// RFC7946 is the Info.CRSFrom of GeoJSON that says nothing itself: the standard
// says WGS84 for it.
const RFC7946 = "RFC 7946 默认"

// jsonKind is what the first object of a JSON text turns out to be.
type jsonKind int

const (
	jsonSequence   jsonKind = iota // features or geometries one after another, or just one
	jsonCollection                 // {"type": "FeatureCollection", "features": […]}
	jsonTopology                   // {"type": "Topology", …}
)

func openJSON(in input, o Options) (Source, error) {
	text, err := newTextFile(in.ra, in.size, o.Encoding)
	if err != nil {
		return nil, fatal(in.name, CodeEncoding, "文字编码读不出来", "", err)
	}
	kind, err := findJSONKind(newJSONScanner(text.open(), o.Limits))
	if err != nil {
		return nil, fatal(in.name, CodeUnreadable, "不是完整的 GeoJSON", "重新导出这个文件", err)
	}
	info := Info{File: in.name, Encoding: text.charset.name}
	if text.note != "" {
		info.Notes = append(info.Notes, text.note)
	}
	if kind == jsonTopology {
		return openTopoJSON(in, text, info, o)
	}
	info.Format, info.CRS, info.CRSFrom = GeoJSON, "EPSG:4326", RFC7946
	g := &geoJSON{info: info, text: text, sequence: kind == jsonSequence, limits: o.Limits, close: in.close}
	if err := g.survey(); err != nil {
		return nil, fatal(in.name, CodeUnreadable, "不是完整的 GeoJSON", "重新导出这个文件", err)
	}
	return g, nil
}

// findJSONKind reads the first object up to its type or its features.
func findJSONKind(s *jsonScanner) (jsonKind, error) {
	kind := jsonSequence
	err := s.members(func(key string) error {
		if key == "features" {
			kind = jsonCollection
			return errStop
		}
		raw, err := s.value(key == "type")
		if err != nil || key != "type" {
			return err
		}
		switch string(raw) {
		case `"FeatureCollection"`:
			kind = jsonCollection
		case `"Topology"`:
			kind = jsonTopology
		}
		return errStop
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return kind, err
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
		g.info.Notes = append(g.info.Notes, "crs 为 null：文件说自己的坐标系未知")
		return
	}
	var c struct {
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	}
	if json.Unmarshal(raw, &c) != nil || c.Properties.Name == "" {
		g.info.CRS, g.info.CRSFrom = "", ""
		g.info.Notes = append(g.info.Notes, "crs 成员读不懂，文件没有声明坐标系")
		return
	}
	g.info.CRS, g.info.CRSFrom = c.Properties.Name, "crs 成员"
}

// walk runs over the whole text: member for each member of a collection other
// than its features, feature where each feature stands. Either must consume
// the value. A text without any collection is a sequence of features.
func (g *geoJSON) walk(member func(string, *jsonScanner) error, feature func(*jsonScanner) error) error {
	s := newJSONScanner(g.text.open(), g.limits)
	if !g.sequence {
		return g.walkCollection(s, member, feature)
	}
	for {
		if _, err := s.peek(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := feature(s); err != nil {
			return err
		}
	}
}

func (g *geoJSON) walkCollection(s *jsonScanner, member func(string, *jsonScanner) error, feature func(*jsonScanner) error) error {
	err := s.members(func(key string) error {
		if key == "features" {
			return s.elements('[', ']', func() error { return feature(s) })
		}
		return member(key, s)
	})
	if err != nil {
		return err
	}
	if b, err := s.peek(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w：集合之后还有 %q", errJSON, b)
	}
	return nil
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
		if err != nil && !errors.Is(err, errStop) {
			e := fatal(g.info.File, CodeUnreadable, "JSON 从这里读不下去", "重新导出这个文件", err)
			e.Row = row
			yield(Feature{Row: row}, e)
		}
	}
}
