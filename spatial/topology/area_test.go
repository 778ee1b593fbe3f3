package topology

import (
	"math/rand/v2"
	"slices"
	"testing"

	"cloudgrid/spatial"
	"pgregory.net/rapid"
)

// blocky draws faces whose borders run along a coarse net, so that they cross
// only at its knots and every cell of the net is wholly in or out of a ring.
// It returns the faces and, for every cell, which faces cover it.
func blocky(rng *rand.Rand, cells int32) (faces []spatial.MultiPolygon, cover func(x, y int32) []int) {
	faces = make([]spatial.MultiPolygon, 1+rng.IntN(6))
	for f := range faces {
		for range 1 + rng.IntN(2) {
			var poly spatial.Polygon
			for range 1 + rng.IntN(2) {
				poly = append(poly, blockyRing(rng, cells))
			}
			faces[f] = append(faces[f], poly)
		}
	}
	return faces, func(x, y int32) []int {
		var in []int
		for f, m := range faces {
			for _, poly := range m {
				if blockyInside(poly[0], x, y) && !slices.ContainsFunc(poly[1:], func(h spatial.Ring) bool { return blockyInside(h, x, y) }) {
					in = append(in, f)
					break
				}
			}
		}
		return in
	}
}

func blockyRing(rng *rand.Rand, cells int32) spatial.Ring {
	var r spatial.Ring
	at := spatial.Point{X: rng.Int32N(cells), Y: rng.Int32N(cells)}
	first := at
	for range 2 + rng.IntN(5) {
		at.X = rng.Int32N(cells + 1)
		r = append(r, at)
		at.Y = rng.Int32N(cells + 1)
		r = append(r, at)
	}
	r = append(r, spatial.Point{X: first.X, Y: at.Y}, first)
	for i := range r {
		r[i].X *= unit
		r[i].Y *= unit
	}
	return r
}

// blockyInside is the even-odd rule by counting the edges east of the cell.
func blockyInside(r spatial.Ring, x, y int32) bool {
	in := false
	for i, a := range r {
		b := r[(i+1)%len(r)]
		lo, hi := min(a.Y, b.Y), max(a.Y, b.Y)
		if a.X == b.X && a.X > x*unit && lo <= y*unit && hi >= (y+1)*unit {
			in = !in
		}
	}
	return in
}

func TestEveryCellGoesToTheSmallestOfTheFacesDrawnOverIt(t *testing.T) {
	const cells = 12
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		faces, cover := blocky(rng, cells)
		topo, problems := Build(faces)
		want := make([]int64, len(faces))
		union, contested := int64(0), 0.0
		for x := range int32(cells) {
			for y := range int32(cells) {
				in := cover(x, y)
				if len(in) == 0 {
					continue
				}
				union++
				want[slices.MinFunc(in, func(a, b int) int {
					if c := claimedArea2(faces[a]).cmp(claimedArea2(faces[b])); c != 0 {
						return c
					}
					return a - b
				})]++
				if len(in) > 1 {
					contested++
				}
			}
		}
		covered := int64(0)
		for f, n := range want {
			got := area2(topo.FacePolygon(FaceID(f)))
			if got != mul(2*n, unit*unit) {
				t.Fatalf("face %d has %v, want %d cells", f, got, n)
			}
			covered += n
		}
		if covered != union {
			t.Fatalf("%d cells are covered, want %d", covered, union)
		}
		told := 0.0
		for _, p := range problems {
			if p.Kind == Overlap && len(p.Faces) > 1 || p.Kind == Contained || p.Kind == Duplicate {
				told += p.AreaM2
			}
		}
		if (told > 0) != (contested > 0) {
			t.Fatalf("%v cells are contested, %v m² of overlap are told", contested, told)
		}
		for _, p := range Check(topo) {
			t.Fatal(p.Detail)
		}
	})
}

func TestDissolvingKeepsGroundAndNamesTheArcsItIsMadeOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
		var base *Topology
		if rng.IntN(2) == 0 {
			base, _ = Build(randomDirty(rng))
		} else {
			base, _ = Build(hexagons(1+rng.IntN(6), 90_000))
		}
		groups := 1 + rng.IntN(4)
		group := make([]int32, base.NumFaces())
		want := make([]wide, groups)
		for f := range group {
			group[f] = int32(rng.IntN(groups+1)) - 1
			if group[f] >= 0 {
				want[group[f]] = want[group[f]].add(area2(base.FacePolygon(FaceID(f))))
			}
		}
		up := base.Dissolve(group, groups)
		for _, p := range Check(up) {
			t.Fatal(p.Detail)
		}
		for g, area := range want {
			if got := area2(up.FacePolygon(FaceID(g))); got != area {
				t.Fatalf("group %d has %v, want %v", g, got, area)
			}
		}
		used := map[ArcID]bool{}
		for id := range ArcID(up.NumArcs()) {
			edges := 0
			for _, part := range up.Parts(id) {
				if used[part.Arc] {
					t.Fatalf("arc %d is part of two dissolved arcs", part.Arc)
				}
				used[part.Arc] = true
				edges += len(base.Arc(part.Arc).Points) - 1
			}
			if a := up.Arc(id); edges != len(a.Points)-1 {
				t.Fatalf("parts have %d edges, arc has %d", edges, len(a.Points)-1)
			} else if free := a.Points[0] == a.Points[len(a.Points)-1]; !free {
				first := up.Parts(id)[0]
				w := walk{base.Arc(first.Arc).Points, first.Backward}
				if w.first() != a.Points[0] || w.at(1) != a.Points[1] {
					t.Fatalf("the first part of arc %d runs from %v", id, w.first())
				}
			}
		}
	})
}

func TestAVertexOfOneNeighbourOnTheOthersStraightBorderIsNoGap(t *testing.T) {
	// 10 km of straight border; the neighbour has three more vertices on it,
	// each rounded to the lattice.
	a := one(spatial.Ring{{X: 0, Y: 0}, {X: 1_000_003, Y: 333_331}, {X: 0, Y: 900_000}})
	b := one(spatial.Ring{
		{X: 0, Y: 0},
		{X: 900_000, Y: -500_000},
		{X: 1_000_003, Y: 333_331},
		{X: 777_777, Y: 259_256},
		{X: 500_000, Y: 166_665},
		{X: 123_457, Y: 41_152},
	})
	topo, problems := Build([]spatial.MultiPolygon{a, b})
	sound(t, topo)
	if len(problems) != 0 || topo.NumArcs() != 3 {
		t.Errorf("%d arcs, problems %+v", topo.NumArcs(), problems)
	}
}
