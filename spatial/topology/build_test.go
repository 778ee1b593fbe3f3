package topology

import (
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"cloudgrid/spatial"
	"pgregory.net/rapid"
)

// unit is the tests' unit of length: about 100 m.
const unit = 10_000

func ring(xy ...int32) spatial.Ring {
	var r spatial.Ring
	for i := 0; i < len(xy); i += 2 {
		r = append(r, spatial.Point{X: xy[i] * unit, Y: xy[i+1] * unit})
	}
	return r
}

func square(x, y, size int32) spatial.Ring {
	return ring(x, y, x+size, y, x+size, y+size, x, y+size)
}

func one(rs ...spatial.Ring) spatial.MultiPolygon { return spatial.MultiPolygon{rs} }

func sound(t testing.TB, topo *Topology) {
	t.Helper()
	for _, p := range Check(topo) {
		t.Fatalf("at %v: %s", p.At, p.Detail)
	}
}

func area2(m spatial.MultiPolygon) wide {
	var sum wide
	for _, p := range m {
		for _, r := range p {
			hi, lo := r.Area2()
			sum = sum.add(wide{hi, lo})
		}
	}
	return sum
}

func polygons(topo *Topology) []spatial.MultiPolygon {
	out := make([]spatial.MultiPolygon, topo.NumFaces())
	for f := range out {
		out[f] = topo.FacePolygon(FaceID(f))
	}
	return out
}

func sameTopology(a, b *Topology) bool {
	if a.NumArcs() != b.NumArcs() || a.NumFaces() != b.NumFaces() {
		return false
	}
	for id := range ArcID(a.NumArcs()) {
		p, q := a.Arc(id), b.Arc(id)
		if p.Left != q.Left || p.Right != q.Right || !slices.Equal(p.Points, q.Points) {
			return false
		}
	}
	return true
}

func TestTwoSquaresShareOneArc(t *testing.T) {
	topo, problems := Build([]spatial.MultiPolygon{one(square(0, 0, 10)), one(square(10, 0, 10))})
	sound(t, topo)
	if len(problems) != 0 || topo.NumArcs() != 3 {
		t.Fatalf("%d arcs, problems %v; want 3 arcs and none", topo.NumArcs(), problems)
	}
	if n := topo.Neighbours(0); !slices.Equal(n, []FaceID{Outside, 1}) {
		t.Errorf("neighbours of 0: %v", n)
	}
	borders := topo.Adjacency(func(a, b spatial.Point) float64 { return float64(b.Y-a.Y) + float64(b.X-a.X) }, false)
	if len(borders) != 1 || borders[0].LengthM != 10*unit {
		t.Errorf("borders %+v", borders)
	}
}

func TestRingsMayRunEitherWayAndRepeatPoints(t *testing.T) {
	cw := square(0, 0, 10)
	cw.Reverse()
	cw = append(cw, cw[0], cw[0])
	a, _ := Build([]spatial.MultiPolygon{one(square(0, 0, 10)), one(square(10, 0, 10))})
	b, _ := Build([]spatial.MultiPolygon{one(cw), one(square(10, 0, 10))})
	if !sameTopology(a, b) {
		t.Error("direction or repeated points changed the topology")
	}
}

func TestFacesComeBackAsDrawn(t *testing.T) {
	cases := map[string][]spatial.MultiPolygon{
		"hole with an enclave":          {one(square(0, 0, 10), reversed(square(2, 2, 4))), one(square(2, 2, 4))},
		"island in a lake":              {{{square(0, 0, 20), reversed(square(2, 2, 10))}, {square(4, 4, 2)}}},
		"two parts touching at a point": {{{square(0, 0, 5)}, {square(5, 5, 5)}}},
		"hole touching its exterior":    {one(ring(0, 0, 10, 0, 10, 10, 0, 10), ring(0, 0, 4, 8, 8, 4))},
		"checkerboard": {
			one(square(0, 0, 5)), one(square(5, 0, 5)), one(square(0, 5, 5)), one(square(5, 5, 5)),
		},
		"nothing":      {nil, one(square(0, 0, 3)), {{}}},
		"three levels": {one(square(0, 0, 30), reversed(square(5, 5, 20))), one(square(5, 5, 20), reversed(square(10, 10, 5))), one(square(10, 10, 5))},
	}
	for name, faces := range cases {
		topo, problems := Build(faces)
		sound(t, topo)
		for _, p := range problems {
			if p.Kind != Disconnected && p.Kind != Hole && p.Kind != NoGround {
				t.Errorf("%s: problem %+v", name, p)
			}
		}
		for f, m := range faces {
			got := topo.FacePolygon(FaceID(f))
			if len(m) == 1 && len(m[0]) == 0 {
				m = nil
			}
			if len(got) != len(m) || area2(got) != claimedArea2(m) {
				t.Errorf("%s: face %d is %v, drawn %v", name, f, got, m)
			}
		}
		again, _ := Build(polygons(topo))
		if !sameTopology(topo, again) {
			t.Errorf("%s: building from the polygons differs", name)
		}
	}
}

func reversed(r spatial.Ring) spatial.Ring {
	r = slices.Clone(r)
	r.Reverse()
	return r
}

// dirtyFaces draws rings with no regard for each other on a small lattice.
func dirtyFaces(t *rapid.T) []spatial.MultiPolygon {
	size := rapid.Int32Range(3, 40).Draw(t, "size")
	point := rapid.Custom(func(t *rapid.T) spatial.Point {
		return spatial.Point{X: rapid.Int32Range(0, size).Draw(t, "x"), Y: rapid.Int32Range(0, size).Draw(t, "y")}
	})
	r := rapid.Map(rapid.SliceOfN(point, 0, 8), func(p []spatial.Point) spatial.Ring { return p })
	poly := rapid.Map(rapid.SliceOfN(r, 0, 3), func(p []spatial.Ring) spatial.Polygon { return p })
	multi := rapid.Map(rapid.SliceOfN(poly, 0, 2), func(p []spatial.Polygon) spatial.MultiPolygon { return p })
	return rapid.SliceOfN(multi, 1, 5).Draw(t, "faces")
}

func TestWhateverIsDrawnGivesASoundTopology(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		topo, _ := Build(dirtyFaces(t))
		for _, p := range Check(topo) {
			t.Fatalf("at %v: %s", p.At, p.Detail)
		}
		again, _ := Build(polygons(topo))
		if !sameTopology(topo, again) {
			t.Fatalf("building from the polygons differs: %d and %d arcs", topo.NumArcs(), again.NumArcs())
		}
	})
}

func TestTheStartAndDirectionOfRingsDoNotMatter(t *testing.T) {
	faces := hexagons(60, 1000)
	want, _ := Build(faces)
	sound(t, want)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, m := range faces {
		for _, p := range m {
			k := rng.IntN(len(p[0]))
			p[0] = append(slices.Clone(p[0][k:]), p[0][:k]...)
			if rng.IntN(2) == 0 {
				p[0].Reverse()
			}
		}
	}
	got, _ := Build(faces)
	if !sameTopology(want, got) {
		t.Error("another start or direction of the rings gave another topology")
	}
}

func TestTheNumberOfCoresDoesNotMatter(t *testing.T) {
	faces := wiggly(90) // enough edges for several strips
	rng := rand.New(rand.NewPCG(5, 6))
	for f, m := range faces {
		for i := range m[0][0] {
			if f%10 > 0 {
				break
			}
			m[0][0][i].X += rng.Int32N(200)
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want, wantProblems := Build(faces)
	runtime.GOMAXPROCS(4)
	got, gotProblems := Build(faces)
	if !sameTopology(want, got) || !reflect.DeepEqual(wantProblems, gotProblems) {
		t.Errorf("%d arcs and %d problems on one core, %d and %d on four",
			want.NumArcs(), len(wantProblems), got.NumArcs(), len(gotProblems))
	}
	sound(t, got)
}

// hexagons returns n×n hexagon-like faces of about the given size, with a
// wiggle on each border.
func hexagons(n int, size int32) []spatial.MultiPolygon {
	at := func(x, y int32) spatial.Point {
		h := hashPoint(spatial.Point{X: x, Y: y})
		return spatial.Point{X: x*size + int32(h%uint64(size/3)), Y: y*size + int32(h>>32%uint64(size/3))}
	}
	var faces []spatial.MultiPolygon
	for j := range int32(n) {
		for i := range int32(n) {
			x, y := 2*i+j%2, 2*j
			faces = append(faces, one(spatial.Ring{at(x, y), at(x+1, y), at(x+2, y), at(x+2, y+1), at(x+2, y+2), at(x+1, y+2), at(x, y+2), at(x, y+1)}))
		}
	}
	return faces
}
