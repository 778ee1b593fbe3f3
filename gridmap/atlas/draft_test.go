package atlas

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/synth"
	"cloudgrid/spatial/topology"
	"cloudgrid/tiles"
)

// plainNet is a network of three levels over a made-up ground, without a store:
// 25 atoms to a grid, 10 grids to a community, 5 communities to a street.
func plainNet(t testing.TB, atoms int) (*Atlas, *Net) {
	topo, _ := topology.Build(synth.Coverage(atoms, 4))
	a := &Atlas{}
	n := &Net{Levels: make([]gridmap.Level, 3), ground: &ground{topo: topo}}
	count := [3]int{}
	for f := range atoms {
		a.atoms = append(a.atoms, Atom{ID: gridmap.AtomID(f + 1), Code: fmt.Sprint("a", f)})
		n.ground.atoms = append(n.ground.atoms, int32(f))
		count = [3]int{f/1250 + 1, f/250 + 1, f/25 + 1}
	}
	first := [3]int{0, count[0], count[0] + count[1]}
	for rank, per := range [3]int{0, 5, 10} {
		for i := range count[rank] {
			g := Grid{ID: gridmap.GridID(1000*(rank+1)*atoms + i), Level: rank, Parent: None, Code: fmt.Sprintf("%d-%d", rank, i), Name: fmt.Sprintf("第%d", i)}
			if rank > 0 {
				g.Parent = int32(first[rank-1] + i/per)
			}
			g.AreaM2 = float64([3]int{1250, 250, 25}[rank]) * measure.AreaM2(topo.FacePolygon(0))
			n.Grids = append(n.Grids, g)
		}
	}
	for f := range atoms {
		n.leafOf = append(n.leafOf, int32(first[2]+f/25))
	}
	if _, err := n.Pyramid(a); err != nil {
		t.Fatal(err)
	}
	return a, n
}

// drafted is a plan in the making: atoms handed to neighbours, corners moved,
// grids renamed, opened and moved to another parent.
type drafted struct {
	n    *Net
	plan Draft
	next int32
}

func newDrafted(n *Net) *drafted {
	return &drafted{n: n, next: int32(len(n.Grids)), plan: Draft{
		Ground: n.ground.topo, Owner: slices.Clone(n.leafOf), Grids: map[int32]Grid{}, Atoms: map[int32]Atom{}, Colours: map[int32]uint8{},
	}}
}

func (d *drafted) step(kind, at int) {
	face := topology.FaceID(at % len(d.plan.Owner))
	arcs := d.plan.Ground.FaceArcs(face)
	arc := d.plan.Ground.Arc(arcs[at%len(arcs)])
	d.plan.Owner = slices.Clone(d.plan.Owner)
	switch kind {
	case 0:
		if other := arc.Left + arc.Right - face; other >= 0 {
			d.plan.Owner[face] = d.plan.Owner[other]
		}
	case 1:
		p := arc.Points[0]
		if t, _, err := d.plan.Ground.MoveNode(p, spatial.Point{X: p.X + int32(at%700), Y: p.Y - int32(at%500)}); err == nil {
			d.plan.Ground = t
		}
	case 2:
		g := d.n.Grids[d.n.leafOf[int(face)%len(d.n.leafOf)]]
		g.Name = fmt.Sprint("改", at)
		d.plan.Grids[d.n.Index(g.ID)] = g
	case 3:
		g := d.n.Grids[d.n.leafOf[0]]
		g.ID, g.Code, g.Name = gridmap.GridID(-1-int64(d.next)), fmt.Sprint("新", d.next), "新网格"
		d.plan.Grids[d.next], d.plan.Colours[d.next] = g, 5
		d.plan.Owner[face] = d.next
		d.next++
	case 4:
		box := d.plan.Ground.FaceBox(face)
		mid := (box.Min.X + box.Max.X) / 2
		t, c, err := d.plan.Ground.SplitFace(face, []spatial.Point{{X: mid, Y: box.Min.Y - 100}, {X: mid, Y: box.Max.Y + 100}})
		if err != nil {
			return
		}
		d.plan.Ground = t
		for _, f := range c.NewFaces {
			d.plan.Owner = append(d.plan.Owner, d.plan.Owner[face])
			d.plan.Atoms[int32(f)] = Atom{ID: gridmap.AtomID(-1 - int64(f)), Code: "半"}
		}
	}
}

func indexed(n *Net) *Net {
	n.byID = map[gridmap.GridID]int32{}
	for i := range n.Grids {
		n.byID[n.Grids[i].ID] = int32(i)
	}
	return n
}

func TestADraftCutsTheTilesOfOneDrawnFromNothing(t *testing.T) {
	a, n := plainNet(t, 300)
	indexed(n)
	rapid.Check(t, func(t *rapid.T) {
		d, last := newDrafted(n), (*Drawing)(nil)
		for range rapid.IntRange(1, 6).Draw(t, "states") {
			for range rapid.IntRange(0, 4).Draw(t, "steps") {
				d.step(rapid.IntRange(0, 4).Draw(t, "kind"), rapid.IntRange(0, 1<<20).Draw(t, "at"))
			}
			now, err := n.Draft(a, d.plan, last)
			if err != nil {
				t.Fatal(err)
			}
			src := tiles.Source{Geometry: tiles.NewGeometry(d.plan.Ground), Levels: now.levels, Atoms: now.pyramid.Atoms()}
			want, err := tiles.Build(src)
			if err != nil {
				t.Fatal(err)
			}
			box := src.Geometry.Box()
			for z := uint8(8); z <= 14; z += 2 {
				x0, y0, x1, y1 := tiles.Range(box, z)
				x, y := rapid.Uint32Range(x0, x1).Draw(t, "x"), rapid.Uint32Range(y0, y1).Draw(t, "y")
				if !bytes.Equal(now.pyramid.Tile(tiles.SetMap, uint32(z), x, y), want.Tile(tiles.SetMap, uint32(z), x, y)) {
					t.Fatalf("tile %d/%d/%d differs from one drawn from nothing", z, x, y)
				}
			}
			for f, g := range d.plan.Owner {
				if leaf := now.levels[2]; leaf.IDs[leaf.Of[f]] != FeatureID(newDraftGrid(n, &d.plan, g).ID) {
					t.Fatalf("face %d is drawn in %d, not in grid %d", f, leaf.IDs[leaf.Of[f]], g)
				}
			}
			last = now
		}
	})
}

func newDraftGrid(n *Net, plan *Draft, i int32) *Grid {
	if g, ok := plan.Grids[i]; ok {
		return &g
	}
	return &n.Grids[i]
}

func (w *town) atlas(t *testing.T) (a *Atlas) {
	err := w.store.View(context.Background(), func(r gridmap.Reader) (err error) {
		a, err = Load(context.Background(), r, w.now, 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// What is published looks as its draft did.
func TestADraftLooksLikeTheMapThatIsPublishedOfIt(t *testing.T) {
	w := newTown(t)
	rng := rand.New(rand.NewPCG(3, 4))
	for range 12 {
		before := w.atlas(t)
		n := before.Main()
		plan := Draft{Owner: slices.Clone(n.leafOf), Colours: map[int32]uint8{}}
		var members []gridmap.Membership
		for range 1 + rng.IntN(4) {
			f, g := rng.IntN(len(plan.Owner)), n.Index(w.leaves[rng.IntN(len(w.leaves))])
			plan.Owner[f] = g
			members = append(members, gridmap.Membership{Atom: before.atoms[n.ground.atoms[f]].ID, Network: 1, Grid: n.Grids[g].ID, Span: gridmap.Span{ValidFrom: w.now}})
		}
		if err := w.change(func(ctx context.Context, out gridmap.Writer) error {
			for _, m := range members { // the last word counts
				if err := out.PutMemberships(ctx, m); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		after := w.atlas(t)
		m := after.Main()
		for i := range m.Grids {
			plan.Colours[int32(i)] = m.Colour(after, int32(i))
		}
		published := slices.Clone(n.Drawing(before).levels[2].Colours)
		d, err := n.Draft(before, plan, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(published, n.Drawing(before).levels[2].Colours) {
			t.Fatal("the draft painted the published map")
		}
		p, err := m.Pyramid(after)
		if err != nil {
			t.Fatal(err)
		}
		for rank := range d.levels {
			d.levels[rank].MinZoom, d.levels[rank].LabelZoom = m.Drawing(after).levels[rank].MinZoom, m.Drawing(after).levels[rank].LabelZoom
		}
		q, err := d.pyramid.Next(tiles.Source{Geometry: d.pyramid.Geometry(), Levels: d.levels, Atoms: d.pyramid.Atoms()})
		if err != nil {
			t.Fatal(err)
		}
		for z := uint8(6); z <= 14; z++ {
			x0, y0, x1, y1 := tiles.Range(m.Bounds(), z)
			for x := x0; x <= min(x1, x0+4); x++ {
				for y := y0; y <= min(y1, y0+4); y++ {
					if !bytes.Equal(p.Tile(tiles.SetMap, uint32(z), x, y), q.Tile(tiles.SetMap, uint32(z), x, y)) {
						t.Fatalf("tile %d/%d/%d is not what the draft showed", z, x, y)
					}
				}
			}
		}
	}
}

func TestADraftWithWrongNumbersIsRefused(t *testing.T) {
	a, n := plainNet(t, 60)
	for name, plan := range map[string]Draft{
		"an owner that is not there":     {Owner: append(slices.Clone(n.leafOf[1:]), 4711)},
		"too few owners":                 {Owner: n.leafOf[1:]},
		"a gap in the numbers":           {Owner: n.leafOf, Grids: map[int32]Grid{int32(len(n.Grids)) + 1: {Level: 2}}},
		"a grid that changed its level":  {Owner: n.leafOf, Grids: map[int32]Grid{n.leafOf[0]: {Level: 0}}},
		"a level that is not there":      {Owner: n.leafOf, Grids: map[int32]Grid{int32(len(n.Grids)): {Level: 9}}},
		"an index that is under nothing": {Owner: n.leafOf, Grids: map[int32]Grid{-7: {}}},
	} {
		if _, err := n.Draft(a, plan, nil); err == nil {
			t.Errorf("%s: no complaint", name)
		}
	}
	circle := n.Grids[n.leafOf[0]]
	circle.Parent = n.leafOf[0]
	if _, err := n.Draft(a, Draft{Owner: n.leafOf, Grids: map[int32]Grid{n.leafOf[0]: circle}}, nil); err != nil {
		t.Errorf("a tree that runs in a circle: %v", err)
	}
}

// BenchmarkDraft makes the pyramid of a plan's next state, finds which tiles it
// touched and cuts one of them; the rival draws the same state from nothing.
func BenchmarkDraft(b *testing.B) {
	const atoms = 50_000
	a, n := plainNet(b, atoms)
	indexed(n)
	for _, kind := range []struct {
		name  string
		steps []int
	}{{"rename", []int{2}}, {"atoms", []int{0, 0, 0, 0, 0}}, {"corner", []int{1}}, {"split", []int{4, 0}}} {
		states := []*drafted{newDrafted(n)}
		for i := range 40 {
			d := *states[i]
			d.plan.Grids, d.plan.Atoms = maps.Clone(d.plan.Grids), maps.Clone(d.plan.Atoms)
			for k, step := range kind.steps {
				d.step(step, 7919*(i+1)+k)
			}
			states = append(states, &d)
		}
		one := func(b *testing.B, i int, last *Drawing) *Drawing {
			d, err := n.Draft(a, states[i].plan, last)
			if err != nil {
				b.Fatal(err)
			}
			return d
		}
		b.Run(kind.name+"/next", func(b *testing.B) {
			b.ReportAllocs()
			last, i := one(b, 0, nil), 0
			for b.Loop() {
				if i++; i == len(states) {
					last, i = one(b, 0, nil), 1
				}
				now := one(b, i, last)
				box := tiles.Changed(last.pyramid, now.pyramid)
				if len(box) > 0 {
					x, y, _, _ := tiles.Range(box[0], 14)
					now.pyramid.Tile(tiles.SetMap, 14, x, y)
				}
				last = now
			}
		})
		b.Run(kind.name+"/from-nothing", func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i = i%(len(states)-1) + 1
				plan := &states[i].plan
				fresh := &Net{Levels: n.Levels, Grids: n.Grids, byID: n.byID, leafOf: n.leafOf, ground: &ground{topo: plan.Ground, atoms: n.ground.atoms}}
				fresh.ground.topo = plan.Ground
				if plan.Ground.NumFaces() != atoms {
					fresh.ground.topo = n.ground.topo
				}
				fresh.draw(a, nil).pyramid.Tile(tiles.SetMap, 14, 13600, 7000)
			}
		})
	}
}
