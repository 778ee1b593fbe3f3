package topology

import (
	"testing"

	"cloudgrid/spatial"
)

func apply(t *testing.T, topo *Topology, r Repair) *Topology {
	t.Helper()
	n, _, err := r.Apply(topo)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, n)
	return n
}

func TestAGapGoesToTheLongestNeighbour(t *testing.T) {
	topo, problems := Build([]spatial.MultiPolygon{
		one(square(0, 0, 10)), one(ring(10, 0, 20, 0, 20, 10, 10, 10, 14, 8, 14, 2)),
	})
	proposals := Proposals(topo, problems[0])
	if len(proposals) != 3 || proposals[0].To != 1 || proposals[1].To != 0 || proposals[2].Kind != CutMiddle {
		t.Fatalf("proposals %+v", proposals)
	}
	for _, r := range proposals {
		n := apply(t, topo, r)
		if found := Inspect(n); len(found) != 0 {
			t.Errorf("%s to %d leaves %+v", r.Kind, r.To, found)
		}
	}
	half := apply(t, topo, proposals[2])
	for f := range FaceID(2) {
		if half.FacePolygon(f).NumPoints() <= topo.FacePolygon(f).NumPoints()-2 ||
			area2(half.FacePolygon(f)).cmp(area2(topo.FacePolygon(f))) <= 0 {
			t.Errorf("face %d won nothing", f)
		}
	}
}

func TestAnOverlapCanBeCutAlongItsMiddle(t *testing.T) {
	faces := []spatial.MultiPolygon{
		one(square(0, 0, 10)), one(ring(10, 0, 20, 0, 20, 10, 10, 10, 8, 7, 8, 3)),
	}
	topo, problems := Build(faces)
	if len(problems) != 1 || problems[0].Kind != Overlap {
		t.Fatalf("problems %+v", problems)
	}
	proposals := Proposals(topo, problems[0])
	if proposals[0].Kind != CutMiddle {
		t.Fatalf("proposals %+v", proposals)
	}
	n := apply(t, topo, proposals[0])
	whole := area2(topo.FacePolygon(0)).add(area2(topo.FacePolygon(1)))
	if got := area2(n.FacePolygon(0)).add(area2(n.FacePolygon(1))); got != whole {
		t.Errorf("area %v, was %v", got, whole)
	}
	for f := range FaceID(2) {
		if area2(n.FacePolygon(f)).cmp(claimedArea2(faces[f])) >= 0 {
			t.Errorf("face %d kept all it claimed", f)
		}
	}
	if given := apply(t, topo, proposals[1]); area2(given.FacePolygon(0)) != claimedArea2(faces[0]) &&
		area2(given.FacePolygon(1)) != claimedArea2(faces[1]) {
		t.Error("giving the overlap to one face does not restore it")
	}
}

func TestProblemsAreToldWithTheirPlace(t *testing.T) {
	big := square(0, 0, 20)
	cases := map[string]struct {
		faces []spatial.MultiPolygon
		want  Kind
		at    spatial.Box
	}{
		"overlap":      {[]spatial.MultiPolygon{one(big), one(square(15, 5, 10))}, Overlap, box(15, 5, 20, 15)},
		"contained":    {[]spatial.MultiPolygon{one(big), one(square(5, 5, 2))}, Contained, box(5, 5, 7, 7)},
		"duplicate":    {[]spatial.MultiPolygon{one(big), one(big)}, Duplicate, box(0, 0, 20, 20)},
		"bow-tie":      {[]spatial.MultiPolygon{one(ring(0, 0, 10, 10, 10, 0, 0, 10))}, SelfCrossing, box(5, 5, 5, 5)},
		"self-touch":   {[]spatial.MultiPolygon{one(ring(0, 0, 5, 5, 0, 10, 10, 10, 5, 5, 10, 0))}, SelfTouch, box(5, 5, 5, 5)},
		"spike":        {[]spatial.MultiPolygon{one(ring(0, 0, 20, 0, 20, 20, 20, 35, 20, 20, 0, 20))}, Spike, box(20, 20, 20, 35)},
		"too short":    {[]spatial.MultiPolygon{one(big), one(ring(30, 30, 31, 31))}, InvalidRing, box(30, 30, 30, 30)},
		"gap":          {[]spatial.MultiPolygon{one(big), one(ring(20, 0, 30, 0, 30, 20, 20, 20, 22, 10))}, Gap, box(20, 0, 22, 20)},
		"hole":         {[]spatial.MultiPolygon{one(big, square(3, 3, 3))}, Hole, box(3, 3, 6, 6)},
		"disconnected": {[]spatial.MultiPolygon{{{big}, {square(30, 0, 5)}}}, Disconnected, box(0, 0, 35, 20)},
	}
	for name, c := range cases {
		topo, problems := Build(c.faces)
		sound(t, topo)
		found := false
		for _, p := range problems {
			if p.Kind == c.want {
				found = true
				if p.Box != c.at || !c.at.Contains(p.At) {
					t.Errorf("%s: at %v in %v, want %v", name, p.At, p.Box, c.at)
				}
			}
		}
		if !found {
			t.Errorf("%s: not among %+v", name, problems)
		}
	}
}

func box(x0, y0, x1, y1 int32) spatial.Box { return spatial.Box{Min: pt(x0, y0), Max: pt(x1, y1)} }

func TestAHairlineGapIsClosedAndTold(t *testing.T) {
	// The neighbour draws the shared border one lattice step to the east.
	a := one(square(0, 0, 10))
	b := one(spatial.Ring{pt(20, 0), pt(20, 10), pt(10, 10), {X: 10*unit + 1, Y: 9 * unit}, {X: 10*unit + 1, Y: unit}, pt(10, 0)})
	topo, problems := Build([]spatial.MultiPolygon{a, b})
	sound(t, topo)
	if len(problems) != 1 || problems[0].Kind != Hairline {
		t.Fatalf("problems %+v", problems)
	}
	if found := Inspect(topo); len(found) != 0 {
		t.Errorf("the gap is still there: %+v", found)
	}
}

func TestAContainedFaceIsToldOnce(t *testing.T) {
	_, problems := Build([]spatial.MultiPolygon{one(square(5, 5, 2)), one(square(0, 0, 20)), one(square(10, 5, 2))})
	for _, p := range problems {
		if p.Kind != Contained || p.Faces[1] != 1 {
			t.Errorf("problem %+v", p)
		}
	}
	if len(problems) != 2 {
		t.Errorf("%d problems", len(problems))
	}
}

func TestAStrayPartGoesToItsNeighbour(t *testing.T) {
	topo, problems := Build([]spatial.MultiPolygon{
		{{square(0, 0, 10)}, {square(20, 0, 3)}}, one(ring(10, 0, 20, 0, 20, 10, 10, 10)), one(ring(20, 3, 23, 3, 23, 10, 20, 10)),
	})
	if len(problems) != 1 || problems[0].Kind != Disconnected || problems[0].Parts != 2 {
		t.Fatalf("problems %+v", problems)
	}
	proposals := Proposals(topo, problems[0])
	if len(proposals) != 1 || proposals[0].To != 2 { // a degree of longitude is longer at the equator
		t.Fatalf("proposals %+v", proposals)
	}
	if found := Inspect(apply(t, topo, proposals[0])); len(found) != 0 {
		t.Errorf("left: %+v", found)
	}
}
