package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

func danglingReferences(t *testing.T, s gridmap.Store) {
	small(t, s)
	leaf := gridmap.Grid{ID: 91, Network: net, Level: 1, Parent: town, Code: "Z", Name: "某"}
	with := func(change func(*gridmap.Grid)) gridmap.Grid {
		g := leaf
		change(&g)
		return g
	}
	for what, grid := range map[string]gridmap.Grid{
		"no network":         with(func(g *gridmap.Grid) { g.Network = 77 }),
		"no level":           with(func(g *gridmap.Grid) { g.Level = 2 }),
		"no parent":          with(func(g *gridmap.Grid) { g.Parent = 77 }),
		"parent not above":   with(func(g *gridmap.Grid) { g.Parent = east }),
		"no id":              with(func(g *gridmap.Grid) { g.ID = 0 }),
		"blank code":         with(func(g *gridmap.Grid) { g.Code = " " }),
		"validity is empty":  with(func(g *gridmap.Grid) { g.ValidFrom, g.ValidTo = day(2), day(2) }),
		"moved to other net": {ID: east, Network: other, Code: "A-12", Name: "东门网格"},
	} {
		t.Run(what, func(t *testing.T) {
			refused(t, s, gridmap.Invalid, func(ctx context.Context, w gridmap.Writer) error { return w.PutGrids(ctx, grid) })
		})
	}
	for what, put := range map[string]func(context.Context, gridmap.Writer) error{
		"member without atom": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutMemberships(ctx, gridmap.Membership{Atom: 77, Network: net, Grid: east})
		},
		"member without grid": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutMemberships(ctx, gridmap.Membership{Atom: house, Network: net, Grid: 77})
		},
		"member in another network": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutMemberships(ctx, gridmap.Membership{Atom: house, Network: other, Grid: east})
		},
		"place in no atom": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutPlaces(ctx, gridmap.Place{ID: 92, Name: "某", Atom: 77})
		},
		"place in no place": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutPlaces(ctx, gridmap.Place{ID: 92, Name: "某", Parent: 77})
		},
		"post at no grid": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutPosts(ctx, gridmap.Post{ID: 93, Grid: 77, Role: "head", Rank: 1})
		},
		"post of nobody": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutPosts(ctx, gridmap.Post{ID: 93, Grid: east, Role: "head", Person: 77, Rank: 1})
		},
		"post without a role": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutPosts(ctx, gridmap.Post{ID: 93, Grid: east, Role: "king", Rank: 1})
		},
		"record at no grid": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutRecords(ctx, gridmap.Record{ID: 93, Kind: gridmap.SignRecord, Grid: 77, Body: wordBody("")})
		},
		"record of nobody": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutRecords(ctx, gridmap.Record{ID: 93, Kind: gridmap.SignRecord, Person: 77, Body: wordBody("")})
		},
		"record at no place": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutRecords(ctx, gridmap.Record{ID: 93, Kind: gridmap.SignRecord, Place: 77, Body: wordBody("")})
		},
		"record without a kind": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutRecords(ctx, gridmap.Record{ID: 93, Body: wordBody("")})
		},
		"record that is no object": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutRecords(ctx, gridmap.Record{ID: 93, Kind: gridmap.SignRecord, Body: []byte("[]")})
		},
		"record of no text": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutRecords(ctx, gridmap.Record{ID: 93, Kind: gridmap.SignRecord, Body: wordBody("\xff")})
		},
		"id that JSON would round": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutPersons(ctx, gridmap.Person{ID: 1 << 53, Name: "某"})
		},
		"levels with a gap": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutLevels(ctx, other, []gridmap.Level{{Rank: 0, Code: "a", Name: "a"}, {Rank: 2, Code: "b", Name: "b"}})
		},
		"profile of no level": func(ctx context.Context, w gridmap.Writer) error {
			return w.PutProfile(ctx, gridmap.SizingProfile{Network: other, Level: 5})
		},
	} {
		t.Run(what, func(t *testing.T) { refused(t, s, gridmap.Invalid, put) })
	}
	t.Run("a child before its parent's time", func(t *testing.T) {
		update(t, s, func(ctx context.Context, w gridmap.Writer) error {
			return w.PutGrids(ctx, gridmap.Grid{ID: 94, Network: net, Code: "N", Name: "新街道", Span: gridmap.Span{ValidFrom: day(5)}})
		})
		early := with(func(g *gridmap.Grid) { g.Parent, g.ValidFrom = 94, day(4) })
		refused(t, s, gridmap.Invalid, func(ctx context.Context, w gridmap.Writer) error { return w.PutGrids(ctx, early) })
		early.ValidFrom = day(5)
		update(t, s, func(ctx context.Context, w gridmap.Writer) error { return w.PutGrids(ctx, early) })
	})
}

func codeNeverReused(t *testing.T, s gridmap.Store) {
	small(t, s)
	taken := func(name, code string, put func(context.Context, gridmap.Writer) error) {
		t.Helper()
		err := refusal(t, s, gridmap.Conflict, put)
		if err == nil || !strings.Contains(err.Error(), code) || !strings.Contains(err.Error(), name) {
			t.Errorf("the message does not name %s and %s: %v", code, name, err)
		}
	}
	grid := gridmap.Grid{ID: 91, Network: net, Level: 1, Parent: town, Code: "A-12", Name: "冒名"}
	taken("东门网格", "A-12", func(ctx context.Context, w gridmap.Writer) error { return w.PutGrids(ctx, grid) })
	// Neither an end nor another code for its owner frees it.
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutGrids(ctx, gridmap.Grid{ID: east, Network: net, Level: 1, Parent: town, Code: "A-99", Name: "东门网格"})
	})
	taken("东门网格", "A-12", func(ctx context.Context, w gridmap.Writer) error { return w.PutGrids(ctx, grid) })
	grid.ID = east // its owner may have it back
	update(t, s, func(ctx context.Context, w gridmap.Writer) error { return w.PutGrids(ctx, grid) })
	// The same code in another network is another code.
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutGrids(ctx, gridmap.Grid{ID: 95, Network: other, Code: "A-12", Name: "第一支部"})
	})
	taken("A-77", "A-77", func(ctx context.Context, w gridmap.Writer) error {
		return w.PutGrids(ctx, gridmap.Grid{ID: 96, Network: other, Code: "A-77", Name: "甲"}, gridmap.Grid{ID: 97, Network: other, Code: "A-77", Name: "乙"})
	})
	taken("一号楼", "B1", func(ctx context.Context, w gridmap.Writer) error {
		return w.PutAtoms(ctx, gridmap.Atom{ID: 98, Code: "B1"})
	})
	taken("东门", "P-1", func(ctx context.Context, w gridmap.Writer) error {
		return w.PutPlaces(ctx, gridmap.Place{ID: 98, Code: "P-1", Name: "某"})
	})
	taken("网格员-0017", "0017", func(ctx context.Context, w gridmap.Writer) error {
		return w.PutPersons(ctx, gridmap.Person{ID: 98, Code: "0017", Name: "某"})
	})
	// Places and persons without a code do not clash.
	update(t, s, func(ctx context.Context, w gridmap.Writer) error { return w.PutPersons(ctx, people(200, 2)...) })
	refused(t, s, gridmap.Conflict, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutNetwork(ctx, gridmap.Network{ID: 99, Code: "main", Name: "冒名"})
	})
}

func recordKeys(t *testing.T, s gridmap.Store) {
	small(t, s)
	put := func(r gridmap.Record) func(context.Context, gridmap.Writer) error {
		return func(ctx context.Context, w gridmap.Writer) error { return w.PutRecords(ctx, r) }
	}
	mine := gridmap.Record{ID: matter, Kind: gridmap.MatterRecord, Key: "M-2", Body: wordBody("改")}
	update(t, s, put(mine))
	thief := gridmap.Record{ID: 98, Kind: gridmap.MatterRecord, Key: "M-1", Body: wordBody("冒名")}
	if err := refusal(t, s, gridmap.Conflict, put(thief)); err == nil || !strings.Contains(err.Error(), "M-1") {
		t.Errorf("the message does not name the key: %v", err)
	}
	update(t, s, func(ctx context.Context, w gridmap.Writer) error { return w.EndRecords(ctx, day(1), matter) })
	refused(t, s, gridmap.Conflict, put(thief)) // an end does not free it
	mine.Key = "M-1"
	update(t, s, put(mine)) // its owner may have it back
	mine.Kind = gridmap.SignRecord
	refused(t, s, gridmap.Invalid, put(mine))
	thief.Kind = gridmap.SignRecord
	update(t, s, put(thief)) // the same key in another kind is another key
	refused(t, s, gridmap.Invalid, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutRecords(ctx, gridmap.Record{ID: 99, Kind: "a", Body: wordBody("")}, gridmap.Record{ID: 99, Kind: "b", Body: wordBody("")})
	})
	update(t, s, func(ctx context.Context, w gridmap.Writer) error { // without a key they do not clash
		return w.PutRecords(ctx, gridmap.Record{ID: 101, Kind: "a", Body: wordBody("")}, gridmap.Record{ID: 102, Kind: "a", Body: wordBody("")})
	})
	refused(t, s, gridmap.NotFound, func(ctx context.Context, w gridmap.Writer) error { return w.EndRecords(ctx, day(1), 77) })
}

func recordsByKind(t *testing.T, s gridmap.Store) {
	small(t, s)
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutRecords(ctx,
			gridmap.Record{ID: 103, Kind: gridmap.SignRecord, Body: wordBody(""), Span: gridmap.Span{ValidFrom: day(5)}},
			gridmap.Record{ID: 101, Kind: gridmap.UnitRecord, Body: wordBody("")},
			gridmap.Record{ID: 102, Kind: gridmap.SignRecord, Body: wordBody("")})
	})
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		for _, c := range []struct {
			q     gridmap.Query
			kinds []gridmap.RecordKind
			want  []gridmap.RecordID
		}{
			{gridmap.Query{}, nil, []gridmap.RecordID{matter, 101, 102, 103}},
			{gridmap.Query{}, []gridmap.RecordKind{gridmap.SignRecord}, []gridmap.RecordID{102, 103}},
			{gridmap.Query{At: day(4)}, []gridmap.RecordKind{gridmap.SignRecord}, []gridmap.RecordID{102}},
			{gridmap.Query{Since: 1}, []gridmap.RecordKind{gridmap.MatterRecord, gridmap.UnitRecord}, []gridmap.RecordID{101}},
			{gridmap.Query{Known: 1}, []gridmap.RecordKind{gridmap.MatterRecord, gridmap.UnitRecord}, []gridmap.RecordID{matter}},
			{gridmap.Query{All: true}, []gridmap.RecordKind{"none"}, []gridmap.RecordID{}},
		} {
			records, err := all(r.Records(ctx, c.q, c.kinds...))
			if err != nil {
				return err
			}
			got := []gridmap.RecordID{}
			for _, r := range records {
				got = append(got, r.ID)
			}
			same(t, fmt.Sprintf("%+v %v", c.q, c.kinds), got, c.want)
		}
		return nil
	})
}

// orphanPosts: a grid ends with people still posted to it.
func orphanPosts(t *testing.T, s gridmap.Store) {
	small(t, s)
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		if err := w.PutPosts(ctx, gridmap.Post{ID: 60, Grid: west, Role: "head", Rank: 1}); err != nil {
			return err
		}
		if err := w.PutMemberships(ctx, gridmap.Membership{Atom: house, Network: net, Grid: west, Span: gridmap.Span{ValidFrom: day(4)}}); err != nil {
			return err
		}
		return w.EndGrids(ctx, day(4), east)
	})
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		before, err := gridmap.OrphanPosts(ctx, r, day(4).Add(-time.Microsecond))
		if len(before) > 0 {
			t.Errorf("before the end: %+v", before)
		}
		after, err2 := gridmap.OrphanPosts(ctx, r, day(4))
		if len(after) != 1 || after[0].ID != post || after[0].Grid != east {
			t.Errorf("after the end: %+v", after)
		}
		return errors.Join(err, err2)
	})
}

func gridInUseCannotEnd(t *testing.T, s gridmap.Store) {
	small(t, s)
	refused(t, s, gridmap.Conflict, func(ctx context.Context, w gridmap.Writer) error { return w.EndGrids(ctx, day(5), town) })
	refused(t, s, gridmap.Conflict, func(ctx context.Context, w gridmap.Writer) error { return w.EndGrids(ctx, day(5), east) })
	refused(t, s, gridmap.NotFound, func(ctx context.Context, w gridmap.Writer) error { return w.EndGrids(ctx, day(5), 77) })
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutMemberships(ctx, gridmap.Membership{Atom: house, Network: net, Grid: west, Span: gridmap.Span{ValidFrom: day(4)}})
	})
	refused(t, s, gridmap.Conflict, func(ctx context.Context, w gridmap.Writer) error { return w.EndGrids(ctx, day(3), east) })
	update(t, s, func(ctx context.Context, w gridmap.Writer) error { return w.EndGrids(ctx, day(4), east) })
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		grids, err := all(r.Grids(ctx, gridmap.Query{At: day(4)}))
		if len(grids) != 2 {
			t.Errorf("%d grids after the end, want 2", len(grids))
		}
		before, err2 := all(r.Grids(ctx, gridmap.Query{At: day(4).Add(-time.Microsecond)}))
		if len(before) != 3 {
			t.Errorf("%d grids before the end, want 3", len(before))
		}
		if err == nil {
			err = err2
		}
		return err
	})
	update(t, s, func(ctx context.Context, w gridmap.Writer) error { // parent and children together
		if err := w.EndAtoms(ctx, day(6), house, shop); err != nil {
			return err
		}
		return w.EndGrids(ctx, day(6), town, west)
	})
}

func endAtomEndsMemberships(t *testing.T, s gridmap.Store) {
	small(t, s)
	update(t, s, func(ctx context.Context, w gridmap.Writer) error { return w.EndAtoms(ctx, day(4), house) })
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		members, err := all(r.Memberships(ctx, gridmap.Query{}))
		if len(members) != 2 || !members[0].ValidTo.Equal(day(4)) || !members[1].ValidTo.IsZero() {
			t.Errorf("memberships %+v", members)
		}
		return err
	})
	refused(t, s, gridmap.Invalid, func(ctx context.Context, w gridmap.Writer) error { // not after its end
		return w.PutMemberships(ctx, gridmap.Membership{Atom: house, Network: net, Grid: west, Span: gridmap.Span{ValidFrom: day(3)}})
	})
}

func levelsInUse(t *testing.T, s gridmap.Store) {
	small(t, s)
	refused(t, s, gridmap.Conflict, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutLevels(ctx, net, []gridmap.Level{{Rank: 0, Code: "town", Name: "街道"}})
	})
	update(t, s, func(ctx context.Context, w gridmap.Writer) error { // renamed and swapped codes are fine
		return w.PutLevels(ctx, net, []gridmap.Level{{Rank: 0, Code: "grid", Name: "镇"}, {Rank: 1, Code: "town", Name: "网格"}, {Rank: 2, Code: "micro", Name: "微网格"}})
	})
}

func oneMainNetwork(t *testing.T, s gridmap.Store) {
	refused(t, s, gridmap.Invalid, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutNetwork(ctx, gridmap.Network{ID: 1, Code: "a", Name: "甲"})
	})
	small(t, s)
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutNetwork(ctx, gridmap.Network{ID: other, Code: "party", Name: "党建网", Main: true})
	})
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		networks, err := r.Networks(ctx)
		if len(networks) != 2 || networks[0].Main || !networks[1].Main {
			t.Errorf("networks %+v", networks)
		}
		return err
	})
}

func badValues(t *testing.T, s gridmap.Store) {
	small(t, s)
	ring := square(0, 0, 5)
	shapes := map[string]spatial.MultiPolygon{
		"no ring":     {{}},
		"two points":  {{ring[:2]}},
		"no points":   {{ring, {}}},
		"closed ring": {{append(ring, ring[0])}},
		"off globe":   {{{{X: 0, Y: 0}, {X: spatial.MaxX + 1, Y: 0}, {X: 0, Y: 9}}}},
	}
	for what, shape := range shapes {
		t.Run(what, func(t *testing.T) {
			refused(t, s, gridmap.Invalid, func(ctx context.Context, w gridmap.Writer) error {
				return w.PutAtoms(ctx, gridmap.Atom{ID: 90, Code: "X", Shape: shape})
			})
		})
	}
	for what, text := range map[string]string{"not UTF-8": "a\xff", "with a NUL": "a\x00b"} {
		t.Run(what, func(t *testing.T) {
			refused(t, s, gridmap.Invalid, func(ctx context.Context, w gridmap.Writer) error {
				return w.PutAtoms(ctx, gridmap.Atom{ID: 90, Code: "X", Name: text})
			})
			refused(t, s, gridmap.Invalid, func(ctx context.Context, w gridmap.Writer) error {
				return w.PutAtoms(ctx, gridmap.Atom{ID: 90, Code: "X", Attrs: map[string]string{"k": text}})
			})
		})
	}
	refused(t, s, gridmap.Invalid, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutAtoms(ctx, gridmap.Atom{ID: 90, Code: "X", Span: gridmap.Span{ValidFrom: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}})
	})
	if _, err := s.Update(t.Context(), gridmap.Commit{}, func(gridmap.Writer) error { return nil }); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Errorf("a commit without a time: %v", err)
	}
}
