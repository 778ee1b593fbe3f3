package importers

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// jsonGeometry reads a GeoJSON geometry; null gives nil. Heights are dropped.
func jsonGeometry(raw []byte, depth int) (orb.Geometry, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var g struct {
		Type        string            `json:"type"`
		Coordinates json.RawMessage   `json:"coordinates"`
		Geometries  []json.RawMessage `json:"geometries"`
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		return nil, err
	}
	if g.Type == "GeometryCollection" {
		return jsonParts(g.Geometries, depth)
	}
	if len(g.Coordinates) == 0 {
		return nil, fmt.Errorf("%s 没有 coordinates", g.Type)
	}
	return coordinates(g.Type, g.Coordinates)
}

func jsonParts(parts []json.RawMessage, depth int) (orb.Geometry, error) {
	if depth <= 0 {
		return nil, errors.New("GeometryCollection 嵌套太深")
	}
	c := make(orb.Collection, 0, len(parts))
	for _, p := range parts {
		m, err := jsonGeometry(p, depth-1)
		if err != nil {
			return nil, err
		}
		if m != nil {
			c = append(c, m)
		}
	}
	return c, nil
}

func coordinates(kind string, raw []byte) (orb.Geometry, error) {
	p := &coordParser{b: raw}
	var g orb.Geometry
	var err error
	switch kind {
	case "Point":
		g, err = p.point()
	case "MultiPoint":
		var pts []orb.Point
		pts, err = p.points()
		g = orb.MultiPoint(pts)
	case "LineString":
		var pts []orb.Point
		pts, err = p.points()
		g = orb.LineString(pts)
	case "MultiLineString":
		var lines []orb.LineString
		lines, err = list(p, func() (orb.LineString, error) { return p.points() })
		g = orb.MultiLineString(lines)
	case "Polygon":
		var rings []orb.Ring
		rings, err = p.rings()
		g = orb.Polygon(rings)
	case "MultiPolygon":
		var polys []orb.Polygon
		polys, err = list(p, func() (orb.Polygon, error) { return p.rings() })
		g = orb.MultiPolygon(polys)
	case "":
		return nil, errors.New("图形没有 type")
	default:
		return nil, fmt.Errorf("不认识的图形类型 %q", kind)
	}
	if err != nil {
		return nil, err
	}
	return g, nil
}

// coordParser reads nested coordinate arrays. encoding/json has already found
// them to be sound JSON; reflection over them would cost ten times as much.
type coordParser struct {
	b []byte
	i int
}

var errCoordinates = errors.New("coordinates 的层数或内容不对")

func (p *coordParser) peek() byte {
	for p.i < len(p.b) {
		switch c := p.b[p.i]; c {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return c
		}
	}
	return 0
}

func (p *coordParser) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.i++
	return true
}

func list[T any](p *coordParser, item func() (T, error)) ([]T, error) {
	if !p.take('[') {
		return nil, errCoordinates
	}
	var out []T
	if p.take(']') {
		return out, nil
	}
	for {
		v, err := item()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if p.take(']') {
			return out, nil
		}
		if !p.take(',') {
			return nil, errCoordinates
		}
	}
}

func (p *coordParser) points() ([]orb.Point, error) { return list(p, p.point) }

func (p *coordParser) rings() ([]orb.Ring, error) {
	return list(p, func() (orb.Ring, error) { return p.points() })
}

// point reads a position of two or more numbers and keeps the first two.
func (p *coordParser) point() (orb.Point, error) {
	var pt orb.Point
	if !p.take('[') {
		return pt, errCoordinates
	}
	for n := 0; ; n++ {
		v, err := p.number()
		if err != nil {
			return pt, err
		}
		if n < 2 {
			pt[n] = v
		}
		if p.take(']') {
			if n < 1 {
				return pt, errCoordinates
			}
			return pt, nil
		}
		if !p.take(',') {
			return pt, errCoordinates
		}
	}
}

func (p *coordParser) number() (float64, error) {
	p.peek()
	start := p.i
	for p.i < len(p.b) {
		c := p.b[p.i]
		if c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E' {
			p.i++
			continue
		}
		break
	}
	v, err := strconv.ParseFloat(string(p.b[start:p.i]), 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, errCoordinates
	}
	return v, nil
}
