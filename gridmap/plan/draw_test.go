package plan

import (
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/locate"
)

func TestNeighboursDifferInColourAndWhatDidNotChangeKeepsIts(t *testing.T) {
	w := newWorld(144, 2, 3, 5)
	start := w.board(t)
	a, net := start.Base()
	rapid.Check(t, func(t *rapid.T) {
		b := start
		for rev := int64(1); rev <= 8; rev++ {
			if c, _, err := Apply(b, random(t, b, rev)); err == nil {
				b = c
			}
		}
		for i := range b.grids.len() {
			if g := b.grids.at(i); !b.changed(i) && int(i) < len(net.Grids) && b.colour(i) != net.Colour(a, i) {
				t.Fatalf("grid %d did not change but for its colour", g.id)
			}
			near := b.neighboursOf(i)
			for _, n := range near {
				if b.colour(i) == b.colour(n) && len(near) < 6 && len(b.neighboursOf(n)) < 6 {
					t.Fatalf("grids %d and %d have the same colour", b.grids.at(i).id, b.grids.at(n).id)
				}
			}
		}
	})
}

func TestColoursDoNotDependOnWhichGridWasMadeFirst(t *testing.T) {
	w := newWorld(100, 3, 2, 9)
	b := w.board(t)
	at := func(k ...int) (out []gridmap.AtomID) {
		for _, i := range k {
			out = append(out, w.atomIDs[i])
		}
		return out
	}
	one := do(1, CreateGrid, `{"parent":%d,"code":"A1","name":"甲","atoms":%s}`, w.communities[0], ids(at(1, 2, 3)))
	two := do(2, CreateGrid, `{"parent":%d,"code":"A2","name":"乙","atoms":%s}`, w.communities[2], ids(at(4, 5)))
	first, _ := must(t, b, one)
	first, _ = must(t, first, two)
	second, _ := must(t, b, two)
	second, _ = must(t, second, one)
	for _, g := range first.Grids() {
		if h, _ := second.Grid(g.ID); h.Colour != g.Colour {
			t.Errorf("grid %d: colour %d and %d", g.ID, g.Colour, h.Colour)
		}
	}
}

func TestALabelAndAPointLieInTheGround(t *testing.T) {
	w := newWorld(144, 3, 2, 5)
	start := w.board(t)
	rapid.Check(t, func(t *rapid.T) {
		b := start
		for rev := int64(1); rev <= 4; rev++ {
			if c, _, err := Apply(b, random(t, b, rev)); err == nil {
				b = c
			}
		}
		index := locate.New(b.topo)
		for f := range b.owner.len() {
			if p := b.point(f); int32(index.Locate(p)) != f && b.atom(f).areaCM2 > 1e8 {
				t.Fatalf("the point %v of atom %d is in face %d, not %d", p, b.atom(f).id, index.Locate(p), f)
			}
		}
		for i := range b.grids.len() {
			if g := b.grids.at(i); len(g.faces) > 0 && !b.holds(i, index.Locate(b.labelOf(i))) {
				t.Fatalf("the label of grid %d is outside it", g.id)
			}
		}
	})
}

func TestTheNearestHandleIsFound(t *testing.T) {
	w := newWorld(100, 5, 2, 5)
	b := w.board(t)
	vertex, node := border(b, w.leaves[0])
	near := func(p spatial.Point) spatial.Point { return spatial.Point{X: p.X + 20, Y: p.Y - 20} }
	if h, ok := b.Near(near(vertex), 15); !ok || h.Kind != "vertex" || h.At != vertex || h.Left == 0 || h.Right == 0 || h.LeftGrid == h.RightGrid {
		t.Errorf("vertex: %+v", h)
	}
	if h, ok := b.Near(near(node), 15); !ok || h.Kind != "node" || h.At != node {
		t.Errorf("node: %+v", h)
	}
	mid := spatial.Point{X: (vertex.X + node.X) / 2, Y: (vertex.Y + node.Y) / 2}
	h, ok := b.Near(mid, 15)
	if !ok || h.Kind != "edge" || len(h.Arc) < 2 {
		t.Fatalf("edge: %+v", h)
	}
	op := do(1, InsertVertex, `{"edge":[%s,%s],"at":%s}`, pointText(h.Edge[0]), pointText(h.Edge[1]), pointText(h.At))
	if _, _, err := Apply(b, op); err != nil && gridmap.CodeOf(err) != gridmap.Invalid {
		t.Errorf("the edge cannot be used: %v", err)
	}
	if h, ok := b.Near(b.point(0), 1); ok {
		t.Errorf("in the middle of an atom: %+v", h)
	}
}

func TestTheLabelOfAGridInTwoSmallPartsFarApartLiesInOneOfThem(t *testing.T) {
	w := newWorld(144, 3, 2, 5)
	b, _ := must(t, w.board(t), do(1, CreateGrid, `{"parent":%d,"code":"A1","name":"两处","atoms":%s}`, w.communities[0], ids([]gridmap.AtomID{w.atomIDs[12]})))
	made := b.grids.len() - 1
	b, _ = must(t, b, do(2, ReassignAtoms, `{"atoms":%s,"to":%d}`, ids([]gridmap.AtomID{w.atomIDs[108]}), b.grids.at(made).id))
	if at := b.labelOf(made); !b.holds(made, locate.New(b.topo).Locate(at)) {
		t.Errorf("the label %v is outside", at)
	}
}
