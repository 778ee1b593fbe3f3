package plan

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/gpkg"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

var (
	day0 = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	day1 = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
)

// party adds a second network over the same atoms, cut another way.
func (w *world) party() gridmap.NetworkID {
	const party gridmap.NetworkID = 2
	w.networks = append(w.networks, gridmap.Network{ID: party, Code: "party", Name: "党建网"})
	w.levels = append(w.levels, gridmap.Level{Network: party, Rank: 0, Code: "p0", Name: "党支部"})
	a, b := gridmap.GridID(w.id()), gridmap.GridID(w.id())
	w.grids = append(w.grids, gridmap.Grid{ID: a, Network: party, Code: "P1", Name: "一支部"}, gridmap.Grid{ID: b, Network: party, Code: "P2", Name: "二支部"})
	for i, id := range w.atomIDs {
		g := a
		if i%12 >= 5 {
			g = b
		}
		w.members = append(w.members, gridmap.Membership{Atom: id, Network: party, Grid: g})
	}
	return party
}

// shaped fills in the outlines of the grids.
func (w *world) shaped(t testing.TB) *world {
	a, err := atlas.Load(context.Background(), w, day0, 0)
	if err != nil {
		t.Fatal(err)
	}
	ground, atoms, _ := a.Main().Ground()
	for f, i := range atoms { // rings begin where this project begins them
		w.atoms[i].Shape = ground.FacePolygon(topology.FaceID(f))
	}
	for _, n := range a.Nets() {
		for level := range n.Levels {
			topo, grids := n.Layer(level)
			for f, g := range grids {
				for k := range w.grids {
					if w.grids[k].ID == n.Grids[g].ID && n.Grids[g].Level == level {
						w.grids[k].Shape = topo.FacePolygon(topology.FaceID(f))
					}
				}
			}
		}
	}
	return w
}

// store writes the world into a new GeoPackage.
func (w *world) store(t testing.TB, file string) {
	ctx := context.Background()
	s, err := gpkg.Open(ctx, file, gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Update(ctx, gridmap.Commit{At: day0, Actor: "test", Action: "test", Edit: &gridmap.Edition{EffectiveAt: day0}}, func(out gridmap.Writer) error {
		for _, n := range w.networks {
			if err := out.PutNetwork(ctx, n); err != nil {
				return err
			}
			levels := slices.DeleteFunc(slices.Clone(w.levels), func(l gridmap.Level) bool { return l.Network != n.ID })
			if err := out.PutLevels(ctx, n.ID, levels); err != nil {
				return err
			}
		}
		if err := out.PutGrids(ctx, w.grids...); err != nil {
			return err
		}
		if err := out.PutAtoms(ctx, w.atoms...); err != nil {
			return err
		}
		return out.PutMemberships(ctx, w.members...)
	})
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// stored is what a store holds of the map at a time, by id.
type stored struct {
	grids   map[gridmap.GridID]gridmap.Grid
	atoms   map[gridmap.AtomID]gridmap.Atom
	members map[gridmap.Membership]bool
}

func readAll(ctx context.Context, s gridmap.Store, q gridmap.Query) (out stored, err error) {
	out = stored{map[gridmap.GridID]gridmap.Grid{}, map[gridmap.AtomID]gridmap.Atom{}, map[gridmap.Membership]bool{}}
	err = s.View(ctx, func(r gridmap.Reader) error {
		for g, err := range r.Grids(ctx, q) {
			if err != nil {
				return err
			}
			out.grids[g.ID] = g
		}
		for a, err := range r.Atoms(ctx, q) {
			if err != nil {
				return err
			}
			out.atoms[a.ID] = a
		}
		for m, err := range r.Memberships(ctx, q) {
			if err != nil {
				return err
			}
			m.Span = gridmap.Span{}
			out.members[m] = true
		}
		return nil
	})
	return out, err
}

func TestWhatIsPublishedIsTheBoardAndNothingElse(t *testing.T) {
	w := newWorld(144, 3, 2, 5)
	w.party()
	w.shaped(t)
	dir := t.TempDir()
	w.store(t, filepath.Join(dir, "base.gpkg"))
	empty, err := os.ReadFile(filepath.Join(dir, "base.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		if rapid.IntRange(0, 5).Draw(t, "publish") > 0 { // a store takes its time
			return
		}
		file := filepath.Join(dir, "copy.gpkg")
		for _, f := range []string{file, filepath.Join(dir, "copy.app.db")} {
			_ = os.Remove(f)
		}
		if err := os.WriteFile(file, empty, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := gpkg.Open(ctx, file, gpkg.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		before, err := readAll(ctx, s, gridmap.Query{At: day1})
		if err != nil {
			t.Fatal(err)
		}
		b := boardOf(ctx, t, s, day0)
		var kinds []string
		for rev := int64(1); rev <= 6; rev++ {
			op := random(t, b, rev)
			if c, _, err := Apply(b, op); err == nil {
				b, kinds = c, append(kinds, op.Kind)
			}
		}
		var done Published
		set, err := s.Update(ctx, gridmap.Commit{At: day0, Actor: "test", Action: "publish", Edit: &gridmap.Edition{EffectiveAt: day1}}, func(out gridmap.Writer) (err error) {
			done, err = b.Write(ctx, out, day1)
			return err
		})
		if err != nil {
			t.Fatalf("%v: %v", kinds, err)
		}
		after, err := readAll(ctx, s, gridmap.Query{At: day1})
		if err != nil {
			t.Fatal(err)
		}
		checkPublished(t, b, done, after)
		checkUntouched(t, before, after, done)
		touched, err := readAll(ctx, s, gridmap.Query{Since: set.Seq - 1})
		if err != nil {
			t.Fatal(err)
		}
		for id, g := range touched.grids {
			if !g.ValidAt(day1) {
				continue // the end of the version before
			}
			if was, known := before.grids[id]; known && sameGridRow(was, g) {
				t.Fatalf("grid %d has a new version in which nothing is new", id)
			}
		}
		for id, a := range touched.atoms {
			if was, known := before.atoms[id]; known && a.ValidAt(day1) && reflect.DeepEqual(was.Shape, a.Shape) && maps.Equal(was.Counts, a.Counts) {
				t.Fatalf("atom %d has a new version in which nothing is new", id)
			}
		}
		checkBoard(t, boardOf(ctx, t, s, day1))
		if old := boardOf(ctx, t, s, day1.Add(-time.Hour)); len(old.Diff().Grids) > 0 {
			t.Fatalf("the map before the publish changed")
		}
		if then, err := readAll(ctx, s, gridmap.Query{At: day1.Add(-time.Hour)}); err != nil || !sameStored(before, then) {
			t.Fatalf("the map before it takes effect is not what it was: %v", err)
		}
	})
}

func boardOf(ctx context.Context, t *rapid.T, s gridmap.Store, at time.Time) *Board {
	var a *atlas.Atlas
	err := s.View(ctx, func(r gridmap.Reader) (err error) {
		a, err = atlas.Load(ctx, r, at, 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBoard(a, a.Main(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// checkPublished compares the store with the board: codes, names, parents,
// owners, counts, outlines at every level.
func checkPublished(t *rapid.T, b *Board, done Published, got stored) {
	grid := func(id gridmap.GridID) gridmap.GridID {
		if id < 0 {
			return done.NewGrids[id]
		}
		return id
	}
	alive := 0
	for i := range b.grids.len() {
		g := b.grids.at(i)
		row, there := got.grids[grid(g.id)]
		if g.retired {
			if there && grid(g.id) != 0 {
				t.Fatalf("retired grid %d is still there", g.id)
			}
			continue
		}
		alive++
		parent := gridmap.GridID(0)
		if g.parent != none {
			parent = grid(b.grids.at(g.parent).id)
		}
		if !there || row.Code != g.code || row.Name != g.name || row.Type != g.typ || row.Parent != parent || row.Level != g.level ||
			!maps.Equal(row.Attrs, g.attrs) {
			t.Fatalf("grid %d %s: the store has %+v", g.id, g.code, row)
		}
		group := make([]int32, b.owner.len())
		for f := range group {
			if group[f] = -1; b.holds(i, topology.FaceID(f)) {
				group[f] = 0
			}
		}
		if want := b.topo.Dissolve(group, 1).FacePolygon(0); !samePolygons(want, row.Shape) {
			t.Fatalf("grid %d %s: outline differs", g.id, g.code)
		}
	}
	others := 0
	for _, row := range got.grids {
		if row.Network != main1 {
			others++
			checkOther(t, b, row, got)
		}
	}
	if alive+others != len(got.grids) {
		t.Fatalf("%d grids in the draft, %d in the store", alive+others, len(got.grids))
	}
	for f := range b.owner.len() {
		a := b.atom(f)
		id := a.id
		if id < 0 {
			id = done.NewAtoms[id]
		}
		row := got.atoms[id]
		if row.Code != a.code || row.Kind != a.kind || row.Attrs["year"] != "1999" || !samePolygons(row.Shape, b.topo.FacePolygon(topology.FaceID(f))) {
			t.Fatalf("atom %d: the store has %+v", a.id, row)
		}
		for k, key := range b.base.keys {
			if row.Counts[key] != a.counts[k] {
				t.Fatalf("atom %d: %d %s in the draft, %d in the store", a.id, a.counts[k], key, row.Counts[key])
			}
		}
		if m := (gridmap.Membership{Atom: id, Network: main1, Grid: grid(b.grids.at(b.owner.at(f)).id)}); !got.members[m] {
			t.Fatalf("the store lacks %+v", m)
		}
	}
	if n := len(got.members); n != 2*int(b.owner.len()) {
		t.Fatalf("%d memberships of %d atoms in two networks", n, b.owner.len())
	}
}

// checkOther checks the outline of a grid of the other network.
func checkOther(t *rapid.T, b *Board, row gridmap.Grid, got stored) {
	var faces []spatial.MultiPolygon
	for m := range got.members {
		if m.Grid == row.ID {
			faces = append(faces, got.atoms[m.Atom].Shape)
		}
	}
	topo, _ := topology.Build(faces)
	if !samePolygons(topo.Dissolve(make([]int32, len(faces)), 1).FacePolygon(0), row.Shape) {
		t.Fatalf("grid %s of the other network: outline differs from its atoms", row.Code)
	}
}

// checkUntouched finds what was changed in silence.
func checkUntouched(t *rapid.T, before, after stored, done Published) {
	for id, was := range before.grids {
		if now, there := after.grids[id]; there && !sameGridRow(was, now) && !slices.Contains(done.Grids, id) {
			t.Fatalf("grid %d changed in silence", id)
		}
	}
	for id, was := range before.atoms {
		if !reflect.DeepEqual(was, after.atoms[id]) && !slices.Contains(done.Atoms, id) {
			t.Fatalf("atom %d changed in silence", id)
		}
	}
}

func sameGridRow(a, b gridmap.Grid) bool {
	a.Span, b.Span = gridmap.Span{}, gridmap.Span{}
	return a.Code == b.Code && a.Name == b.Name && a.Type == b.Type && a.Parent == b.Parent && maps.Equal(a.Attrs, b.Attrs) && samePolygons(a.Shape, b.Shape)
}

func sameStored(a, b stored) bool {
	if len(a.grids) != len(b.grids) || len(a.atoms) != len(b.atoms) || !maps.Equal(a.members, b.members) {
		return false
	}
	for id, g := range a.grids {
		if !sameGridRow(g, b.grids[id]) {
			return false
		}
	}
	for id, x := range a.atoms {
		if y := b.atoms[id]; !samePolygons(x.Shape, y.Shape) || !maps.Equal(x.Counts, y.Counts) {
			return false
		}
	}
	return true
}
