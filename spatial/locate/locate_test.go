package locate

import (
	"math/rand/v2"
	"slices"
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/synth"
	"cloudgrid/spatial/topology"

	"pgregory.net/rapid"
)

// randomCase derives a coverage, an index of it with odd cells, and queries
// from a seed.
func randomCase(seed uint64) (c arcsCoverage, ix *Index, qs []spatial.Point) {
	rng := rand.New(rand.NewPCG(seed, 99))
	n, faces := 2+rng.IntN(5), 1+rng.IntN(6)
	m := newMesh(rng, n, faces)
	f := []int32{1, 1, 1, 1000, 40000, 1000000}[rng.IntN(6)]
	m.scale(f)
	c = m.coverage(rng, faces)
	how := tuning{
		segmentsPerCell: []float64{0.05, 0.5, 4, 50}[rng.IntN(4)],
		maxCellPoints:   []int{0, 3, 24}[rng.IntN(3)],
		maxLeafPoints:   2 + rng.IntN(20),
		minCellShift:    uint32(rng.IntN(3)),
	}
	return c, build(c, how), sample(rng, m.queries(rng, f), 2000)
}

func sample(rng *rand.Rand, qs []spatial.Point, n int) []spatial.Point {
	rng.Shuffle(len(qs), func(i, j int) { qs[i], qs[j] = qs[j], qs[i] })
	return qs[:min(n, len(qs))]
}

func agree(t interface{ Fatalf(string, ...any) }, c coverage, ix *Index, qs []spatial.Point) {
	o := oracle{c}
	for _, q := range qs {
		if got, want := ix.Locate(q), o.locate(q); got != want {
			t.Fatalf("%d,%d is in face %d, the oracle says %d; arcs %v", q.X, q.Y, got, want, c)
		}
	}
}

func TestEveryPointHasTheOraclesAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ix, qs := randomCase(rapid.Uint64().Draw(t, "seed"))
		agree(t, c, ix, qs[:min(len(qs), 100)])
	})
}

// TestNoStripAnswersOtherwiseThanTheBorders asks many more points than the
// oracle could.
func TestNoStripAnswersOtherwiseThanTheBorders(t *testing.T) {
	beside := 0
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 98))
		_, ix, qs := randomCase(rng.Uint64())
		beside += stripsAgree(t, ix, qs)
	})
	faces := synth.Coverage(100, 9)
	topo, _ := topology.Build(faces)
	beside += stripsAgree(t, New(topo), borderPoints(faces, 20_000))
	if beside < 10_000 {
		t.Errorf("only %d answers came from the strips of cells with borders", beside)
	}
}

// stripsAgree compares the strips' answers with those of the borders, and
// returns how many cells with borders gave one.
func stripsAgree(t interface{ Fatalf(string, ...any) }, ix *Index, qs []spatial.Point) (beside int) {
	for _, q := range qs {
		l, x, y, at := ix.cellAt(q)
		face, between := l.beside(x, y)
		if l == &beyond || between {
			continue
		}
		if want := ix.between(q, l, at); face != want {
			t.Fatalf("%d,%d is in face %d by the strip, in %d by the borders", q.X, q.Y, face, want)
		}
		if l[lineWidth] > 0 {
			beside++
		}
	}
	return beside
}

// FuzzLocateAgreesWithOracle asks the oracle, which is slow, about few points.
func FuzzLocateAgreesWithOracle(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		c, ix, qs := randomCase(seed)
		stripsAgree(t, ix, qs)
		agree(t, c, ix, qs[:min(len(qs), 25)])
	})
}

// square returns the counter-clockwise outline of a closed square as one arc.
func square(face, around topology.FaceID, x, y, d int32) topology.Arc {
	return topology.Arc{Left: face, Right: around, Points: []spatial.Point{
		{X: x, Y: y}, {X: x + d, Y: y}, {X: x + d, Y: y + d}, {X: x, Y: y + d}, {X: x, Y: y},
	}}
}

func TestABorderPointBelongsToExactlyOneFace(t *testing.T) {
	// Two squares side by side, 0 west and 1 east, and an enclave 2 in 0.
	p := func(x, y int32) spatial.Point { return spatial.Point{X: x, Y: y} }
	c := arcsCoverage{faces: 3, arcs: []topology.Arc{
		{Left: 0, Right: 1, Points: []spatial.Point{p(100, 0), p(100, 100)}},
		{Left: 0, Right: -1, Points: []spatial.Point{p(100, 100), p(0, 100), p(0, 0), p(100, 0)}},
		{Left: 1, Right: -1, Points: []spatial.Point{p(100, 0), p(200, 0), p(200, 100), p(100, 100)}},
		square(2, 0, 40, 40, 20),
	}}
	ix := build(c, tuned)
	for _, k := range []struct {
		name string
		at   spatial.Point
		want topology.FaceID
	}{
		{"inside the west square", p(10, 10), 0},
		{"inside the east square", p(110, 10), 1},
		{"the shared border goes to the face east of it", p(100, 50), 1},
		{"the south border to the face north of it", p(50, 0), 0},
		{"the north border to the only face there is", p(50, 100), 0},
		{"the east border to the only face there is", p(200, 50), 1},
		{"the south end of the shared border", p(100, 0), 1},
		{"the north end: first face counter-clockwise from east", p(100, 100), 0},
		{"the north-east corner", p(200, 100), 1},
		{"the enclave", p(50, 50), 2},
		{"the enclave's west border", p(40, 50), 2},
		{"the enclave's east border", p(60, 50), 0},
		{"the enclave's north border", p(50, 60), 0},
		{"the enclave's south border", p(50, 40), 2},
		{"just outside", p(201, 100), topology.Outside},
		{"far outside", p(-1700000000, 800000000), topology.Outside},
	} {
		if got := ix.Locate(k.at); got != k.want {
			t.Errorf("%s: face %d, want %d", k.name, got, k.want)
		}
	}
	agree(t, c, ix, []spatial.Point{p(100, 100), p(200, 0), p(0, 0), p(0, 100)})
}

func TestTheZeroIndexAndAnEmptyTopologyHoldNothing(t *testing.T) {
	var zero Index
	empty := New(new(topology.Topology))
	for _, ix := range []*Index{&zero, empty} {
		if f := ix.Locate(spatial.Point{}); f != topology.Outside {
			t.Errorf("found face %d in nothing", f)
		}
	}
}

func TestLocateAllocatesNothing(t *testing.T) {
	_, ix, qs := randomCase(3)
	if n := testing.AllocsPerRun(10, func() {
		for _, q := range qs {
			ix.Locate(q)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAFaceAroundTheWholeGlobeIsLocated(t *testing.T) {
	w, h := spatial.MaxX, spatial.MaxY
	p := func(x, y int32) spatial.Point { return spatial.Point{X: x, Y: y} }
	c := arcsCoverage{faces: 2, arcs: []topology.Arc{
		{Left: 0, Right: 1, Points: []spatial.Point{p(-w, -h), p(w, h)}},
		{Left: 1, Right: -1, Points: []spatial.Point{p(-w, -h), p(w, -h), p(w, h)}},
		{Left: -1, Right: 0, Points: []spatial.Point{p(-w, -h), p(-w, h), p(w, h)}},
	}}
	ix := build(c, tuned)
	agree(t, c, ix, []spatial.Point{
		p(0, 0), p(1, 0), p(0, 1), p(w, h), p(-w, -h), p(-w, h), p(w, -h), p(w, 0), p(-w, 0),
		p(w-1, h-1), p(2, 1), p(1000000001, 500000000), p(999999999, 500000000), p(1000000000, 500000000),
	})
}

func TestUpdateAnswersLikeANewIndexAndSharesTheRest(t *testing.T) {
	partly := 0
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		rng := rand.New(rand.NewPCG(seed, 7))
		const n, faces = 11, 9
		m := newMesh(rng, n, faces)
		was := m.segments(faces)
		how := tuning{segmentsPerCell: 1.0 / 64, maxLeafPoints: 6}
		old := build(was, how)
		for range 1 + rng.IntN(3) {
			m.label[rng.IntN(len(m.label))] = [2]topology.FaceID{topology.FaceID(rng.IntN(faces+1) - 1), topology.FaceID(rng.IntN(faces))}
		}
		m.nudge(rng, 2)
		now := edited(was, m.segments(faces))
		ix := old.update(now)
		qs := sample(rng, m.queries(rng, 1), 60)
		agree(t, now, ix, qs)
		agree(t, was, old, qs)
		if shared, all := ix.sharedTiles(old); shared > 0 && shared < all {
			partly++
		}
	})
	if partly < 10 {
		t.Errorf("only %d updates shared a part", partly)
	}
}

// edited gives the arcs of to, keeping the ids of those already in from.
func edited(from, to arcsCoverage) arcsCoverage {
	out := arcsCoverage{faces: to.faces, arcs: make([]topology.Arc, len(from.arcs))}
	for _, a := range to.arcs {
		if i := slices.IndexFunc(from.arcs, func(b topology.Arc) bool { return sameArc(a, b) }); i >= 0 {
			out.arcs[i] = from.arcs[i]
			continue
		}
		out.arcs = append(out.arcs, a)
	}
	return out
}

func TestAnUpdateOfOneFaceAmongManyRebuildsFewTiles(t *testing.T) {
	var c arcsCoverage
	for y := range int32(60) {
		for x := range int32(60) {
			c.arcs = append(c.arcs, square(topology.FaceID(c.faces), -1, x*1000, y*1000, 900))
			c.faces++
		}
	}
	old := build(c, tuned)
	now := arcsCoverage{faces: c.faces, arcs: append([]topology.Arc(nil), c.arcs...)}
	now.arcs[1830] = square(1830, -1, 30*1000+10, 30*1000+10, 500)
	ix := old.update(now)
	shared, all := ix.sharedTiles(old)
	if all < 20 || shared < all-4 {
		t.Errorf("%d of %d tiles shared", shared, all)
	}
	agree(t, now, ix, []spatial.Point{{X: 30005, Y: 30005}, {X: 30100, Y: 30100}, {X: 30700, Y: 30700}, {X: 31100, Y: 30100}})
}

// sharedTiles counts the tiles that two indexes hold in common.
func (ix *Index) sharedTiles(other *Index) (shared, all int) {
	for i, t := range ix.tiles {
		if i < len(other.tiles) && &t.cells[0] == &other.tiles[i].cells[0] {
			shared++
		}
	}
	return shared, len(ix.tiles)
}
