package plan

import (
	"testing"

	"cloudgrid/gridmap"
)

func TestAtomsGoToTheGridTheyAreGivenTo(t *testing.T) {
	w := newWorld(100, 5, 1, 1)
	b := w.board(t)
	moved := b.AtomsOf(w.leaves[0])[:3]
	c, fx := must(t, b, do(1, ReassignAtoms, `{"atoms":%s,"to":%d}`, ids(moved), w.leaves[1]))
	for _, id := range moved {
		if g, _ := c.Owner(id); g != w.leaves[1] {
			t.Errorf("atom %d is in grid %d", id, g)
		}
		if g, _ := b.Owner(id); g != w.leaves[0] {
			t.Errorf("the board before changed: atom %d is in grid %d", id, g)
		}
	}
	if len(fx.Atoms) != 3 || len(fx.Grids) < 2 || len(fx.Footprint.Writes) != 3 {
		t.Errorf("effects: %+v", fx)
	}
}

func TestAGridThatIsMadeMergedAndRetired(t *testing.T) {
	w := newWorld(100, 5, 2, 1)
	b := w.board(t)
	moved := b.AtomsOf(w.leaves[0])[:5]
	b, fx := must(t, b, do(1, CreateGrid, `{"parent":%d,"code":"","name":"","type":"general","atoms":%s}`, w.communities[0], ids(moved)))
	made := gridmap.GridID(NewID(1, 0))
	g, ok := b.Grid(made)
	if !ok || g.Atoms != 5 || !g.New || g.Code != "0100105" || g.Name != "第5网格" || g.Parent != w.communities[0] {
		t.Fatalf("made %+v with %s", g, fx.Body)
	}
	b, fx = must(t, b, do(2, Merge, `{"into":%d,"grids":[%d]}`, made, w.leaves[1]))
	if len(fx.Removed) != 1 || fx.Removed[0] != made {
		t.Errorf("the grid with more households keeps its id: %+v", fx)
	}
	b, _ = must(t, b, do(3, SetAttrs, `{"grid":%d,"name":"新名","capacity":2}`, w.leaves[1]))
	b, _ = must(t, b, do(4, RetireGrid, `{"grid":%d,"to":%d}`, w.leaves[1], w.leaves[0]))
	b, _ = must(t, b, do(5, SetLock, `{"grids":[%d],"locked":true}`, w.leaves[0]))
	if _, _, err := Apply(b, do(6, SetAttrs, `{"grid":%d,"name":"x"}`, w.leaves[0])); gridmap.CodeOf(err) != gridmap.Forbidden {
		t.Errorf("a locked grid was renamed: %v", err)
	}
	for _, g := range b.Grids() {
		t.Logf("%+v", g.ID)
	}
}
