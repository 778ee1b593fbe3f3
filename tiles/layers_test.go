package tiles

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

func layerOf(ls mvt.Layers, name Set) *mvt.Layer {
	for _, l := range ls {
		if l.Name == string(name) {
			return l
		}
	}
	return &mvt.Layer{}
}

func TestFeaturesCarryTheirAttributesAndNamesFromTheLabelZoomOn(t *testing.T) {
	topo, _ := topology.Build(mesh(rand.New(rand.NewPCG(2, 2)), 4, 120.6, 24.1, 0.01))
	levels := twoLevels(topo.NumFaces(), 4)
	levels[1].LabelZoom = 12
	levels[1].Colours = make([]uint8, 16)
	levels[1].Colours[5] = 3
	levels[1].Columns = []Column{
		{Name: "households", Ints: make([]int64, 16)},
		{Name: "load", Floats: make([]float64, 16)},
		{Name: "state", Strings: make([]string, 16)},
	}
	levels[1].Columns[0].Ints[5], levels[1].Columns[1].Floats[5], levels[1].Columns[2].Strings[5] = -7, 0.25, "草案"
	p, err := Build(Source{Geometry: NewGeometry(topo), Levels: levels})
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range []uint8{11, 12} {
		found := 0
		everyTile(p, z, func(x, y uint32) {
			for _, f := range layerOf(decode(t, p.Tile(SetGrids, uint32(z), x, y)), SetGrids).Features {
				if f.ID != float64(1005) {
					continue
				}
				found++
				want := map[string]any{
					"level": 1.0, "code": "63000000005", "type": "general", "colour": 3.0, "households": -7.0, "load": 0.25, "state": "草案",
				}
				if z >= 12 {
					want["name"] = "第5网格"
				}
				if len(want) != len(f.Properties) {
					t.Errorf("z%d: %v, want %v", z, f.Properties, want)
				}
				for k, v := range want {
					if f.Properties[k] != v {
						t.Errorf("z%d: %s is %v (%T), want %v", z, k, f.Properties[k], f.Properties[k], v)
					}
				}
			}
		})
		if found == 0 {
			t.Errorf("z%d: the feature is in no tile", z)
		}
	}
}

func TestEveryLabelIsOnceAtItsPlaceInsideItsFeatureAtEveryZoom(t *testing.T) {
	tw := loadTaiwan(t)
	levels := append([]Level(nil), tw.levels...)
	for i := range levels {
		levels[i].LabelZoom = 0
	}
	p, err := Build(Source{Geometry: NewGeometry(tw.topo), Levels: levels})
	if err != nil {
		t.Fatal(err)
	}
	for level := range levels {
		dissolved := tw.topo.Dissolve(levels[level].Of, len(levels[level].IDs))
		for f := range min(len(levels[level].IDs), 300) {
			lon, lat, ok := p.LabelPoint(level, int32(f))
			if !ok || !planar.MultiPolygonContains(orbPolygon(dissolved.FacePolygon(topology.FaceID(f))), orb.Point{lon, lat}) {
				t.Errorf("level %d: the label of %s is at %v,%v (%v), outside", level, levels[level].Names[f], lon, lat, ok)
			}
		}
	}
	if _, _, ok := p.LabelPoint(0, 99999); ok {
		t.Error("a feature that does not exist has a label")
	}
	for z := uint8(10); z <= 13; z++ {
		type key struct{ level, id float64 }
		seen := map[key]int{}
		everyTile(p, z, func(x, y uint32) {
			for _, f := range layerOf(decode(t, p.Tile(SetLabels, uint32(z), x, y)), SetLabels).Features {
				k := key{f.Properties["level"].(float64), f.ID.(float64)}
				seen[k]++
				lon, lat, _ := p.LabelPoint(int(k.level), featureOf(levels[int(k.level)], uint64(k.id)))
				at := f.Geometry.(orb.Point)
				n := float64(ExtentAt(z)) * math.Exp2(float64(z))
				gx, gy := (lon/360+0.5)*n-float64(x)*float64(ExtentAt(z)), mercatorY(lat)*n-float64(y)*float64(ExtentAt(z))
				if math.Abs(gx-at[0]) > 1 || math.Abs(gy-at[1]) > 1 {
					t.Errorf("z%d: label %v is drawn at %v, it belongs at %.1f,%.1f", z, k, at, gx, gy)
				}
			}
		})
		for k, n := range seen {
			if n != 1 {
				t.Errorf("z%d: label %v is in %d tiles", z, k, n)
			}
		}
		if z == 13 && len(seen) != len(levels[0].IDs)+len(levels[1].IDs)+len(levels[2].IDs) {
			t.Errorf("z13: %d labels", len(seen))
		}
	}
}

func featureOf(l Level, id uint64) int32 {
	for i, v := range l.IDs {
		if v == id {
			return int32(i)
		}
	}
	return -1
}

func orbPolygon(m spatial.MultiPolygon) (out orb.MultiPolygon) {
	for _, p := range m {
		var q orb.Polygon
		for _, r := range p {
			var ring orb.Ring
			for _, x := range append(r[:len(r):len(r)], r[0]) {
				lon, lat := x.LonLat()
				ring = append(ring, orb.Point{lon, lat})
			}
			q = append(q, ring)
		}
		out = append(out, q)
	}
	return out
}

func TestEveryBorderIsDrawnOnceAtTheHighestLevelThatItSeparates(t *testing.T) {
	p := meshPyramid(t, 9, 8, 0.01)
	type piece struct{ a, b orb.Point }
	undirected := func(a, b orb.Point) piece {
		if b[0] < a[0] || b[0] == a[0] && b[1] < a[1] {
			a, b = b, a
		}
		return piece{a, b}
	}
	for _, z := range []uint8{9, 12, 14} {
		reach := float64(ExtentAt(z) / 64)
		onBox := func(e piece) bool {
			for axis := range 2 {
				if e.a[axis] == e.b[axis] && (e.a[axis] == -reach || e.a[axis] == float64(ExtentAt(z))+reach) {
					return true
				}
			}
			return false
		}
		everyTile(p, z, func(x, y uint32) {
			ls := decode(t, p.Tile(SetMap, uint32(z), x, y))
			want := map[piece]float64{}
			for _, f := range layerOf(ls, SetGrids).Features {
				level := f.Properties["level"].(float64)
				for _, poly := range polygonsOf(f.Geometry) {
					for _, r := range poly {
						for i := 1; i < len(r); i++ {
							e := undirected(r[i-1], r[i])
							if was, ok := want[e]; (!ok || level < was) && !onBox(e) {
								want[e] = level
							}
						}
					}
				}
			}
			drawn := map[piece]bool{}
			for _, f := range layerOf(ls, SetBorders).Features {
				lines, ok := f.Geometry.(orb.MultiLineString)
				if l, one := f.Geometry.(orb.LineString); one {
					lines, ok = orb.MultiLineString{l}, true
				}
				if !ok {
					t.Fatalf("a border is a %s", f.Geometry.GeoJSONType())
				}
				for _, l := range lines {
					for i := 1; i < len(l); i++ {
						e := undirected(l[i-1], l[i])
						if level, ok := want[e]; !ok || level != f.Properties["level"].(float64) || drawn[e] {
							t.Fatalf("%d/%d/%d: %v is drawn at level %v, it separates %v (known %v, drawn before %v)", z, x, y, e, f.Properties["level"], level, ok, drawn[e])
						}
						drawn[e] = true
					}
				}
			}
			if len(drawn) != len(want) {
				t.Fatalf("%d/%d/%d: %d of %d border pieces are drawn", z, x, y, len(drawn), len(want))
			}
		})
	}
}

func polygonsOf(g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	}
	return nil
}

func TestTilesDoNotDependOnTheOrderInWhichFacesCame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 5
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 4))
		faces := mesh(rng, n, 120.6, 24.1, 0.01)
		levels := twoLevels(len(faces), n)
		levels[1].MinZoom = uint8(rapid.SampledFrom([]int{0, 12}).Draw(t, "minZoom"))
		perm := rng.Perm(len(faces))
		mixed := make([]spatial.MultiPolygon, len(faces))
		other := []Level{levels[0], levels[1]}
		other[0].Of, other[1].Of = make([]int32, len(faces)), make([]int32, len(faces))
		for i, j := range perm {
			r := faces[i][0][0]
			turn := rng.IntN(len(r))
			mixed[j] = spatial.MultiPolygon{{append(r[turn:len(r):len(r)], r[:turn]...)}}
			other[0].Of[j], other[1].Of[j] = levels[0].Of[i], levels[1].Of[i]
		}
		var ps [2]*Pyramid
		for k, in := range [2][]spatial.MultiPolygon{faces, mixed} {
			topo, problems := topology.Build(in)
			if len(problems) > 0 {
				t.Skip("ground claimed twice may go to either")
			}
			ls := [][]Level{levels, other}[k]
			atoms := ls[1]
			atoms.MinZoom = 0
			var err error
			if ps[k], err = Build(Source{Geometry: NewGeometry(topo), Levels: ls, Atoms: &atoms}); err != nil {
				t.Fatal(err)
			}
		}
		for z := uint8(8); z <= 14; z += 2 {
			if err := sameTiles(ps[0], ps[1], z, func(Tile) bool { return false }); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestInconsistentSourcesAreRefusedWithTheLevelNamed(t *testing.T) {
	topo, _ := topology.Build(mesh(rand.New(rand.NewPCG(2, 2)), 2, 120.6, 24.1, 0.01))
	g := NewGeometry(topo)
	ok := Level{Of: []int32{0, 0, 1, -1}, IDs: []uint64{1, 2}}
	for name, breakIt := range map[string]func(l *Level){
		"faces":   func(l *Level) { l.Of = l.Of[1:] },
		"feature": func(l *Level) { l.Of = []int32{0, 0, 2, 0} },
		"codes":   func(l *Level) { l.Codes = []string{"a"} },
		"column":  func(l *Level) { l.Columns = []Column{{Name: "n", Ints: []int64{1}}} },
	} {
		bad := ok
		breakIt(&bad)
		if _, err := Build(Source{Geometry: g, Levels: []Level{ok, bad}}); err == nil || !strings.Contains(err.Error(), "level 1") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Build(Source{Geometry: g, Levels: []Level{ok}, Atoms: &bad}); err == nil || !strings.Contains(err.Error(), "atoms") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Build(Source{Geometry: g, Levels: []Level{ok}}); err != nil {
		t.Error(err)
	}
}

func TestTilesThatAreNotThereAreNil(t *testing.T) {
	p := meshPyramid(t, 1, 4, 0.01)
	for _, c := range []struct {
		set     Set
		z, x, y uint32
	}{{SetGrids, 3, 8, 0}, {SetGrids, 17, 0, 0}, {SetGrids, 300, 0, 0}, {SetGrids, 10, 0, 0}, {"nonsense", 0, 0, 0}, {"", 0, 0, 0}, {"grids+x", 0, 0, 0}, {SetAtoms, 0, 0, 0}} {
		if b := p.Tile(c.set, c.z, c.x, c.y); b != nil {
			t.Errorf("%+v: %d bytes", c, len(b))
		}
	}
	both := p.Tile("grids+labels", 12, 3420, 1763)
	if !bytes.HasPrefix(both, p.Tile(SetGrids, 12, 3420, 1763)) {
		t.Error("a joined set is not its layers one after the other")
	}
}

func TestTileJSONNamesLayersFieldsAndBounds(t *testing.T) {
	p := meshPyramid(t, 1, 4, 0.01)
	j := p.TileJSON(SetMap, "https://example.test/tiles/map/{z}/{x}/{y}.mvt")
	b, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"tilejson":"3.0.0"`, `"vector_layers":[`, `"id":"grids"`, `"code":"String"`, `"level":"Number"`, `"id":"labels"`, `"maxzoom":16`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s lacks %s", b, want)
		}
	}
	if w, s, e, n := p.Bounds(); j.Bounds != [4]float64{w, s, e, n} || w > 120.6 || e < 120.63 || s > 24.1 || n < 24.13 {
		t.Errorf("bounds %v", j.Bounds)
	}
}

func TestTheTileThatHoldsAPositionHasItInItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lon := rapid.Float64Range(-180, 180).Draw(t, "lon")
		lat := rapid.Float64Range(-85, 85).Draw(t, "lat")
		tile := At(lon, lat, uint8(rapid.IntRange(0, MaxZoom).Draw(t, "z")))
		w, s, e, n := tile.Bounds()
		const eps = 1e-9
		if !tile.Valid() || lon < w-eps || lon > e+eps || lat < s-eps || lat > n+eps {
			t.Fatalf("%v,%v is in %v with bounds %v %v %v %v", lon, lat, tile, w, s, e, n)
		}
	})
}
