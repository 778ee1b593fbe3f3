package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// same compares by what people would see: JSON, in which an empty map and
// none are told apart and times are moments.
func same(t testing.TB, what string, got, want any) {
	t.Helper()
	g, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	w, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if string(g) != string(w) {
		t.Errorf("%s\n got %s\nwant %s", what, g, w)
	}
}

// capture is a Writer that notes what was put.
type capture struct {
	gridmap.Writer
	grids   map[gridmap.GridID]gridmap.Grid
	atoms   map[gridmap.AtomID]gridmap.Atom
	places  []gridmap.Place
	persons []gridmap.Person
	posts   []gridmap.Post
	members []gridmap.Membership
	records []gridmap.Record
}

func (c *capture) PutGrids(ctx context.Context, all ...gridmap.Grid) error {
	for _, g := range all {
		g.RecordedFrom = 1
		c.grids[g.ID] = g
	}
	return c.Writer.PutGrids(ctx, all...)
}

func (c *capture) PutAtoms(ctx context.Context, all ...gridmap.Atom) error {
	for _, a := range all {
		a.RecordedFrom = 1
		c.atoms[a.ID] = a
	}
	return c.Writer.PutAtoms(ctx, all...)
}

func (c *capture) PutPlaces(ctx context.Context, all ...gridmap.Place) error {
	c.places = append(c.places, all...)
	return c.Writer.PutPlaces(ctx, all...)
}

func (c *capture) PutPersons(ctx context.Context, all ...gridmap.Person) error {
	c.persons = append(c.persons, all...)
	return c.Writer.PutPersons(ctx, all...)
}

func (c *capture) PutPosts(ctx context.Context, all ...gridmap.Post) error {
	c.posts = append(c.posts, all...)
	return c.Writer.PutPosts(ctx, all...)
}

func (c *capture) PutMemberships(ctx context.Context, all ...gridmap.Membership) error {
	c.members = append(c.members, all...)
	return c.Writer.PutMemberships(ctx, all...)
}

func (c *capture) PutRecords(ctx context.Context, all ...gridmap.Record) error {
	c.records = append(c.records, all...)
	return c.Writer.PutRecords(ctx, all...)
}

func everythingComesBack(t *testing.T, s gridmap.Store) {
	put := capture{grids: map[gridmap.GridID]gridmap.Grid{}, atoms: map[gridmap.AtomID]gridmap.Atom{}}
	cs := update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		put.Writer = w
		return putSmall(ctx, &put)
	})
	same(t, "change set", cs, gridmap.ChangeSet{Seq: 1, At: now.UTC().Truncate(time.Microsecond), Actor: "测试员", Action: "test", Note: "说明"})
	first := func(s *gridmap.Span) { s.RecordedFrom = 1 }
	first(&put.places[0].Span)
	first(&put.persons[0].Span)
	first(&put.posts[0].Span)
	first(&put.records[0].Span)
	first(&put.members[0].Span)
	first(&put.members[1].Span)
	q := gridmap.Query{}
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		grids, err1 := all(r.Grids(ctx, q))
		same(t, "grids", grids, []gridmap.Grid{put.grids[town], put.grids[east], put.grids[west]})
		atoms, err2 := all(r.Atoms(ctx, q))
		same(t, "atoms", atoms, []gridmap.Atom{put.atoms[house], put.atoms[shop]})
		members, err3 := all(r.Memberships(ctx, q))
		same(t, "memberships", members, put.members)
		places, err4 := all(r.Places(ctx, q))
		same(t, "places", places, put.places)
		persons, err5 := all(r.Persons(ctx, q))
		same(t, "persons", persons, put.persons)
		posts, err6 := all(r.Posts(ctx, q))
		same(t, "posts", posts, put.posts)
		sets, err7 := all(r.ChangeSets(ctx, 0))
		same(t, "change sets", sets, []gridmap.ChangeSet{cs})
		records, err8 := all(r.Records(ctx, q))
		same(t, "records", records, put.records)
		if len(records) != 1 || string(records[0].Body) != string(put.records[0].Body) { // to the byte
			t.Errorf("records %+v", records)
		}
		return errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, configComesBack(ctx, t, r))
	})
}

func configComesBack(ctx context.Context, t *testing.T, r gridmap.Reader) error {
	settings, err := r.Settings(ctx)
	same(t, "settings", settings, gridmap.Settings{Title: "小图", DataDate: now.UTC().Truncate(time.Microsecond)})
	networks, err2 := r.Networks(ctx)
	same(t, "networks", networks, []gridmap.Network{{ID: net, Code: "main", Name: "综治网", Main: true}, {ID: other, Code: "party", Name: "党建网"}})
	levels, err3 := r.Levels(ctx)
	same(t, "levels", levels, []gridmap.Level{{Network: net, Rank: 0, Code: "town", Name: "街道"}, {Network: net, Rank: 1, Code: "grid", Name: "网格"}, {Network: other, Code: "branch", Name: "支部"}})
	roles, err4 := r.Roles(ctx)
	same(t, "roles", roles, []gridmap.Role{{Code: "head", Name: "网格长"}, {Code: "grid_worker", Name: "网格员", Order: 1}})
	profiles, err5 := r.Profiles(ctx)
	same(t, "profiles", profiles, []gridmap.SizingProfile{{
		Network: net, Level: 1, Type: gridmap.General, Unit: "households",
		Min: 300, Target: 400, Max: 500, PerStaff: true, Weights: map[string]float64{"households": 1, "shops": 0.25},
	}})
	return errors.Join(err, err2, err3, err4, err5)
}

func emptyStore(t *testing.T, s gridmap.Store) {
	if h := head(t, s); h != (gridmap.Head{}) {
		t.Errorf("head %+v", h)
	}
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		settings, err := r.Settings(ctx)
		same(t, "settings", settings, gridmap.Settings{})
		grids, err2 := all(r.Grids(ctx, gridmap.Query{All: true}))
		audit, err3 := all(r.Audit(ctx, 0))
		if len(grids) > 0 || len(audit) > 0 {
			t.Errorf("%d grids, %d audit lines", len(grids), len(audit))
		}
		return errors.Join(err, err2, err3)
	})
}

func sequencesInOrder(t *testing.T, s gridmap.Store) {
	person := func(id gridmap.PersonID, from int) gridmap.Person {
		p := gridmap.Person{ID: id, Name: fmt.Sprint("人", id)}
		if from > 0 {
			p.ValidFrom = day(from)
		}
		return p
	}
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutPersons(ctx, person(9, 0), person(2, 5), person(2, 0), person(10, 3))
	})
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutPersons(ctx, person(2, 7), person(9, 4))
	})
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		persons, err := all(r.Persons(ctx, gridmap.Query{All: true}))
		for i := 1; i < len(persons); i++ {
			a, b := persons[i-1], persons[i]
			if a.ID > b.ID || a.ID == b.ID && (a.ValidFrom.After(b.ValidFrom) || a.ValidFrom.Equal(b.ValidFrom) && a.RecordedFrom >= b.RecordedFrom) {
				t.Errorf("%+v comes before %+v", a, b)
			}
		}
		if len(persons) != 7 {
			t.Errorf("%d versions, want 7: %+v", len(persons), persons)
		}
		return err
	})
}

func ownWrites(t *testing.T, s gridmap.Store) {
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		if err := putSmall(ctx, w); err != nil {
			return err
		}
		for p, err := range w.Persons(ctx, gridmap.Query{}) {
			if err != nil {
				return err
			}
			p.Name = "改名"
			if err := w.PutPersons(ctx, p); err != nil {
				return err
			}
		}
		persons, err := all(w.Persons(ctx, gridmap.Query{All: true}))
		if len(persons) != 1 || persons[0].Name != "改名" {
			t.Errorf("the writer sees %+v", persons)
		}
		return err
	})
}

func writeWhileRanging(t *testing.T, s gridmap.Store) {
	const n = 300
	update(t, s, func(ctx context.Context, w gridmap.Writer) error { return w.PutPersons(ctx, people(1, n)...) })
	seen := 0
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		for p, err := range w.Persons(ctx, gridmap.Query{}) {
			if err != nil {
				return err
			}
			if seen++; seen > 2*n || p.Name == "新" {
				t.Fatalf("row %d is %+v, written meanwhile", seen, p)
			}
			p.Name = "新"
			ahead := gridmap.Person{ID: gridmap.PersonID(n + 1 - int(p.ID)), Name: "新"}
			if err := w.PutPersons(ctx, p); err != nil {
				return err
			}
			if err := w.PutPersons(ctx, ahead); err != nil {
				return err
			}
			if err := w.PutPersons(ctx, gridmap.Person{ID: p.ID + 10*n, Name: "又新"}); err != nil {
				return err
			}
		}
		return nil
	})
	if seen != n {
		t.Errorf("%d rows, want %d", seen, n)
	}
}

func people(from, n int) []gridmap.Person {
	out := make([]gridmap.Person, n)
	for i := range out {
		out[i] = gridmap.Person{ID: gridmap.PersonID(from + i), Name: fmt.Sprint("人", from+i)}
	}
	return out
}

func nestedAndLeftEarly(t *testing.T, s gridmap.Store) {
	small(t, s)
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		pairs := 0
		for _, err := range r.Grids(ctx, gridmap.Query{}) {
			if err != nil {
				return err
			}
			for _, err := range r.Atoms(ctx, gridmap.Query{}) {
				if err != nil {
					return err
				}
				pairs++
			}
			for _, err := range r.Persons(ctx, gridmap.Query{}) {
				if err != nil {
					return err
				}
				break
			}
			if _, err := r.Head(ctx); err != nil {
				return err
			}
		}
		if pairs != 6 {
			t.Errorf("%d pairs, want 6", pairs)
		}
		return nil
	})
}

func readAfterView(t *testing.T, s gridmap.Store) {
	small(t, s)
	var kept gridmap.Reader
	view(t, s, func(_ context.Context, r gridmap.Reader) error { kept = r; return nil })
	if _, err := kept.Head(t.Context()); err == nil {
		t.Error("a reader works after its view")
	}
	if _, err := all(kept.Grids(t.Context(), gridmap.Query{})); err == nil {
		t.Error("a sequence works after its view")
	}
}

func bulk(t *testing.T, s gridmap.Store) {
	small(t, s)
	const n = 12_345 // several batches, the last one partly full
	atoms, members := make([]gridmap.Atom, n), make([]gridmap.Membership, n)
	for i := range atoms {
		id := gridmap.AtomID(1000 + i)
		atoms[i] = gridmap.Atom{
			ID: id, Code: fmt.Sprint("X", i), Counts: map[string]int64{"households": int64(i)},
			Shape: spatial.MultiPolygon{{square(int32(i)*10, 0, 9)}},
		}
		members[i] = gridmap.Membership{Atom: id, Network: net, Grid: east}
	}
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		return errors.Join(w.PutAtoms(ctx, atoms...), w.PutMemberships(ctx, members...))
	})
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		got, err := all(r.Atoms(ctx, gridmap.Query{Since: 1}))
		for i := range atoms {
			atoms[i].RecordedFrom = 2
		}
		if len(got) != n {
			t.Fatalf("%d atoms, want %d", len(got), n)
		}
		same(t, "the last atom", got[n-1], atoms[n-1])
		return err
	})
}
