package importers

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// parseWKT reads well-known text, with or without "SRID=…;" before it and Z, M
// or ZM after the type. Heights and measures are dropped; EMPTY gives nil.
func parseWKT(s string, maxDepth int) (orb.Geometry, error) {
	s = strings.TrimSpace(s)
	if len(s) > 5 && strings.EqualFold(s[:5], "SRID=") {
		_, after, ok := strings.Cut(s, ";")
		if !ok {
			return nil, errWKT
		}
		s = after
	}
	p := &wktParser{s: s}
	g, err := p.geometry(maxDepth)
	if err != nil {
		return nil, err
	}
	if p.space(); p.i < len(p.s) {
		return nil, fmt.Errorf("WKT 之后还有 %.10q", p.s[p.i:])
	}
	return g, nil
}

var errWKT = errors.New("WKT 语法不对")

type wktParser struct {
	s string
	i int
}

func (p *wktParser) space() {
	for p.i < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.i]) >= 0 {
		p.i++
	}
}

func (p *wktParser) take(c byte) bool {
	p.space()
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *wktParser) word() string {
	p.space()
	start := p.i
	for p.i < len(p.s) && (p.s[p.i]|0x20 >= 'a' && p.s[p.i]|0x20 <= 'z') {
		p.i++
	}
	return strings.ToUpper(p.s[start:p.i])
}

func (p *wktParser) geometry(depth int) (orb.Geometry, error) {
	if depth <= 0 {
		return nil, errors.New("WKT 嵌套太深")
	}
	kind := p.word()
	if t := strings.TrimRight(kind, "ZM"); t != "" { // POLYGONZ, as some write it
		kind = t
	}
	switch w := p.word(); w {
	case "", "Z", "M", "ZM":
		if w != "" && p.word() == "EMPTY" {
			return nil, nil
		}
	case "EMPTY":
		return nil, nil
	default:
		return nil, errWKT
	}
	switch kind {
	case "POINT":
		pts, err := p.points()
		if err != nil || len(pts) != 1 {
			return nil, errors.Join(errWKT, err)
		}
		return pts[0], nil
	case "MULTIPOINT":
		pts, err := wktList(p, p.loosePoint)
		return orb.MultiPoint(pts), err
	case "LINESTRING":
		pts, err := p.points()
		return orb.LineString(pts), err
	case "MULTILINESTRING":
		lines, err := wktList(p, func() (orb.LineString, error) { return p.points() })
		return orb.MultiLineString(lines), err
	case "POLYGON":
		rings, err := p.rings()
		return orb.Polygon(rings), err
	case "MULTIPOLYGON":
		polys, err := wktList(p, func() (orb.Polygon, error) { return p.rings() })
		return orb.MultiPolygon(polys), err
	case "GEOMETRYCOLLECTION":
		parts, err := wktList(p, func() (orb.Geometry, error) { return p.geometry(depth - 1) })
		return orb.Collection(parts), err
	}
	return nil, fmt.Errorf("不认识的 WKT 类型 %.20q", kind)
}

func wktList[T any](p *wktParser, item func() (T, error)) ([]T, error) {
	if !p.take('(') {
		return nil, errWKT
	}
	var out []T
	for {
		v, err := item()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if p.take(')') {
			return out, nil
		}
		if !p.take(',') {
			return nil, errWKT
		}
	}
}

func (p *wktParser) points() ([]orb.Point, error) { return wktList(p, p.point) }

func (p *wktParser) rings() ([]orb.Ring, error) {
	return wktList(p, func() (orb.Ring, error) { return p.points() })
}

// loosePoint reads a part of a MULTIPOINT, which may stand in brackets or not.
func (p *wktParser) loosePoint() (orb.Point, error) {
	bracket := p.take('(')
	pt, err := p.point()
	if err == nil && bracket && !p.take(')') {
		err = errWKT
	}
	return pt, err
}

// point reads two to four numbers and keeps the first two.
func (p *wktParser) point() (orb.Point, error) {
	var pt orb.Point
	for n := 0; n < 4; n++ {
		v, ok := p.number()
		if !ok {
			if n < 2 {
				return pt, errWKT
			}
			break
		}
		if n < 2 {
			pt[n] = v
		}
	}
	return pt, nil
}

func (p *wktParser) number() (float64, bool) {
	p.space()
	start := p.i
	for p.i < len(p.s) && strings.IndexByte("0123456789+-.eE", p.s[p.i]) >= 0 {
		p.i++
	}
	v, err := strconv.ParseFloat(p.s[start:p.i], 64)
	return v, err == nil && !math.IsInf(v, 0)
}
