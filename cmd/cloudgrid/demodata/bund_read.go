package demodata

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// bundFeature is a feature of the extract: ground, lines or a point.
type bundFeature struct {
	OSM                int64
	Kind, Detail, Name string
	Street, Number     string
	HeightM            float64
	Ground             spatial.MultiPolygon
	Lines              [][]spatial.Point
	At                 spatial.Point // of a point
}

// bundSource is the extract of OpenStreetMap, and the river drawn by hand.
type bundSource struct {
	buildings, roads, landuse, pois, addresses []bundFeature
	water                                      spatial.MultiPolygon
}

// The outline of the demo: the ground that extract.py keeps.
var bundWest, bundEast = spatial.Point{X: 1214813232, Y: 312268945}, spatial.Point{X: 1215113000, Y: 312503781}

func bundOutline() spatial.MultiPolygon {
	a, b := bundWest, bundEast
	return spatial.MultiPolygon{{{a, {X: b.X, Y: a.Y}, b, {X: a.X, Y: b.Y}}}}
}

// pondM2 is the size under which water is a pond, which divides nothing.
const pondM2 = 6000

func readBund() (*bundSource, error) {
	var s bundSource
	for name, into := range map[string]*[]bundFeature{
		"buildings": &s.buildings, "roads": &s.roads, "landuse": &s.landuse, "pois": &s.pois, "addresses": &s.addresses,
	} {
		var err error
		if *into, err = readFeatures("bund/" + name + ".geojson.gz"); err != nil {
			return nil, err
		}
	}
	water, err := readFeatures("bund/water.geojson.gz")
	if err != nil {
		return nil, err
	}
	river, err := readFeatures("bund/river.geojson.gz")
	if err != nil {
		return nil, err
	}
	s.water = slices.DeleteFunc(united(append(water, river...)), func(p spatial.Polygon) bool {
		return measure.AreaM2(spatial.MultiPolygon{p}) < pondM2
	})
	s.buildings = slices.DeleteFunc(s.buildings, s.afloat)
	return &s, nil
}

// afloat tells whether a building stands in the water, at least with a corner:
// piers, pontoons, and some by the bank, which was drawn by hand. They are left
// out, or else the river would be theirs.
func (s *bundSource) afloat(b bundFeature) bool {
	for _, p := range b.Ground {
		if slices.ContainsFunc(p[0], s.water.Holds) {
			return true
		}
	}
	return false
}

// united joins shapes that overlap or were cut along the edges of tiles.
func united(features []bundFeature) spatial.MultiPolygon {
	var shapes []spatial.MultiPolygon
	for _, f := range features {
		shapes = append(shapes, f.Ground)
	}
	topo, _ := topology.Build(shapes) // overlaps go to either: all are joined
	return topo.Dissolve(make([]int32, len(shapes)), 1).FacePolygon(0)
}

// geoFeature is a feature as GeoJSON writes it.
type geoFeature struct {
	Properties struct {
		OSM    int64   `json:"osm_id"`
		Kind   string  `json:"kind"`
		Detail string  `json:"kind_detail"`
		Name   string  `json:"name"`
		Street string  `json:"addr_street"`
		Number string  `json:"addr_housenumber"`
		Height float64 `json:"height"`
	} `json:"properties"`
	Geometry struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

func readFeatures(name string) ([]bundFeature, error) {
	r, err := unpack(name)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Features []geoFeature `json:"features"`
	}
	if err := json.NewDecoder(r).Decode(&doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	out := make([]bundFeature, 0, len(doc.Features))
	for i, g := range doc.Features {
		p := g.Properties
		f := bundFeature{
			OSM: p.OSM, Kind: p.Kind, Detail: p.Detail, Name: strings.TrimSpace(p.Name),
			Street: p.Street, Number: p.Number, HeightM: p.Height,
		}
		if err := f.place(g); err != nil {
			return nil, fmt.Errorf("%s, feature %d: %w", name, i+1, err)
		}
		out = append(out, f)
	}
	return out, nil
}

// place reads the geometry.
func (f *bundFeature) place(g geoFeature) error {
	raw := g.Geometry.Coordinates
	switch g.Geometry.Type {
	case "Point":
		var c [2]float64
		if err := json.Unmarshal(raw, &c); err != nil {
			return err
		}
		p, err := spatial.FromLonLat(c[0], c[1])
		f.At = p
		return err
	case "LineString", "MultiLineString":
		var lines [][][2]float64
		if err := json.Unmarshal(listed(raw, g.Geometry.Type == "LineString"), &lines); err != nil {
			return err
		}
		for _, l := range lines {
			points, err := lattice(l)
			if err != nil {
				return err
			}
			f.Lines = append(f.Lines, points)
		}
		return nil
	case "Polygon", "MultiPolygon":
		var polygons [][][][2]float64
		if err := json.Unmarshal(listed(raw, g.Geometry.Type == "Polygon"), &polygons); err != nil {
			return err
		}
		for _, rings := range polygons {
			m, err := polygon(rings)
			if err != nil {
				return err
			}
			f.Ground = append(f.Ground, m...)
		}
		return nil
	}
	return fmt.Errorf("a %s is not read", g.Geometry.Type)
}

// listed makes a list of one of a single geometry.
func listed(raw json.RawMessage, single bool) json.RawMessage {
	if !single {
		return raw
	}
	return json.RawMessage("[" + string(raw) + "]")
}

func lattice(coords [][2]float64) ([]spatial.Point, error) {
	out := make([]spatial.Point, len(coords))
	for i, c := range coords {
		p, err := spatial.FromLonLat(c[0], c[1])
		if err != nil {
			return nil, err
		}
		out[i] = p
	}
	return out, nil
}

// middle is the mean of the corners of the outer rings: in the ground of any
// ordinary building.
func middle(m spatial.MultiPolygon) spatial.Point {
	var x, y, n int64
	for _, p := range m {
		for _, c := range p[0] {
			x, y, n = x+int64(c.X), y+int64(c.Y), n+1
		}
	}
	if n == 0 {
		return spatial.Point{}
	}
	return spatial.Point{X: int32(x / n), Y: int32(y / n)}
}
