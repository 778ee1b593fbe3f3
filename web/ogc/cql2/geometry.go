package cql2

import (
	"strings"

	"cloudgrid/spatial"
	"cloudgrid/spatial/relate"
)

// spatial reads S_INTERSECTS(geometry, shape), in either order.
func (p *parser) spatial() (node, error) {
	t := p.next()
	if t.text != "S_INTERSECTS" {
		return nil, refused(t.at, "空间函数目前只有 S_INTERSECTS (only S_INTERSECTS is there)")
	}
	if err := p.want("("); err != nil {
		return nil, err
	}
	var shape Shape
	names, shapes := 0, 0
	for i := range 2 {
		if i > 0 {
			if err := p.want(","); err != nil {
				return nil, err
			}
		}
		at := p.peek()
		if typ, ok := p.schema[at.raw]; ok && typ == Geometry && (at.kind == word || at.kind == quotedName) {
			p.i++
			names++
			continue
		}
		s, err := p.shape()
		if err != nil {
			return nil, err
		}
		shape = s
		shapes++
	}
	if names != 1 || shapes != 1 {
		return nil, refused(t.at, "S_INTERSECTS 需要一个几何属性和一个图形 (want the geometry and a shape)")
	}
	if err := p.costs(t.at, intersectWork); err != nil {
		return nil, err
	}
	return meets{shape}, p.want(")")
}

// shape reads a geometry in WKT, or BBOX(w, s, e, n).
func (p *parser) shape() (Shape, error) {
	t := p.next()
	if t.kind != word {
		return Shape{}, refused(t.at, "此处应为 WKT 或 BBOX (want WKT or BBOX)")
	}
	var s Shape
	left := maxItems
	points := func() ([]spatial.Point, error) { return p.points(&left) }
	switch t.text {
	case "BBOX", "ENVELOPE":
		return p.box()
	case "POINT":
		line, err := points()
		if err == nil && len(line) != 1 {
			err = refused(t.at, "POINT 应有一个位置 (want one position)")
		}
		s.Points = line
		return s, err
	case "MULTIPOINT":
		err := p.each(func() error {
			if p.peek().text == "(" {
				line, err := points()
				s.Points = append(s.Points, line...)
				return err
			}
			at, err := p.position(&left)
			s.Points = append(s.Points, at)
			return err
		})
		return s, err
	case "LINESTRING":
		line, err := points()
		s.Lines = append(s.Lines, line)
		return s, err
	case "MULTILINESTRING":
		err := p.each(func() error {
			line, err := points()
			s.Lines = append(s.Lines, line)
			return err
		})
		return s, err
	case "POLYGON":
		poly, err := p.polygon(points)
		s.Polygons = spatial.MultiPolygon{poly}
		return s, err
	case "MULTIPOLYGON":
		err := p.each(func() error {
			poly, err := p.polygon(points)
			s.Polygons = append(s.Polygons, poly)
			return err
		})
		return s, err
	}
	return s, refused(t.at, "不认识的图形 %q (unknown shape)", t.raw)
}

// each reads "(" item {"," item} ")".
func (p *parser) each(item func() error) error {
	if err := p.want("("); err != nil {
		return err
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if !p.take(",") {
			return p.want(")")
		}
	}
}

func (p *parser) points(left *int) (line []spatial.Point, err error) {
	err = p.each(func() error {
		at, err := p.position(left)
		line = append(line, at)
		return err
	})
	return line, err
}

func (p *parser) polygon(points func() ([]spatial.Point, error)) (poly spatial.Polygon, err error) {
	err = p.each(func() error {
		at := p.peek()
		ring, err := points()
		if err == nil && (len(ring) < 4 || ring[0] != ring[len(ring)-1]) {
			return refused(at.at, "环没有闭合 (a ring must end where it begins)")
		}
		if err == nil {
			poly = append(poly, ring[:len(ring)-1])
		}
		return err
	})
	return poly, err
}

func (p *parser) position(left *int) (spatial.Point, error) {
	x, y := p.next(), p.next()
	if x.kind != number || y.kind != number {
		return spatial.Point{}, refused(x.at, "此处应为两个数 (want two numbers)")
	}
	if *left--; *left < 0 {
		return spatial.Point{}, refused(x.at, "图形超过 %d 个点 (too many points)", maxItems)
	}
	at, err := p.frame(x.text, y.text)
	if err != nil {
		return at, refused(x.at, "%v", err)
	}
	return at, nil
}

// box reads BBOX(w, s, e, n), or with heights, which count for nothing.
func (p *parser) box() (Shape, error) {
	at := p.peek()
	var v []string
	err := p.each(func() error {
		t := p.next()
		if t.kind != number {
			return refused(t.at, "此处应为数 (want a number)")
		}
		if v = append(v, t.text); len(v) > 6 {
			return refused(t.at, "BBOX 应有 4 个数 (want 4 numbers)")
		}
		return nil
	})
	if err != nil {
		return Shape{}, err
	}
	if len(v) == 6 {
		v = []string{v[0], v[1], v[3], v[4]}
	}
	if len(v) != 4 {
		return Shape{}, refused(at.at, "BBOX 应有 4 个数 (want 4 numbers)")
	}
	s, err := BoxShape(v[0], v[1], v[2], v[3], p.frame)
	if err != nil {
		return s, refused(at.at, "%v", err)
	}
	return s, nil
}

// BoxShape is a box between two corners of a frame; one whose west lies east of
// its east crosses the antimeridian and is two boxes.
func BoxShape(west, south, east, north string, frame Frame) (Shape, error) {
	low, err := frame(strings.TrimSpace(west), strings.TrimSpace(south))
	if err != nil {
		return Shape{}, err
	}
	high, err := frame(strings.TrimSpace(east), strings.TrimSpace(north))
	if err != nil {
		return Shape{}, err
	}
	if low.Y > high.Y {
		low.Y, high.Y = high.Y, low.Y
	}
	rect := func(x0, x1 int32) spatial.Polygon {
		return spatial.Polygon{{{X: x0, Y: low.Y}, {X: x1, Y: low.Y}, {X: x1, Y: high.Y}, {X: x0, Y: high.Y}}}
	}
	if low.X <= high.X {
		return Shape{Polygons: spatial.MultiPolygon{rect(low.X, high.X)}}, nil
	}
	const antimeridian = 180 * 1e7
	return Shape{Polygons: spatial.MultiPolygon{rect(low.X, antimeridian), rect(-antimeridian, high.X)}}, nil
}

// MeetsGround tells whether the shape shares a point with some ground.
func (s Shape) MeetsGround(m spatial.MultiPolygon) bool {
	for _, p := range s.Points {
		if relate.PointIn(p, m) {
			return true
		}
	}
	for _, l := range s.Lines {
		if relate.LineMeets(l, m) {
			return true
		}
	}
	return relate.Intersects(s.Polygons, m)
}

// MeetsPoint tells whether a point lies on the shape.
func (s Shape) MeetsPoint(p spatial.Point) bool {
	for _, q := range s.Points {
		if p == q {
			return true
		}
	}
	for _, l := range s.Lines {
		for i := 1; i < len(l); i++ {
			if spatial.OnSegment(l[i-1], l[i], p) {
				return true
			}
		}
	}
	return relate.PointIn(p, s.Polygons)
}

// Box is the smallest box around the shape.
func (s Shape) Box() spatial.Box {
	b := s.Polygons.Box()
	for _, l := range append(s.Lines, s.Points) {
		for _, p := range l {
			b = b.Extend(p)
		}
	}
	return b
}
