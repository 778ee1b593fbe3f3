package plan

import (
	"strings"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

func TestABorderOfAnAtomThatAnotherGroundHasTooStays(t *testing.T) {
	w := newWorld(100, 5, 2, 3)
	w.party()
	shop := w.atomIDs[44]
	members := w.members[:0]
	for _, m := range w.members { // the party has one half of the town: a ground of its own
		if m.Network == main1 || m.Atom <= shop {
			members = append(members, m)
		}
	}
	w.members = members
	b := w.board(t)
	split := func(id gridmap.AtomID) gridmap.PlanOp {
		f, _ := b.face(id)
		p := b.point(f)
		return do(1, SplitAtom, `{"atom":%d,"line":[%s,%s]}`, id,
			pointText(spatial.Point{X: p.X, Y: p.Y - 200_000}), pointText(spatial.Point{X: p.X + 1, Y: p.Y + 200_000}))
	}
	_, _, err := Apply(b, split(w.atomIDs[3]))
	if gridmap.CodeOf(err) != gridmap.Forbidden || !strings.Contains(err.Error(), "党建网") {
		t.Errorf("an atom of both networks was split: %v", err)
	}
	must(t, b, split(w.atomIDs[99]))
	must(t, b, do(1, ReassignAtoms, `{"atoms":[%d],"to":%d}`, w.atomIDs[3], w.leaves[3]))
}

func TestASplitNextToALockedGridMovesItByRoundingOnly(t *testing.T) {
	w := newWorld(36, 3, 2, 3)
	b := w.board(t)
	b, _ = must(t, b, do(1, SetLock, `{"grids":[%d],"locked":true}`, w.leaves[1]))
	was, _ := b.Grid(w.leaves[1])
	id := b.AtomsOf(w.leaves[0])[2] // at the border of the two
	f, _ := b.face(id)
	p := b.point(f)
	b, fx := must(t, b, do(2, SplitAtom, `{"atom":%d,"line":[%s,%s]}`, id,
		pointText(spatial.Point{X: p.X - 200_000, Y: p.Y}), pointText(spatial.Point{X: p.X + 200_000, Y: p.Y + 1})))
	now, _ := b.Grid(w.leaves[1])
	if d := now.AreaM2 - was.AreaM2; len(fx.NewAtoms) != 1 || d > 20 || d < -20 || now.Households != was.Households {
		t.Errorf("the locked grid changed by %g m², %d new atoms", d, len(fx.NewAtoms))
	}
}

func TestABorderMovesForBothItsNeighboursAndAllAbove(t *testing.T) {
	w := newWorld(144, 3, 2, 3)
	b := w.board(t)
	arc := b.topo.Arc(0)
	for id := range b.topo.NumArcs() { // between two communities
		a := b.topo.Arc(topology.ArcID(id))
		if len(a.Points) > 2 && a.Left >= 0 && a.Right >= 0 {
			l, r := b.grids.at(b.owner.at(int32(a.Left))), b.grids.at(b.owner.at(int32(a.Right)))
			if l.parent != r.parent {
				arc = a
				break
			}
		}
	}
	at := arc.Points[len(arc.Points)/2]
	to := spatial.Point{X: at.X + 300, Y: at.Y + 300}
	c, fx := must(t, b, do(1, MoveVertex, `{"at":%s,"to":%s}`, pointText(at), pointText(to)))
	if len(fx.Ground) != 2 || len(fx.Grids) != 5 || len(fx.NewAtoms) != 0 { // two leaves, two communities, the town
		t.Fatalf("effects: %+v", fx)
	}
	var more float64
	for _, id := range fx.Grids {
		was, _ := b.Grid(id)
		now, _ := c.Grid(id)
		if now.Level == 1 {
			if now.AreaM2 == was.AreaM2 || now.PerimeterM == was.PerimeterM || !now.Changed {
				t.Errorf("community %s did not follow", now.Code)
			}
			more += now.AreaM2 - was.AreaM2
		}
	}
	if more > 1e-3 || more < -1e-3 {
		t.Errorf("what one community lost the other did not win: %g m²", more)
	}
	if d := c.Diff(); len(d.Reshaped) != 2 || d.AtomsMoved != 0 {
		t.Errorf("diff: %+v", d)
	}
}
