package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"cloudgrid/gridmap"
	"cloudgrid/importers"
	"cloudgrid/spatial"
	"cloudgrid/spatial/crs"
	"cloudgrid/spatial/tessellate"
)

// ground is what `cloudgrid atoms` reads.
type ground struct {
	in            tessellate.Input
	codes, names  []string    // per building
	counts        [][]float64 // per building and --sum column
	compoundNames []string
	tunnels       int
	problems      []string
}

func readGround(f atomsFlags) (*ground, error) {
	g := &ground{}
	err := g.each(f.within, f.crs, func(_ importers.Feature, s groundShape) string {
		if len(s.polygons) == 0 {
			return "不是面 (not a polygon)"
		}
		g.in.Within = append(g.in.Within, s.polygons...)
		return ""
	})
	if err == nil {
		err = g.each(f.buildings, f.crs, func(x importers.Feature, s groundShape) string { return g.addBuilding(f, x, s) })
	}
	for _, file := range f.barriers {
		if err == nil {
			err = g.each(file, f.crs, g.addBarrier)
		}
	}
	if err == nil && f.compounds != "" {
		err = g.each(f.compounds, f.crs, func(x importers.Feature, s groundShape) string {
			if len(s.polygons) == 0 {
				return "不是面 (not a polygon)"
			}
			g.in.Compounds = append(g.in.Compounds, s.polygons)
			g.compoundNames = append(g.compoundNames, x.Props.Text("name"))
			return ""
		})
	}
	return g, err
}

// each reads a file; add says what is wrong with a row, or nothing.
func (g *ground) each(file, said string, add func(importers.Feature, groundShape) string) error {
	return g.eachOf(file, said, importers.Options{}, add)
}

func (g *ground) eachOf(file, said string, o importers.Options, add func(importers.Feature, groundShape) string) error {
	src, err := importers.Open(file, o)
	if err != nil {
		return err
	}
	defer src.Close() //nolint:errcheck // only read from
	frame, err := groundCRS(src.Info(), said)
	if err != nil {
		return err
	}
	for x, err := range src.Features() {
		if err != nil {
			var e *importers.Error
			if !errors.As(err, &e) || e.Fatal {
				return err
			}
			g.problems = append(g.problems, e.Error())
			continue
		}
		s, err := latticeGround(frame, x.Geometry)
		var what string
		if err != nil {
			what = err.Error()
		} else {
			what = add(x, s)
		}
		if what != "" {
			g.problems = append(g.problems, fmt.Sprintf("%s 第 %d 行：%s", src.Info().File, x.Row, what))
		}
	}
	return nil
}

// groundCRS is the system that was said, else the one the file declares.
func groundCRS(info importers.Info, said string) (crs.CRS, error) {
	switch {
	case said != "":
		return crs.Parse(said)
	case info.CRS != "":
		if c, err := crs.Parse(info.CRS); err == nil || info.WKT == "" {
			return c, err
		}
		return crs.FromWKT(info.WKT)
	case info.WKT != "":
		return crs.FromWKT(info.WKT)
	}
	return crs.CRS{}, gridmap.Errorf(gridmap.Invalid, "%s 没有声明坐标系，请用 --crs 说明：%s (no crs declared; say --crs)", info.File, crs.Accepted)
}

func (g *ground) addBuilding(f atomsFlags, x importers.Feature, s groundShape) string {
	b := tessellate.Footprint{Shape: s.polygons}
	switch {
	case len(s.polygons) > 0:
	case len(s.points) == 1:
		b = tessellate.Footprint{Point: s.points[0]}
	default:
		return "不是面也不是点 (neither polygon nor point)"
	}
	counts := make([]float64, len(f.sum))
	for k, name := range f.sum {
		text := strings.TrimSpace(x.Props.Text(name))
		n, err := strconv.ParseFloat(text, 64)
		if text != "" && (err != nil || n-n != 0) { // n-n is not 0 for NaN and the infinities
			return fmt.Sprintf("%s 列 %q 不是数 (not a number)", name, text)
		}
		counts[k] = n
	}
	code := x.ID
	switch {
	case f.code != "":
		code = x.Props.Text(f.code)
	case code == "":
		code = strconv.Itoa(x.Row)
	}
	g.in.Buildings = append(g.in.Buildings, b)
	g.codes, g.names = append(g.codes, code), append(g.names, x.Props.Text("name"))
	g.counts = append(g.counts, counts)
	return ""
}

func (g *ground) addBarrier(x importers.Feature, s groundShape) string {
	for _, key := range []string{"tunnel", "is_tunnel"} {
		if v := x.Props.Text(key); v != "" && v != "no" && v != "false" && v != "0" {
			g.tunnels++
			return ""
		}
	}
	g.in.Barriers = append(g.in.Barriers, s.lines...)
	for _, p := range s.polygons {
		for _, r := range p {
			if len(r) > 0 {
				g.in.Barriers = append(g.in.Barriers, append(append([]spatial.Point(nil), r...), r[0]))
			}
		}
	}
	return ""
}

// groundShape is a geometry on the lattice, taken apart.
type groundShape struct {
	polygons spatial.MultiPolygon
	lines    [][]spatial.Point
	points   []spatial.Point
}

func latticeGround(frame crs.CRS, g orb.Geometry) (s groundShape, err error) {
	put := func(xy []orb.Point) []spatial.Point {
		out := make([]spatial.Point, 0, len(xy))
		for _, q := range xy {
			lon, lat, e := frame.ToWGS84(q[0], q[1])
			var p spatial.Point
			if e == nil {
				p, e = spatial.FromLonLat(lon, lat)
			}
			if e != nil && err == nil {
				err = e
			}
			out = append(out, p)
		}
		return out
	}
	var take func(g orb.Geometry)
	take = func(g orb.Geometry) {
		switch g := g.(type) {
		case orb.Point:
			s.points = append(s.points, put([]orb.Point{g})...)
		case orb.MultiPoint:
			s.points = append(s.points, put(g)...)
		case orb.LineString:
			s.lines = append(s.lines, put(g))
		case orb.MultiLineString:
			for _, l := range g {
				take(l)
			}
		case orb.Polygon:
			var p spatial.Polygon
			for _, r := range g {
				p = append(p, openRing(put(r)))
			}
			s.polygons = append(s.polygons, p)
		case orb.MultiPolygon:
			for _, p := range g {
				take(p)
			}
		case orb.Collection:
			for _, m := range g {
				take(m)
			}
		}
	}
	take(g)
	return s, err
}

// openRing leaves out the last point where it repeats the first.
func openRing(r []spatial.Point) spatial.Ring {
	if n := len(r); n > 1 && r[0] == r[n-1] {
		return r[:n-1]
	}
	return r
}
