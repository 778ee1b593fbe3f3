package topology

import (
	"math/rand/v2"
	"slices"
	"testing"

	"cloudgrid/spatial"
	"pgregory.net/rapid"
)

// wavyCoverage is a jagged mesh whose borders run so close to one another that
// careless simplification makes them cross.
func wavyCoverage(rng *rand.Rand, n int) *Topology {
	node := map[[2]int]spatial.Point{}
	at := func(i, j int) spatial.Point {
		k := [2]int{i, j}
		if _, ok := node[k]; !ok {
			node[k] = spatial.Point{X: int32(i*1000 + rng.IntN(700)), Y: int32(j*1000 + rng.IntN(700))}
		}
		return node[k]
	}
	side := map[[4]int][]spatial.Point{}
	line := func(a, b, c, d int) []spatial.Point {
		if l, ok := side[[4]int{a, b, c, d}]; ok {
			return l
		}
		p, q := at(a, b), at(c, d)
		l := []spatial.Point{p}
		for k := range 8 {
			t := float64(k+1) / 9
			l = append(l, spatial.Point{
				X: p.X + int32(t*float64(q.X-p.X)) + int32(rng.IntN(500)-250),
				Y: p.Y + int32(t*float64(q.Y-p.Y)) + int32(rng.IntN(500)-250),
			})
		}
		l = append(l, q)
		side[[4]int{a, b, c, d}] = l
		back := slices.Clone(l)
		slices.Reverse(back)
		side[[4]int{c, d, a, b}] = back
		return l
	}
	var faces []spatial.MultiPolygon
	for i := range n {
		for j := range n {
			var r spatial.Ring
			for _, s := range [4][4]int{{i, j, i + 1, j}, {i + 1, j, i + 1, j + 1}, {i + 1, j + 1, i, j + 1}, {i, j + 1, i, j}} {
				l := line(s[0], s[1], s[2], s[3])
				r = append(r, l[:len(l)-1]...)
			}
			faces = append(faces, one(r))
		}
	}
	t, _ := Build(faces)
	return t
}

// rankAll ranks every arc of a topology against all others, or its reverse.
func rankAll(topo *Topology, reversed bool) [][]uint8 {
	var s Simplifier
	out := make([][]uint8, topo.NumArcs())
	for i := range out {
		a := slices.Clone(topo.Arc(ArcID(i)).Points)
		var near []spatial.Point
		keep := 0
		for j := range out {
			b := topo.Arc(ArcID(j)).Points
			if i != j && len(b) > 0 && len(a) > 0 {
				near = append(near, b...)
				if a[0] == b[0] && a[len(a)-1] == b[len(b)-1] || a[0] == b[len(b)-1] && a[len(a)-1] == b[0] {
					keep = 1
				}
			}
		}
		if len(a) > 0 && a[0] == a[len(a)-1] {
			keep = 2
		}
		if reversed {
			slices.Reverse(a)
		}
		out[i] = s.Ranks(nil, a, near, keep)
		if reversed {
			slices.Reverse(out[i])
		}
	}
	return out
}

func thinned(pts []spatial.Point, ranks []uint8, need uint8) (out []spatial.Point) {
	for i, p := range pts {
		if ranks[i] >= need {
			out = append(out, p)
		}
	}
	return out
}

func TestSimplifiedArcsNeverMeetHoweverDifferentlyTheyAreSimplified(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		topo := wavyCoverage(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2)), 3)
		ranks := rankAll(topo, false)
		type piece struct {
			a, b     spatial.Point
			arc, seq int
		}
		var pieces []piece
		for i := range ranks {
			pts := topo.Arc(ArcID(i)).Points
			if len(pts) == 0 {
				continue
			}
			l := thinned(pts, ranks[i], uint8(rapid.IntRange(0, 40).Draw(t, "need")))
			if l[0] != pts[0] || l[len(l)-1] != pts[len(pts)-1] {
				t.Fatalf("arc %d lost an end", i)
			}
			if l[0] == l[len(l)-1] && len(l) < 4 {
				t.Fatalf("ring %d is left with %d points", i, len(l))
			}
			for k := 1; k < len(l); k++ {
				pieces = append(pieces, piece{l[k-1], l[k], i, k})
			}
		}
		for i, p := range pieces {
			for _, q := range pieces[:i] {
				if !spatial.SegmentsCross(p.a, p.b, q.a, q.b) {
					continue
				}
				joint := p.a == q.a || p.a == q.b || p.b == q.a || p.b == q.b
				if !joint || p.a == q.a && p.b == q.b || p.a == q.b && p.b == q.a {
					t.Fatalf("arc %d piece %v–%v meets arc %d piece %v–%v", p.arc, p.a, p.b, q.arc, q.a, q.b)
				}
				for _, x := range [2]spatial.Point{p.a, p.b} {
					if x != q.a && x != q.b && spatial.OnSegment(q.a, q.b, x) {
						t.Fatalf("%v lies on %v–%v", x, q.a, q.b)
					}
				}
			}
		}
	})
}

func TestRanksDoNotDependOnTheDirectionOfTheArc(t *testing.T) {
	topo := wavyCoverage(rand.New(rand.NewPCG(5, 2)), 4)
	ranks, reversed := rankAll(topo, false), rankAll(topo, true)
	for i := range ranks {
		if !slices.Equal(ranks[i], reversed[i]) {
			t.Fatalf("arc %d: %v, reversed %v", i, ranks[i], reversed[i])
		}
	}
}

func TestCoarserDrawingsHaveFewerPointsAndTheLargestCornerStays(t *testing.T) {
	var s Simplifier
	arc := []spatial.Point{{X: 0, Y: 0}, {X: 100, Y: 1}, {X: 200, Y: 0}, {X: 300, Y: 300}, {X: 400, Y: 0}}
	r := s.Ranks(nil, arc, nil, 0)
	if r[0] != RankAlways || r[4] != RankAlways || r[1] != rankOf(100) || r[3] <= r[2] || r[2] < r[1] {
		t.Errorf("ranks %v", r)
	}
	if r = s.Ranks(nil, arc, []spatial.Point{{X: 300, Y: 100}}, 0); r[3] != RankAlways {
		t.Errorf("the corner over another's vertex may go: %v", r)
	}
	if r = s.Ranks(nil, arc, nil, 1); r[3] != RankAlways || r[2] == RankAlways {
		t.Errorf("keep 1: %v", r)
	}
	if r = s.Ranks(nil, arc[:2], nil, 0); len(r) != 2 || r[0]&r[1] != RankAlways {
		t.Errorf("two points: %v", r)
	}
	if r = s.Ranks(nil, nil, nil, 0); len(r) != 0 {
		t.Errorf("no points: %v", r)
	}
}

func BenchmarkRanks(b *testing.B) {
	topo := wavyCoverage(rand.New(rand.NewPCG(5, 2)), 20)
	var s Simplifier
	var dst []uint8
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		a := topo.Arc(ArcID(n % topo.NumArcs())).Points
		dst = s.Ranks(dst[:0], a, topo.Arc(ArcID((n+1)%topo.NumArcs())).Points, 0)
		n++
	}
}
