package atlas

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/gpkg"
	"cloudgrid/spatial"
	"cloudgrid/spatial/synth"
	"cloudgrid/tiles"
)

// town is a small map that random changes are made to.
type town struct {
	store gridmap.Store
	now   time.Time

	tops, mids, leaves []gridmap.GridID
	party              []gridmap.GridID // leaves of a second network over the same atoms
	atoms              []gridmap.Atom
	persons            []gridmap.PersonID
	posts              []gridmap.PostID
	places             []gridmap.PlaceID
	records            []gridmap.RecordID
	serial             int
}

const townAtoms = 48

func newTown(t testing.TB) *town { return townOf(t, "", "") }

// townOf is a town whose two tops have these codes.
func townOf(t testing.TB, tops ...string) *town {
	s, err := gpkg.Open(context.Background(), filepath.Join(t.TempDir(), "town.gpkg"), gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w := &town{store: s, now: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)}
	if err := w.change(func(ctx context.Context, out gridmap.Writer) error { return w.found(ctx, out, tops) }); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *town) change(fn func(context.Context, gridmap.Writer) error) error {
	ctx := context.Background()
	_, err := w.store.Update(ctx, gridmap.Commit{At: w.now, Actor: "test", Action: "test", Edit: &gridmap.Edition{EffectiveAt: w.now}},
		func(out gridmap.Writer) error { return fn(ctx, out) })
	return err
}

func (w *town) id() int64 { w.serial++; return int64(w.serial) }

func (w *town) found(ctx context.Context, out gridmap.Writer, tops []string) error {
	first, err := out.NewIDs(ctx, 10_000)
	if err != nil {
		return err
	}
	w.serial = int(first) - 1
	var grids []gridmap.Grid
	grid := func(network gridmap.NetworkID, level int, parent gridmap.GridID) gridmap.GridID {
		id := gridmap.GridID(w.id())
		grids = append(grids, gridmap.Grid{ID: id, Network: network, Level: level, Parent: parent, Code: fmt.Sprint("g", id), Name: fmt.Sprint("格", id)})
		return id
	}
	for _, code := range tops {
		w.tops = append(w.tops, grid(1, 0, 0))
		if code != "" {
			grids[len(grids)-1].Code = code
		}
	}
	for i := range 4 {
		w.mids = append(w.mids, grid(1, 1, w.tops[i/2]))
	}
	for i := range 16 {
		w.leaves = append(w.leaves, grid(1, 2, w.mids[i/4]))
	}
	for range 6 {
		w.party = append(w.party, grid(2, 0, 0))
	}
	var members []gridmap.Membership
	for i, shape := range synth.Coverage(townAtoms, 3) {
		a := gridmap.Atom{
			ID: gridmap.AtomID(w.id()), Code: fmt.Sprint("a", i), Shape: shape,
			Counts: map[string]int64{"households": int64(i), "persons": int64(3 * i)},
		}
		w.atoms = append(w.atoms, a)
		members = append(members, gridmap.Membership{Atom: a.ID, Network: 1, Grid: w.leaves[i/3]}, gridmap.Membership{Atom: a.ID, Network: 2, Grid: w.party[i/8]})
	}
	for _, put := range []func() error{
		func() error {
			return out.PutNetwork(ctx, gridmap.Network{ID: 1, Code: "main", Name: "主网", Main: true})
		},
		func() error { return out.PutNetwork(ctx, gridmap.Network{ID: 2, Code: "party", Name: "党建网"}) },
		func() error {
			return out.PutLevels(ctx, 1, []gridmap.Level{{Network: 1, Rank: 0, Code: "t", Name: "街道"}, {Network: 1, Rank: 1, Code: "m", Name: "社区"}, {Network: 1, Rank: 2, Code: "l", Name: "网格"}})
		},
		func() error { return out.PutLevels(ctx, 2, []gridmap.Level{{Network: 2, Code: "p", Name: "党"}}) },
		func() error { return out.PutRole(ctx, gridmap.Role{Code: "lead", Name: "网格长", Order: 1}) },
		func() error { return out.PutRole(ctx, gridmap.Role{Code: "aid", Name: "网格员", Order: 2}) },
		func() error { return out.PutGrids(ctx, grids...) },
		func() error { return out.PutAtoms(ctx, w.atoms...) },
		func() error { return out.PutMemberships(ctx, members...) },
	} {
		if err := put(); err != nil {
			return err
		}
	}
	return nil
}

func pick[T any](rt *rapid.T, what string, from []T) T {
	return from[rapid.IntRange(0, len(from)-1).Draw(rt, what)]
}

// span is when a change holds: mostly from now on, at times from the past, or
// only from a coming moment.
func (w *town) span(rt *rapid.T) gridmap.Span {
	from := w.now.Add(time.Duration(pick(rt, "from", []int{0, 0, 0, -90, 45, 200})) * time.Minute)
	return gridmap.Span{ValidFrom: from}
}

// live lets half an hour pass, and makes up to most random edits at the end of
// it as one change set.
func (w *town) live(rt *rapid.T, most int) {
	w.now = w.now.Add(time.Hour / 2)
	if err := w.change(func(ctx context.Context, out gridmap.Writer) error {
		for range rapid.IntRange(1, most).Draw(rt, "edits") {
			if err := w.edit(ctx, rt, out); err != nil && gridmap.CodeOf(err) == gridmap.Internal {
				return err
			}
		}
		return nil
	}); err != nil {
		rt.Fatal(err)
	}
}

// edit makes one random change.
func (w *town) edit(ctx context.Context, rt *rapid.T, out gridmap.Writer) error {
	span := w.span(rt)
	name := fmt.Sprint("名", rapid.IntRange(0, 99).Draw(rt, "name"))
	switch op := rapid.IntRange(0, 16).Draw(rt, "op"); op {
	case 0: // say something else of a leaf, or put it under another parent
		id := pick(rt, "leaf", w.leaves)
		return out.PutGrids(ctx, gridmap.Grid{ID: id, Network: 1, Level: 2, Parent: pick(rt, "parent", w.mids), Code: fmt.Sprint("g", id), Name: name, Span: span})
	case 1:
		k := rapid.IntRange(0, 3).Draw(rt, "mid")
		id := w.mids[k]
		return out.PutGrids(ctx, gridmap.Grid{ID: id, Network: 1, Level: 1, Parent: w.tops[k/2], Code: fmt.Sprint("g", id), Name: name, Attrs: map[string]string{"k": name}, Span: span})
	case 2: // a new grid
		id := gridmap.GridID(w.id())
		w.leaves = append(w.leaves, id)
		return out.PutGrids(ctx, gridmap.Grid{ID: id, Network: 1, Level: 2, Parent: pick(rt, "parent", w.mids), Code: fmt.Sprint("g", id), Name: name, Span: span})
	case 3, 4, 5: // atoms to other grids
		for range rapid.IntRange(1, 4).Draw(rt, "atoms") {
			m := gridmap.Membership{Atom: pick(rt, "atom", w.atoms).ID, Network: 1, Grid: pick(rt, "to", w.leaves), Span: span}
			if op == 5 {
				m.Network, m.Grid = 2, pick(rt, "to party", w.party)
			}
			if err := out.PutMemberships(ctx, m); err != nil {
				return err
			}
		}
	case 6:
		a := pick(rt, "atom", w.atoms)
		a.Span, a.Name = span, name
		a.Counts = map[string]int64{"households": int64(len(name)), "persons": rapid.Int64Range(0, 99).Draw(rt, "persons")}
		return out.PutAtoms(ctx, a)
	case 7:
		id := gridmap.PersonID(w.id())
		w.persons = append(w.persons, id)
		return out.PutPersons(ctx, gridmap.Person{ID: id, Name: name, Span: span})
	case 8:
		if len(w.persons) == 0 {
			return nil
		}
		id := pick(rt, "person", w.persons)
		if rapid.Bool().Draw(rt, "leaves") {
			return out.EndPersons(ctx, span.ValidFrom, id)
		}
		return out.PutPersons(ctx, gridmap.Person{ID: id, Name: name, Span: span})
	case 9, 10:
		p := gridmap.Post{ID: gridmap.PostID(w.id()), Grid: pick(rt, "at", append(w.leaves, w.mids...)), Role: pick(rt, "role", []string{"lead", "aid"}), Rank: rapid.IntRange(1, 2).Draw(rt, "rank"), Span: span}
		if len(w.posts) > 0 && op == 10 {
			p.ID = pick(rt, "post", w.posts)
		} else {
			w.posts = append(w.posts, p.ID)
		}
		if len(w.persons) > 0 {
			p.Person = pick(rt, "who", w.persons)
		}
		return out.PutPosts(ctx, p)
	case 11:
		if len(w.posts) == 0 {
			return nil
		}
		return out.EndPosts(ctx, span.ValidFrom, pick(rt, "post", w.posts))
	case 12:
		id := gridmap.PlaceID(w.id())
		if len(w.places) > 0 && rapid.Bool().Draw(rt, "known") {
			id = pick(rt, "place", w.places)
		} else {
			w.places = append(w.places, id)
		}
		return out.PutPlaces(ctx, gridmap.Place{ID: id, Name: name, Span: span, Atom: pick(rt, "atom", w.atoms).ID})
	case 14:
		id := gridmap.RecordID(w.id())
		if len(w.records) > 0 && rapid.Bool().Draw(rt, "known") {
			id = pick(rt, "record", w.records)
		} else {
			w.records = append(w.records, id)
		}
		kind := []gridmap.RecordKind{gridmap.SignRecord, gridmap.RosterRecord}[id%2]
		return out.PutRecords(ctx, gridmap.Record{ID: id, Kind: kind, Body: []byte(`{"n":"` + name + `"}`), Span: span})
	case 15:
		if len(w.records) == 0 {
			return nil
		}
		return out.EndRecords(ctx, span.ValidFrom, pick(rt, "record", w.records))
	case 16:
		from := pick(rt, "from", w.leaves)
		to := rapid.SliceOfN(rapid.SampledFrom(append([]gridmap.GridID{0, from}, w.leaves...)), 1, 3).Draw(rt, "heirs")
		return out.PutRecords(ctx, w.descent(from, to, span)...)
	case 13:
		switch rapid.IntRange(0, 2).Draw(rt, "rare") {
		case 0:
			return out.PutRole(ctx, gridmap.Role{Code: "aid", Name: name, Order: rapid.IntRange(0, 3).Draw(rt, "order")})
		case 1:
			return out.PutSettings(ctx, gridmap.Settings{Title: name})
		default: // a leaf ends: refused by a load if it still has ground
			return out.EndGrids(ctx, span.ValidFrom, w.leaves[len(w.leaves)-1])
		}
	}
	return nil
}

// descent is what a publishing leaves of a grid whose ground went to these.
func (w *town) descent(from gridmap.GridID, to []gridmap.GridID, span gridmap.Span) (records []gridmap.Record) {
	w.serial++
	edition := w.serial
	for _, heir := range to {
		body := fmt.Appendf(nil, `{"from":%d,"to":%d,"share":%g,"edition":%d}`, from, heir, 1/float64(len(to)), edition)
		records = append(records, gridmap.Record{ID: gridmap.RecordID(w.id()), Kind: gridmap.LineageRecord, Grid: from, Body: body, Span: span})
	}
	return records
}

// TestARefreshedMapIsTheLoadedMap changes a map at random and compares the
// snapshot made by sharing with one loaded whole, after every change set.
func TestARefreshedMapIsTheLoadedMap(t *testing.T) {
	shared, loaded := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		w := newTown(t)
		ctx := context.Background()
		have, err := load(ctx, w)
		if err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(1, 5).Draw(rt, "change sets") {
			if rapid.Bool().Draw(rt, "drawn") {
				have.look(rt)
			}
			w.live(rt, 4)
			var next *Atlas
			if err := w.store.View(ctx, func(r gridmap.Reader) error {
				next, err = have.refreshed(ctx, r, w.now)
				return err
			}); err != nil {
				rt.Fatal(err)
			}
			want, err := load(ctx, w)
			if err != nil { // ground without a grid: both must say so
				if next != nil {
					rt.Fatalf("refreshed what cannot be loaded: %v", err)
				}
				return
			}
			if next == nil {
				loaded++
				have = want
				continue
			}
			shared++
			sameMap(rt, next, want)
			have = next
		}
	})
	t.Logf("%d snapshots shared, %d loaded", shared, loaded)
	if shared < loaded {
		t.Errorf("only %d of %d snapshots were made by sharing", shared, shared+loaded)
	}
}

func load(ctx context.Context, w *town) (a *Atlas, err error) {
	err = w.store.View(ctx, func(r gridmap.Reader) error {
		a, err = Load(ctx, r, w.now, 0)
		return err
	})
	return a, err
}

// look makes all that is made when first asked for.
func (a *Atlas) look(rt *rapid.T) {
	for _, n := range a.nets {
		for level := range n.Levels {
			n.at(level)
		}
		if _, err := n.Pyramid(a); err != nil {
			rt.Fatal(err)
		}
	}
}

func sameMap(rt *rapid.T, got, want *Atlas) {
	same := func(what string, g, w any) {
		if !reflect.DeepEqual(g, w) {
			rt.Fatalf("%s:\n got %+v\nwant %+v", what, g, w)
		}
	}
	same("token", got.Token(), want.Token())
	same("until", got.until, want.until)
	same("head", got.head, want.head)
	same("edition", got.edition, want.edition)
	same("settings", got.settings, want.settings)
	same("atoms", got.atoms, want.atoms)
	same("counts", got.counts, want.counts)
	same("persons", len(got.persons), len(want.persons))
	for i := range got.persons {
		same("person", got.persons[i], want.persons[i])
	}
	same("places", len(got.places), len(want.places))
	for i := range got.places {
		same("place", got.places[i], want.places[i])
	}
	same("roles", got.roles, want.roles)
	same("stray posts", got.stray, want.stray)
	same("records", got.records, want.records)
	same("heirs", got.heirs, want.heirs)
	for i, n := range got.nets {
		m := want.nets[i]
		same("grids", len(n.Grids), len(m.Grids))
		for k := range n.Grids {
			same("grid", n.Grids[k], m.Grids[k])
		}
		same("ids", n.byID, m.byID)
		same("codes", n.byCode, m.byCode)
		same("owners", n.leafOf, m.leafOf)
		sameAnswers(rt, got, want, n, m)
		sameTiles(rt, got, want, n, m)
	}
	same("complaints", got.Check(), want.Check())
}

func sameAnswers(rt *rapid.T, got, want *Atlas, n, m *Net) {
	box := want.Bounds()
	rng := rand.New(rand.NewPCG(uint64(want.head.Seq), 7))
	for level := -1; level < len(n.Levels); level++ {
		if a, b := n.at(level).grid, m.at(level).grid; !reflect.DeepEqual(a, b) {
			rt.Fatalf("faces at level %d: %v, want %v", level, a, b)
		}
		for range 30 {
			p := spatial.Point{
				X: box.Min.X + int32(rng.Int64N(int64(box.Max.X)-int64(box.Min.X))),
				Y: box.Min.Y + int32(rng.Int64N(int64(box.Max.Y)-int64(box.Min.Y))),
			}
			q := Ask{Point: p, Level: level, AccuracyM: float64(rng.IntN(3)) * 40, Around: true}
			if a, b := n.Resolve(q), m.Resolve(q); !reflect.DeepEqual(a, b) {
				rt.Fatalf("at %v: %+v, want %+v", p, a, b)
			}
		}
	}
}

func sameTiles(rt *rapid.T, got, want *Atlas, n, m *Net) {
	p, err := n.Pyramid(got)
	if err != nil {
		rt.Fatal(err)
	}
	q, err := m.Pyramid(want)
	if err != nil {
		rt.Fatal(err)
	}
	for _, z := range []uint8{11, 14} {
		x0, y0, x1, y1 := tiles.Range(want.Bounds(), z)
		x, y := (x0+x1)/2, (y0+y1)/2
		for _, set := range []tiles.Set{tiles.SetMap} {
			if a, b := p.Tile(set, uint32(z), x, y), q.Tile(set, uint32(z), x, y); !bytes.Equal(a, b) {
				rt.Fatalf("tile %s %d/%d/%d: %d bytes, want %d", set, z, x, y, len(a), len(b))
			}
		}
	}
}
