package tiles

import (
	"math"
	"testing"

	"cloudgrid/spatial/topology"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
)

// worldArea is the area of the whole coverage as a share of the Mercator
// square, from its outer arcs.
func worldArea(g *Geometry) float64 {
	sum := 0.0
	for i := range int32(g.topo.NumArcs()) {
		a := g.arc(i)
		if len(a.pts) == 0 || (a.left >= 0) == (a.right >= 0) {
			continue
		}
		s := 0.0
		for k := 1; k < len(a.pts); k++ {
			p, q := a.pts[k-1], a.pts[k]
			s += float64(p.x)*float64(q.y) - float64(q.x)*float64(p.y)
		}
		if a.right >= 0 { // y runs down: the right-hand face is on the mathematical left
			sum += s
		} else {
			sum -= s
		}
	}
	return sum / 2 / math.Exp2(64)
}

// areaInside is the area of one level's decoded polygons within the tile
// proper, in square units.
func areaInside(l *mvt.Layer, level int, extent float64) (sum float64, features int) {
	for _, f := range l.Features {
		if v, _ := f.Properties["level"].(float64); int(v) != level {
			continue
		}
		features++
		polys, ok := f.Geometry.(orb.MultiPolygon)
		if p, one := f.Geometry.(orb.Polygon); one {
			polys, ok = orb.MultiPolygon{p}, true
		}
		for _, p := range polys {
			for _, r := range p {
				if ok {
					sum += ringArea(clipRing(r, extent))
				}
			}
		}
	}
	return sum, features
}

// clipRing cuts a ring to the square 0…extent edge by edge; the pieces may hang
// together along the edges, which does not change the area.
func clipRing(r orb.Ring, extent float64) orb.Ring {
	for axis := range 2 {
		for _, edge := range [2][2]float64{{0, 1}, {extent, -1}} {
			depth := func(p orb.Point) float64 { return (p[axis] - edge[0]) * edge[1] }
			var out orb.Ring
			for i := range r {
				p, q := r[(i+len(r)-1)%len(r)], r[i]
				dp, dq := depth(p), depth(q)
				if dp >= 0 != (dq >= 0) {
					t := dp / (dp - dq)
					out = append(out, orb.Point{p[0] + t*(q[0]-p[0]), p[1] + t*(q[1]-p[1])})
				}
				if dq >= 0 {
					out = append(out, q)
				}
			}
			r = out
		}
	}
	if len(r) > 0 {
		r = append(r, r[0])
	}
	return r
}

// enclosed returns how many loops of ground outside the coverage lie wholly in
// the tile, between pieces that no neighbour shares, and the area of the
// largest.
func enclosed(l *mvt.Layer, level int, extent float64) (n int, largest float64) {
	edges := map[orb.Point][]orb.Point{}
	add := func(r orb.Ring) {
		for i := 1; i < len(r); i++ {
			edges[r[i-1]] = append(edges[r[i-1]], r[i])
		}
	}
	for _, f := range l.Features {
		if v, _ := f.Properties["level"].(float64); int(v) == level {
			switch g := f.Geometry.(type) {
			case orb.Polygon:
				for _, r := range g {
					add(r)
				}
			case orb.MultiPolygon:
				for _, p := range g {
					for _, r := range p {
						add(r)
					}
				}
			}
		}
	}
	single := map[orb.Point][]orb.Point{}
	for a, bs := range edges {
	next:
		for _, b := range bs {
			for _, c := range edges[b] {
				if c == a {
					continue next
				}
			}
			single[a] = append(single[a], b)
		}
	}
	edge := func(p orb.Point) bool {
		return p[0] < 0 || p[1] < 0 || p[0] > extent || p[1] > extent
	}
	for len(single) > 0 {
		var start orb.Point
		for start = range single {
			break
		}
		ring, inside := orb.Ring{start}, true
		for p := start; ; {
			bs := single[p]
			if len(bs) == 0 {
				break
			}
			q := bs[len(bs)-1]
			if single[p] = bs[:len(bs)-1]; len(bs) == 1 {
				delete(single, p)
			}
			ring = append(ring, q)
			inside = inside && !edge(q)
			if p = q; p == start {
				break
			}
		}
		if a := ringArea(ring); inside && a < 0 {
			n++
			largest = max(largest, -a)
		}
	}
	return n, largest
}

func TestVillagesAreCleanAtEveryZoomAndKeepTheirLand(t *testing.T) {
	tw := loadTaiwan(t)
	p, err := Build(Source{Geometry: NewGeometry(tw.topo), Levels: tw.levels})
	if err != nil {
		t.Fatal(err)
	}
	whole := worldArea(p.src.Geometry)
	truth := 0
	for _, pr := range topology.Inspect(tw.topo) {
		if pr.Kind == topology.Gap || pr.Kind == topology.Hole {
			truth++
		}
	}
	t.Logf("the coverage itself has %d gaps and holes", truth)
	deepest := uint8(14)
	if len(tw.levels[2].IDs) < 100 {
		deepest = 16
	}
	for z := uint8(4); z <= deepest; z++ {
		n, bytes, most, features, holes := 0, 0, 0, 0, 0
		area, worst := 0.0, 0.0
		extent := float64(ExtentAt(z))
		everyTile(p, z, func(x, y uint32) {
			b := p.Tile(SetGrids, uint32(z), x, y)
			if b == nil {
				return
			}
			n++
			bytes += len(b)
			most = max(most, len(b))
			for _, l := range decode(t, b) {
				checkLayer(t, Tile{z, x, y}.String(), z, l)
				a, f := areaInside(l, 2, extent)
				area, features = area+a, features+f
				h, largest := enclosed(l, 2, extent)
				holes, worst = holes+h, max(worst, largest)
			}
		})
		missing := 1 - area/(extent*extent*math.Exp2(2*float64(z)))/whole
		t.Logf("z%d: %d tiles, %d bytes on average, largest %d; %d village features; %.4f %% of land missing; %d enclosed holes, largest %.0f units²",
			z, n, bytes/max(n, 1), most, features, 100*missing, holes, worst)
		if holes > truth {
			t.Errorf("z%d: %d enclosed holes, the coverage has %d", z, holes, truth)
		}
		// A unit is a third of a village of the small sample at zoom 8.
		if (z >= 8 && len(tw.levels[2].IDs) > 7000 || z >= 12) && math.Abs(missing) > 0.001 {
			t.Errorf("z%d: %.3f %% of the land is missing", z, 100*missing)
		}
	}
}

// Levels are shown from the zooms at which atlas would show them: where half of
// their features are four pixels wide.
func TestOverviewTilesOfAllVillagesAreSmall(t *testing.T) {
	tw := loadTaiwan(t)
	for rank, zoom := range [][2]uint8{{0, 7}, {6, 9}, {8, 12}} {
		l := &tw.levels[rank]
		l.MinZoom, l.LabelZoom, l.Colours = zoom[0], zoom[1], make([]uint8, len(l.IDs))
	}
	p, err := Build(Source{Geometry: NewGeometry(tw.topo), Levels: tw.levels})
	if err != nil {
		t.Fatal(err)
	}
	for z := uint8(4); z <= 8; z++ {
		everyTile(p, z, func(x, y uint32) {
			gz, err := Compress(p.Tile(SetGrids+"+"+SetBorders+"+"+SetLabels, uint32(z), x, y), Gzip)
			if err != nil {
				t.Fatal(err)
			}
			if len(gz) > 150_000 {
				t.Errorf("%d/%d/%d has %d bytes", z, x, y, len(gz))
			}
		})
	}
}
