package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/gpkg"
)

// byName is which grid, by name, each atom belongs to: names of the world are
// unique, and a grid that comes back has a new code.
func byName(b *Board) map[string]string {
	owner := map[string]string{}
	for f := range b.owner.len() {
		if o := b.owner.at(f); o != none {
			owner[b.atom(f).code] = b.grids.at(o).name
		}
	}
	return owner
}

func TestGoingBackIsAPlanThatRestoresGridsAndBorders(t *testing.T) {
	w := newWorld(64, 3, 2, 5).shaped(t)
	perfect, partly := 0, 0
	for round := range 6 {
		s, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "map.gpkg"), gpkg.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w.fill(t, s)
		o := newOffice(t, s, 1)
		d, before := o.desks[0], o.published(t.Context(), t, o.clock)
		o.change(t, d, round)
		if maps.Equal(byName(before), byName(o.published(t.Context(), t, o.clock))) {
			t.Fatal("nothing was changed")
		}
		p, err := d.Revert(t.Context(), "李四", main1, 1, "恢复")
		if err != nil {
			t.Fatal(err)
		}
		v, err := d.View(t.Context(), "李四", p.ID)
		if err != nil || v.Plan.Rev == 0 {
			t.Fatal(err, v.Plan)
		}
		o.publish(t, d, p.ID)
		after := o.published(t.Context(), t, o.clock)
		checkBoard(t, after)
		if !maps.Equal(byName(before), byName(after)) || !slices.Equal(living(before), living(after)) {
			t.Errorf("round %d: grids are not what they were", round)
		}
		same := 0
		for f := range before.owner.len() {
			id := before.atom(f).id
			if i, ok := after.face(id); ok && before.atom(f).areaCM2 == after.atom(i).areaCM2 {
				same++
			}
		}
		if same == int(before.owner.len()) {
			perfect++
		} else {
			partly++
			t.Logf("round %d: %d of %d atoms have their ground back; %s", round, same, before.owner.len(), v.Plan.Note)
		}
		_ = s.Close()
	}
	if perfect < 3 {
		t.Errorf("borders came back in %d of %d rounds", perfect, perfect+partly)
	}
	if _, err := newOfficeDesk(t, w).Revert(t.Context(), "李四", main1, 7, "恢复"); gridmap.CodeOf(err) != gridmap.NotFound {
		t.Error(err)
	}
}

// living names the grids that are there.
func living(b *Board) (names []string) {
	for _, g := range b.Grids() {
		if !g.Retired {
			names = append(names, g.Name)
		}
	}
	slices.Sort(names)
	return names
}

func newOfficeDesk(t *testing.T, w *world) *Desk { return w.desk(w.atlas(t), newMemory()) }

// change publishes a plan of random operations.
func (o *office) change(t *testing.T, d *Desk, seed int) {
	p, err := d.Create(t.Context(), "张三", NewPlan{Name: "改"})
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{ReassignAtoms, CreateGrid, RetireGrid, Merge, SetAttrs, MoveVertex, MoveNode, InsertVertex, DeleteVertex, ReshapeArc}
	rev := int64(0)
	for i := range 60 {
		b, err := d.View(t.Context(), "张三", p.ID)
		if err != nil {
			t.Fatal(err)
		}
		op := rapid.Custom(func(r *rapid.T) gridmap.PlanOp { return random(r, b.Board, rev+1) }).Example(seed*1000 + i)
		if !slices.Contains(kinds, op.Kind) {
			continue
		}
		if op.Kind == SetAttrs { // names stay unique
			op.Body = json.RawMessage(fmt.Sprintf(`{"grid":%d,"capacity":%d}`, leafOf(b.Board), i%3+1))
		}
		if a, err := d.Submit(t.Context(), "张三", p.ID, rev, []Op{{ID: fmt.Sprint("c", i), Kind: op.Kind, Body: op.Body}}); err == nil {
			rev = a.Rev
		}
	}
	o.publish(t, d, p.ID)
}

// leafOf is the last leaf grid that is there.
func leafOf(b *Board) (id gridmap.GridID) {
	for _, g := range b.Grids() {
		if g.Leaf && !g.Retired {
			id = g.ID
		}
	}
	return id
}

func (o *office) publish(t *testing.T, d *Desk, id gridmap.PlanID) {
	t.Helper()
	v, err := d.View(t.Context(), "张三", id)
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{ActSubmit, ActApprove, ActPublish} {
		o.clock = o.clock.Add(1e9)
		if _, err := d.Advance(t.Context(), "张三", action, id, Step{Rev: v.Plan.Rev, Force: true, Note: "试"}); err != nil {
			t.Fatal(err)
		}
	}
}
