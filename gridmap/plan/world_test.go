package plan

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/spatial/synth"
)

// world is a made-up map: a town of communities of leaf grids of atoms.
type world struct {
	gridmap.Reader // panics on what an atlas does not read
	settings       gridmap.Settings
	networks       []gridmap.Network
	levels         []gridmap.Level
	profiles       []gridmap.SizingProfile
	grids          []gridmap.Grid
	atoms          []gridmap.Atom
	members        []gridmap.Membership
	roles          []gridmap.Role
	persons        []gridmap.Person
	posts          []gridmap.Post

	communities, leaves []gridmap.GridID
	atomIDs             []gridmap.AtomID
	next                int64
}

const main1 gridmap.NetworkID = 1

// newWorld has n atoms, so many to a side of a leaf grid, and leaf grids to a
// side of a community.
func newWorld(n, gridSide, communitySide int, seed uint64) *world {
	w := &world{next: 10}
	w.networks = []gridmap.Network{{ID: main1, Code: "main", Name: "综治网", Main: true}}
	for rank, name := range []string{"街道", "社区", "网格"} {
		w.levels = append(w.levels, gridmap.Level{Network: main1, Rank: rank, Code: fmt.Sprint("l", rank), Name: name})
	}
	w.profiles = []gridmap.SizingProfile{{Network: main1, Level: 2, Unit: "households", Min: 100, Target: 300, Max: 500}}
	w.roles = []gridmap.Role{{Code: "worker", Name: "网格员", Order: 1}}
	town := w.id()
	w.grids = append(w.grids, gridmap.Grid{ID: gridmap.GridID(town), Network: main1, Code: "01", Name: "某街道"})
	side := int(math.Ceil(math.Sqrt(float64(n))))
	community, leaf := map[[2]int]gridmap.GridID{}, map[[2]int]gridmap.GridID{}
	for i, shape := range synth.Coverage(n, seed) {
		row, col := i/side, i%side
		g, c := [2]int{row / gridSide, col / gridSide}, [2]int{row / (gridSide * communitySide), col / (gridSide * communitySide)}
		if community[c] == 0 {
			community[c] = gridmap.GridID(w.id())
			code := fmt.Sprintf("01%03d", len(community))
			w.communities = append(w.communities, community[c])
			w.grids = append(w.grids, gridmap.Grid{ID: community[c], Network: main1, Level: 1, Parent: gridmap.GridID(town), Code: code, Name: fmt.Sprint("社区", len(community))})
		}
		if leaf[g] == 0 {
			leaf[g] = gridmap.GridID(w.id())
			code := fmt.Sprintf("01%03d%02d", len(community), len(leaf)) // a prefix that may be another community's, as in life
			w.leaves = append(w.leaves, leaf[g])
			w.grids = append(w.grids, gridmap.Grid{ID: leaf[g], Network: main1, Level: 2, Parent: community[c], Code: code, Name: fmt.Sprintf("第%d网格", len(leaf))})
		}
		id := gridmap.AtomID(w.id())
		w.atomIDs = append(w.atomIDs, id)
		w.atoms = append(w.atoms, gridmap.Atom{
			ID: id, Code: fmt.Sprintf("B%06d", i+1), Name: fmt.Sprintf("%d 号楼", i+1), Kind: "plot", Shape: shape,
			Counts: map[string]int64{"households": int64(5 + (i*7+int(seed))%23), "persons": int64((i * 13) % 61)},
			Attrs:  map[string]string{"year": "1999"},
		})
		w.members = append(w.members, gridmap.Membership{Atom: id, Network: main1, Grid: leaf[g]})
	}
	return w
}

func (w *world) id() int64 { w.next++; return w.next }

func (w *world) board(t testing.TB, scope ...gridmap.GridID) *Board {
	t.Helper()
	a, err := atlas.Load(context.Background(), w, time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC), 0)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBoard(a, a.Main(), scope)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (w *world) Head(context.Context) (gridmap.Head, error)         { return gridmap.Head{Seq: 1}, nil }
func (w *world) Settings(context.Context) (gridmap.Settings, error) { return w.settings, nil }
func (w *world) Networks(context.Context) ([]gridmap.Network, error) {
	return w.networks, nil
}
func (w *world) Levels(context.Context) ([]gridmap.Level, error)           { return w.levels, nil }
func (w *world) Roles(context.Context) ([]gridmap.Role, error)             { return w.roles, nil }
func (w *world) Profiles(context.Context) ([]gridmap.SizingProfile, error) { return w.profiles, nil }
func (w *world) Editions(context.Context) ([]gridmap.Edition, error)       { return nil, nil }

func (w *world) LastEnd(context.Context, gridmap.Query) (time.Time, error) {
	return time.Time{}, nil
}

func (w *world) Grids(context.Context, gridmap.Query) iter.Seq2[gridmap.Grid, error] {
	return rows(w.grids)
}

func (w *world) Atoms(context.Context, gridmap.Query) iter.Seq2[gridmap.Atom, error] {
	return rows(w.atoms)
}

func (w *world) Memberships(context.Context, gridmap.Query) iter.Seq2[gridmap.Membership, error] {
	return rows(w.members)
}

func (w *world) Places(context.Context, gridmap.Query) iter.Seq2[gridmap.Place, error] {
	return rows[gridmap.Place](nil)
}

func (w *world) Persons(context.Context, gridmap.Query) iter.Seq2[gridmap.Person, error] {
	return rows(w.persons)
}

func (w *world) Posts(context.Context, gridmap.Query) iter.Seq2[gridmap.Post, error] {
	return rows(w.posts)
}

func (w *world) Records(context.Context, gridmap.Query, ...gridmap.RecordKind) iter.Seq2[gridmap.Record, error] {
	return rows[gridmap.Record](nil)
}

func rows[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// do makes an operation of a body that is written out.
func do(rev int64, kind string, format string, args ...any) gridmap.PlanOp {
	return gridmap.PlanOp{Rev: rev, ID: fmt.Sprint("op", rev), Actor: "张三", Kind: kind, Body: json.RawMessage(fmt.Sprintf(format, args...))}
}

// must applies an operation that is allowed.
func must(t testing.TB, b *Board, op gridmap.PlanOp) (*Board, *Effects) {
	t.Helper()
	c, fx, err := Apply(b, op)
	if err != nil {
		t.Fatalf("%s %s: %v", op.Kind, op.Body, err)
	}
	return c, fx
}

func ids[T ~int64](list []T) string {
	out, _ := json.Marshal(list)
	return string(out)
}

func pointText(p spatial.Point) string {
	out, _ := json.Marshal(lonLat(p))
	return string(out)
}
