package topology

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"cloudgrid/spatial"
	"pgregory.net/rapid"
)

func pt(x, y int32) spatial.Point { return spatial.Point{X: x * unit, Y: y * unit} }

func quad(t testing.TB) *Topology {
	t.Helper()
	topo, problems := Build([]spatial.MultiPolygon{
		one(square(0, 0, 10)), one(square(10, 0, 10)), one(square(0, 10, 10)), one(square(10, 10, 10)),
	})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return topo
}

// between returns the arc with a on one side and b on the other.
func between(t testing.TB, topo *Topology, a, b FaceID) ArcID {
	t.Helper()
	for _, id := range topo.FaceArcs(max(a, b)) {
		if arc := topo.Arc(id); arc.Left+arc.Right == a+b {
			return id
		}
	}
	t.Fatalf("no border between %d and %d", a, b)
	return -1
}

func wantReason(t *testing.T, err error, want Reason) {
	t.Helper()
	var e *EditError
	if !errors.As(err, &e) || e.Reason != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestMovingASharedVertexMovesBothNeighbours(t *testing.T) {
	topo := quad(t)
	id := between(t, topo, 0, 1)
	topo, _, err := topo.InsertVertex(id, 0, pt(11, 5))
	if err != nil {
		t.Fatal(err)
	}
	moved, change, err := topo.MoveVertex(id, 1, pt(8, 5))
	if err != nil {
		t.Fatal(err)
	}
	sound(t, moved)
	if !slices.Equal(change.Changed, []ArcID{id}) || !slices.Equal(change.Faces, []FaceID{0, 1}) {
		t.Errorf("change %+v", change)
	}
	lost := area2(topo.FacePolygon(0)).sub(area2(moved.FacePolygon(0)))
	won := area2(moved.FacePolygon(1)).sub(area2(topo.FacePolygon(1)))
	if lost != won || lost.sign() <= 0 {
		t.Errorf("face 0 lost %v, face 1 won %v", lost, won)
	}
	back, _, err := moved.DeleteVertex(id, 1)
	if err != nil || area2(back.FacePolygon(0)) != area2(quad(t).FacePolygon(0)) {
		t.Errorf("deleting the vertex: %v", err)
	}
}

func TestEditsThatBreakTheCoverageAreRefusedWithTheirPlace(t *testing.T) {
	topo := quad(t)
	id := between(t, topo, 0, 1)
	_, _, err := topo.InsertVertex(id, 0, pt(25, 5))
	wantReason(t, err, WouldCross)
	_, _, err = topo.MoveNode(pt(10, 10), pt(30, 30))
	wantReason(t, err, WouldCross)
	_, _, err = topo.MoveNode(pt(3, 3), pt(4, 4))
	wantReason(t, err, NoSuchThing)
	_, _, err = topo.DeleteVertex(id, 0)
	wantReason(t, err, NoSuchThing)
	_, _, err = topo.SplitFace(0, []spatial.Point{pt(2, 2), pt(5, 5)})
	wantReason(t, err, NotDividing)
	_, _, err = topo.Assign(one(square(-1, -1, 12)), 1)
	wantReason(t, err, WouldVanish)

	island, _ := Build([]spatial.MultiPolygon{
		one(square(0, 0, 10)), one(square(10, 0, 10), square(12, 4, 2)), one(square(12, 4, 2)),
	})
	id = between(t, island, 0, 1)
	arc := island.Arc(id).Points
	_, _, err = island.ReshapeArc(id, []spatial.Point{arc[0], pt(16, 1), pt(16, 9), arc[len(arc)-1]})
	wantReason(t, err, WouldPass)
	id = between(t, island, 1, 2)
	_, _, err = island.ReshapeArc(id, append(square(2, 4, 2), pt(2, 4)))
	wantReason(t, err, WouldVanish)
	_, _, err = island.ReshapeArc(id, []spatial.Point{pt(13, 4), pt(14, 4), pt(13, 4)})
	wantReason(t, err, TooFewPoints)
}

func TestANodeMovesWithAllItsBorders(t *testing.T) {
	topo, change, err := quad(t).MoveNode(pt(10, 10), pt(12, 13))
	if err != nil {
		t.Fatal(err)
	}
	sound(t, topo)
	if len(change.Changed) != 4 || len(change.Faces) != 4 {
		t.Errorf("change %+v", change)
	}
}

func TestACutMakesNewFacesAndMergingUndoesIt(t *testing.T) {
	topo := quad(t)
	cut, change, err := topo.SplitFace(0, []spatial.Point{pt(-5, 0), pt(10, 10), pt(15, 5)})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, cut)
	if !slices.Equal(change.NewFaces, []FaceID{4}) || cut.NumFaces() != 5 {
		t.Fatalf("change %+v", change)
	}
	sum := area2(cut.FacePolygon(0)).add(area2(cut.FacePolygon(4)))
	if sum != area2(topo.FacePolygon(0)) {
		t.Error("the pieces do not add up")
	}
	merged, _, err := cut.MergeFaces(0, 4)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, merged)
	if area2(merged.FacePolygon(0)) != area2(topo.FacePolygon(0)) || len(merged.FaceArcs(4)) != 0 {
		t.Error("merging does not undo the cut")
	}
	ringCut, change, err := topo.SplitFace(3, append(square(12, 12, 3), pt(12, 12)))
	if err != nil || len(change.NewFaces) != 1 {
		t.Fatal(change, err)
	}
	sound(t, ringCut)
}

func TestAssignFillsAGapAndNothingElse(t *testing.T) {
	topo, problems := Build([]spatial.MultiPolygon{
		one(square(0, 0, 10)), one(ring(10, 0, 20, 0, 20, 10, 10, 10, 12, 5)),
	})
	if len(problems) != 1 || problems[0].Kind != Gap {
		t.Fatalf("problems %+v", problems)
	}
	filled, change, err := topo.Assign(problems[0].Region, 1)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, filled)
	if len(Inspect(filled)) != 0 || area2(filled.FacePolygon(1)) != area2(one(square(10, 0, 10))) {
		t.Errorf("after filling: %v, change %+v", Inspect(filled), change)
	}
}

func TestAnEditSharesWhatItDoesNotTouch(t *testing.T) {
	topo, _ := Build(hexagons(60, 30_000))
	id := topo.FaceArcs(1830)[0]
	pts := topo.Arc(id).Points
	edited, _, err := topo.InsertVertex(id, 0, spatial.Point{
		X: (pts[0].X+pts[1].X)/2 + 1000, Y: (pts[0].Y+pts[1].Y)/2 + 1000,
	})
	if err != nil {
		t.Fatal(err)
	}
	copied := 0
	for i, b := range edited.arcBlocks {
		if b != topo.arcBlocks[i] {
			copied++
		}
	}
	if copied != 1 {
		t.Errorf("%d of %d blocks were copied", copied, len(topo.arcBlocks))
	}
	sound(t, edited)
}

// randomEdit applies one random edit; it returns nil when the edit is refused.
func randomEdit(rng *rand.Rand, topo *Topology, reach int32) (*Topology, Change) {
	id := ArcID(rng.IntN(topo.NumArcs()))
	pts := topo.Arc(id).Points
	if len(pts) == 0 {
		return nil, Change{}
	}
	near := func(p spatial.Point) spatial.Point {
		return spatial.Point{X: p.X + rng.Int32N(2*reach+1) - reach, Y: p.Y + rng.Int32N(2*reach+1) - reach}
	}
	i := rng.IntN(len(pts))
	f := FaceID(rng.IntN(topo.NumFaces()))
	var n *Topology
	var c Change
	switch rng.IntN(9) {
	case 0:
		n, c, _ = topo.MoveVertex(id, i, near(pts[i]))
	case 1:
		n, c, _ = topo.InsertVertex(id, i, near(pts[i]))
	case 2:
		n, c, _ = topo.DeleteVertex(id, i)
	case 3:
		n, c, _ = topo.MoveNode(pts[0], near(pts[0]))
	case 4:
		n, c, _ = topo.ReshapeArc(id, []spatial.Point{pts[0], near(pts[0]), near(pts[0]), pts[len(pts)-1]})
	case 5:
		n, c, _ = topo.SplitFace(f, []spatial.Point{near(pts[0]), near(pts[i]), near(pts[0])})
	case 6:
		if ns := topo.Neighbours(f); len(ns) > 0 && ns[len(ns)-1] >= 0 {
			n, c, _ = topo.MergeFaces(f, ns[len(ns)-1])
		}
	case 7:
		n, c, _ = topo.Relabel(f, FaceID(topo.NumFaces()))
	case 8:
		n, c, _ = topo.Assign(one(spatial.Ring{near(pts[i]), near(pts[i]), near(pts[i]), near(pts[0])}), f)
	}
	return n, c
}

func TestAnySequenceOfEditsKeepsTheCoverageSound(t *testing.T) {
	done := 0
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 7))
		var topo *Topology
		reach := int32(20)
		if rng.IntN(3) == 0 {
			topo, _ = Build(randomDirty(rng))
		} else {
			reach = []int32{20, 400, 3000}[rng.IntN(3)]
			topo, _ = Build(hexagons(1+rng.IntN(5), []int32{30, 1000, 90_000}[rng.IntN(3)]))
		}
		for range 12 {
			if topo.NumArcs() == 0 {
				return
			}
			n, c := randomEdit(rng, topo, reach)
			if n == nil {
				continue
			}
			done++
			for _, p := range Check(n) {
				rt.Fatalf("after %+v at %v: %s", c, p.At, p.Detail)
			}
			if again, _ := Build(polygons(n)); !hasHairline(n) && !sameGround(n, again) {
				rt.Fatalf("building from the polygons differs after %+v", c)
			}
			topo = n
		}
	})
	t.Log(done, "edits done")
}

// hasHairline tells whether an edit left a gap that Build would close.
func hasHairline(topo *Topology) bool {
	return slices.ContainsFunc(Inspect(topo), func(p Problem) bool {
		return (p.Kind == Gap || p.Kind == Hole) && p.WidthM() < HairlineM
	})
}

// sameGround tells whether every face has the same polygon in both.
func sameGround(a, b *Topology) bool {
	for f := range FaceID(a.NumFaces()) {
		p, q := a.FacePolygon(f), b.FacePolygon(f)
		if !slices.EqualFunc(p, q, func(x, y spatial.Polygon) bool {
			return slices.EqualFunc(x, y, func(r, s spatial.Ring) bool { return slices.Equal(r, s) })
		}) {
			return false
		}
	}
	return true
}

// randomDirty draws a few arbitrary rings.
func randomDirty(rng *rand.Rand) []spatial.MultiPolygon {
	size := []int32{6, 12, 40, 1000, 1_000_000}[rng.IntN(5)]
	faces := make([]spatial.MultiPolygon, 1+rng.IntN(8))
	for f := range faces {
		for range 1 + rng.IntN(2) {
			var poly spatial.Polygon
			for range 1 + rng.IntN(2) {
				r := make(spatial.Ring, 3+rng.IntN(12))
				for i := range r {
					r[i] = spatial.Point{X: rng.Int32N(size), Y: rng.Int32N(size)}
				}
				poly = append(poly, r)
			}
			faces[f] = append(faces[f], poly)
		}
	}
	return faces
}

func TestABorderMayNotJumpABorderOfTwoPoints(t *testing.T) {
	topo, _ := Build([]spatial.MultiPolygon{one(ring(0, 0, 10, 0, 5, 10)), one(ring(0, 0, 10, 0, 5, -10))})
	id := between(t, topo, 0, Outside)
	_, _, err := topo.ReshapeArc(id, []spatial.Point{pt(0, 0), pt(5, -3), pt(10, 0)})
	wantReason(t, err, WouldPass)
}

func TestALoopMayNotSwingAcrossItsNode(t *testing.T) {
	topo, _ := Build([]spatial.MultiPolygon{{{square(0, 0, 10)}, {ring(10, 10, 14, 12, 12, 14)}}})
	for _, id := range topo.FaceArcs(0) {
		if pts := topo.Arc(id).Points; slices.Contains(pts, pt(14, 12)) {
			loop := []spatial.Point{pt(10, 10), pt(6, 8), pt(8, 6), pt(10, 10)}
			if pts[1] == pt(14, 12) {
				slices.Reverse(loop)
			}
			_, _, err := topo.ReshapeArc(id, loop)
			wantReason(t, err, WouldPass)
			_, _, err = topo.ReshapeArc(id, reversedPoints(loop))
			if err == nil {
				t.Error("the other way round it is let through")
			}
		}
	}
}
