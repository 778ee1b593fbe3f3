package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// Two counties side by side below one city; a grid, an atom, a door, a person
// and what is said of them in each. Ids: the county's last digit in the tens.
//
//	310100 city (1) ── 310101 (10) ── 甲网格 (11): atom 12
//	                └─ 310109 (90) ── 乙网格 (91): atom 92, 10 m east of atom 12; atom 93, far off
func putTwoCounties(ctx context.Context, w gridmap.Writer) error {
	at := func(n int32) spatial.MultiPolygon {
		return spatial.MultiPolygon{{square(1210000000+n*20000, 310000000, 19000)}}
	}
	return errors.Join(
		w.PutNetwork(ctx, gridmap.Network{ID: net, Code: "main", Name: "综治网", Main: true}),
		w.PutNetwork(ctx, gridmap.Network{ID: other, Code: "party", Name: "党建网"}),
		w.PutLevels(ctx, net, []gridmap.Level{{Rank: 0, Code: "city", Name: "市"}, {Rank: 1, Code: "county", Name: "区县"}, {Rank: 2, Code: "grid", Name: "网格"}}),
		w.PutLevels(ctx, other, []gridmap.Level{{Rank: 0, Code: "county", Name: "区县"}, {Rank: 1, Code: "branch", Name: "支部"}}),
		w.PutRole(ctx, gridmap.Role{Code: "head", Name: "网格长"}),
		w.PutGrids(ctx,
			gridmap.Grid{ID: 11, Network: net, Level: 2, Parent: 10, Code: "甲", Name: "甲网格", Shape: at(0)}, // in any order
			gridmap.Grid{ID: 91, Network: net, Level: 2, Parent: 90, Code: "乙", Name: "乙网格", Shape: at(1)},
			gridmap.Grid{ID: 10, Network: net, Level: 1, Parent: 1, Code: "310101", Name: "黄浦区"},
			gridmap.Grid{ID: 90, Network: net, Level: 1, Parent: 1, Code: "310109", Name: "虹口区"},
			gridmap.Grid{ID: 1, Network: net, Code: "310100", Name: "上海市"},
			gridmap.Grid{ID: 94, Network: other, Code: "310109000000", Name: "虹口区"},
			gridmap.Grid{ID: 95, Network: other, Level: 1, Parent: 94, Code: "支部", Name: "支部"}),
		w.PutAtoms(ctx,
			gridmap.Atom{ID: 12, Code: "20230415", Shape: at(0)}, // six digits that are no county here
			gridmap.Atom{ID: 92, Code: "310101-x", Shape: at(1)}, // and a county that it is not in
			gridmap.Atom{ID: 93, Code: "b3", Shape: at(500)},
			gridmap.Atom{ID: 2, Code: "free", Shape: at(900)}),
		w.PutMemberships(ctx, gridmap.Membership{Atom: 12, Network: net, Grid: 11}, gridmap.Membership{Atom: 92, Network: net, Grid: 91}, gridmap.Membership{Atom: 93, Network: net, Grid: 91}),
		w.PutPlaces(ctx,
			gridmap.Place{ID: 13, Name: "甲门", Atom: 12}, gridmap.Place{ID: 94, Name: "乙门", Atom: 92},
			gridmap.Place{ID: 14, Name: "甲院", Code: "310101002003"}, gridmap.Place{ID: 3, Name: "无名", Code: "20230415"},
			gridmap.Place{ID: 4, Name: "散户"}),
		w.PutPersons(ctx, gridmap.Person{ID: 15, Name: "赵"}, gridmap.Person{ID: 96, Name: "钱"}, gridmap.Person{ID: 5, Name: "孙"}, gridmap.Person{ID: 6, Name: "李"}),
		w.PutPosts(ctx,
			gridmap.Post{ID: 16, Grid: 11, Role: "head", Person: 15, Rank: 1}, gridmap.Post{ID: 97, Grid: 91, Role: "head", Person: 96, Rank: 1},
			gridmap.Post{ID: 17, Grid: 11, Role: "head", Person: 5, Rank: 2}, gridmap.Post{ID: 98, Grid: 91, Role: "head", Person: 5, Rank: 2},
			gridmap.Post{ID: 7, Grid: 10, Role: "head", Rank: 1}),
		w.PutRecords(ctx,
			gridmap.Record{ID: 18, Kind: "a", Grid: 11, Body: wordBody("")}, gridmap.Record{ID: 99, Kind: "a", Place: 94, Body: wordBody("")},
			gridmap.Record{ID: 8, Kind: "a", Person: 15, Body: wordBody("")}),
	)
}

// lies is what a reader gives of each kind, by id.
type lies struct{ Grids, Atoms, Members, Places, Persons, Posts, Records []int64 }

func idsOf[T any](errs *error, seq iter.Seq2[T, error], id func(T) int64) []int64 {
	ids := []int64{}
	for v, err := range seq {
		if err != nil {
			*errs = errors.Join(*errs, err)
			break
		}
		ids = append(ids, id(v))
	}
	return ids
}

func whatLies(ctx context.Context, r gridmap.Reader, q gridmap.Query) (l lies, err error) {
	return lies{
		idsOf(&err, r.Grids(ctx, q), func(g gridmap.Grid) int64 { return int64(g.ID) }),
		idsOf(&err, r.Atoms(ctx, q), func(a gridmap.Atom) int64 { return int64(a.ID) }),
		idsOf(&err, r.Memberships(ctx, q), func(m gridmap.Membership) int64 { return int64(m.Atom) }),
		idsOf(&err, r.Places(ctx, q), func(p gridmap.Place) int64 { return int64(p.ID) }),
		idsOf(&err, r.Persons(ctx, q), func(p gridmap.Person) int64 { return int64(p.ID) }),
		idsOf(&err, r.Posts(ctx, q), func(p gridmap.Post) int64 { return int64(p.ID) }),
		idsOf(&err, r.Records(ctx, q), func(r gridmap.Record) int64 { return int64(r.ID) }),
	}, err
}

func wantLies(t *testing.T, s gridmap.Store, scope string, want lies) {
	t.Helper()
	in, err := gridmap.ParseScope(scope)
	if err != nil {
		t.Fatal(err)
	}
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		got, err := whatLies(ctx, r, gridmap.Query{Scope: in})
		same(t, "in "+scope, got, want)
		return err
	})
}

// a and b are what the servers of 310101 and of 310109 read.
var (
	inA = lies{[]int64{1, 10, 11, 90, 94}, []int64{2, 12}, []int64{12}, []int64{3, 4, 13, 14}, []int64{5, 6, 15}, []int64{7, 16, 17}, []int64{8, 18}}
	inB = lies{[]int64{1, 10, 90, 91, 94, 95}, []int64{2, 92, 93}, []int64{92, 93}, []int64{3, 4, 94}, []int64{5, 6, 96}, []int64{7, 97, 98}, []int64{8, 99}}
)

func scopeOfCounties(t *testing.T, s gridmap.Store) {
	update(t, s, putTwoCounties)
	wantLies(t, s, "310101", inA)
	wantLies(t, s, "310109", inB)
	wantLies(t, s, "330106", lies{[]int64{1, 10, 90, 94}, []int64{2}, []int64{}, []int64{3, 4}, []int64{5, 6}, []int64{7}, []int64{8}})
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		whole, err := whatLies(ctx, r, gridmap.Query{})
		wide, err2 := whatLies(ctx, r, gridmap.Query{Scope: gridmap.Scope{{First: 310100, Last: 310199}}})
		same(t, "the city", wide, whole)
		two, err3 := whatLies(ctx, r, gridmap.Query{IDs: []int64{12, 11, 93}})
		same(t, "by id", two, lies{[]int64{11}, []int64{12, 93}, []int64{12, 93}, []int64{}, []int64{}, []int64{}, []int64{}})
		none, err4 := whatLies(ctx, r, gridmap.Query{IDs: []int64{}})
		same(t, "none", none, lies{[]int64{}, []int64{}, []int64{}, []int64{}, []int64{}, []int64{}, []int64{}})
		return errors.Join(err, err2, err3, err4)
	})
	// The history of a county is read with it, and nothing of another.
	was := head(t, s).Seq
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		return errors.Join(w.PutGrids(ctx, gridmap.Grid{ID: 91, Network: net, Level: 2, Parent: 90, Code: "乙", Name: "新乙", Span: gridmap.Span{ValidFrom: day(2)}}),
			w.EndPosts(ctx, day(3), 97))
	})
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		for scope, want := range map[gridmap.County]string{310101: "[] []", 310109: "[91 91 91] [97 97]"} {
			l, err := whatLies(ctx, r, gridmap.Query{Since: was, All: true, Scope: gridmap.Scope{{First: scope, Last: scope}}})
			if got := fmt.Sprint(l.Grids, l.Posts); err != nil || got != want {
				t.Errorf("since, in %d: %s, want %s, %v", scope, got, want, err)
			}
		}
		return nil
	})
	if h := head(t, s); h.Settled != 1 { // the misleading code of atom 92
		t.Errorf("%+v", h)
	}
}

func fringeOfScope(t *testing.T, s gridmap.Store) {
	update(t, s, putTwoCounties)
	for scope, want := range map[gridmap.County][]int64{310101: {92}, 310109: {12}, 330106: {}} {
		view(t, s, func(ctx context.Context, r gridmap.Reader) (err error) {
			got := idsOf(&err, r.Atoms(ctx, gridmap.Query{Scope: gridmap.Scope{{First: scope, Last: scope}}, Fringe: true}), func(a gridmap.Atom) int64 { return int64(a.ID) })
			if !slices.Equal(got, want) {
				t.Errorf("around %d: %v, want %v", scope, got, want)
			}
			return err
		})
	}
}

// movesBetweenCounties: what moves takes with it what belongs to it, and those
// who read a scope are told.
func movesBetweenCounties(t *testing.T, s gridmap.Store) {
	update(t, s, putTwoCounties)
	cs := update(t, s, func(ctx context.Context, w gridmap.Writer) error { // a grid to the other county
		return w.PutGrids(ctx, gridmap.Grid{ID: 11, Network: net, Level: 2, Parent: 90, Code: "甲", Name: "甲网格", Span: gridmap.Span{ValidFrom: day(2)}})
	})
	wantLies(t, s, "310101", lies{[]int64{1, 10, 90, 94}, []int64{2}, []int64{}, []int64{3, 4, 14}, []int64{6}, []int64{7}, []int64{8}})
	if h := head(t, s); h.Settled != cs.Seq {
		t.Errorf("nobody is told: %+v", h)
	}
	cs = update(t, s, func(ctx context.Context, w gridmap.Writer) error { // the county gets another code
		return w.PutGrids(ctx, gridmap.Grid{ID: 90, Network: net, Level: 1, Parent: 1, Code: "310110", Name: "杨浦区"})
	})
	wantLies(t, s, "310109", lies{[]int64{1, 10, 90, 94, 95}, []int64{2}, []int64{}, []int64{3, 4}, []int64{6}, []int64{7}, []int64{8}})
	if h := head(t, s); h.Settled != cs.Seq {
		t.Errorf("nobody is told: %+v", h)
	}
	cs = update(t, s, func(ctx context.Context, w gridmap.Writer) error { // an atom in two networks, in two counties
		return w.PutMemberships(ctx, gridmap.Membership{Atom: 93, Network: other, Grid: 95})
	})
	for _, scope := range []gridmap.County{310101, 310109, 310110} {
		view(t, s, func(ctx context.Context, r gridmap.Reader) error {
			l, err := whatLies(ctx, r, gridmap.Query{Scope: gridmap.Scope{{First: scope, Last: scope}}})
			if !slices.Contains(l.Atoms, 93) {
				t.Errorf("the shared atom is not in %d: %v", scope, l.Atoms)
			}
			return err
		})
	}
	if h := head(t, s); h.Settled != cs.Seq {
		t.Errorf("nobody is told: %+v", h)
	}
}

// scopeRestored: a copy lies as the original does.
func scopeRestored(t *testing.T, s, to gridmap.Store) {
	t.Cleanup(func() { _ = to.Close() })
	update(t, s, putTwoCounties)
	r, ok := to.(gridmap.Restorer)
	if !ok {
		t.Fatalf("%T cannot be restored into", to)
	}
	view(t, s, func(ctx context.Context, from gridmap.Reader) error { return r.Restore(ctx, from.(gridmap.Archive)) })
	wantLies(t, to, "310101", inA)
	wantLies(t, to, "310109", inB)
}
