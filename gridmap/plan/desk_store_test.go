package plan

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/gpkg"
	"cloudgrid/gridmap/postgis"
	"cloudgrid/spatial/topology"
)

// keeps is a store that keeps plans as well.
type keeps interface {
	gridmap.Store
	gridmap.Plans
}

var schemas atomic.Int64

// eachStore runs a test on both stores, over the same world.
func eachStore(t *testing.T, w *world, test func(t *testing.T, s keeps)) {
	t.Run("gpkg", func(t *testing.T) {
		s, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "map.gpkg"), gpkg.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		w.fill(t, s)
		test(t, s)
	})
	t.Run("postgis", func(t *testing.T) {
		dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
		if dsn == "" {
			t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
		}
		u, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		query := u.Query()
		query.Set("search_path", fmt.Sprintf("plan_%d_%d,public", os.Getpid(), schemas.Add(1)))
		u.RawQuery = query.Encode()
		s, err := postgis.Open(t.Context(), u.String(), postgis.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		w.fill(t, s)
		test(t, s)
	})
}

// fill writes the world into an empty store, as edition 1.
func (w *world) fill(t testing.TB, s gridmap.Store) {
	t.Helper()
	ctx := t.Context()
	_, err := s.Update(ctx, gridmap.Commit{At: day0, Actor: "test", Action: "test", Edit: &gridmap.Edition{EffectiveAt: day0}}, func(out gridmap.Writer) error {
		if _, err := out.NewIDs(ctx, int(w.next)); err != nil { // those of the world are taken
			return err
		}
		for _, n := range w.networks {
			if err := out.PutNetwork(ctx, n); err != nil {
				return err
			}
			levels := slices.DeleteFunc(slices.Clone(w.levels), func(l gridmap.Level) bool { return l.Network != n.ID })
			if err := out.PutLevels(ctx, n.ID, levels); err != nil {
				return err
			}
		}
		return errors.Join(out.PutGrids(ctx, w.grids...), out.PutAtoms(ctx, w.atoms...), out.PutMemberships(ctx, w.members...))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// office is desks over one store, with the clock in hand.
type office struct {
	s      keeps
	clock  time.Time
	keeper *atlas.Keeper
	desks  []*Desk
}

func newOffice(t testing.TB, s keeps, desks int) *office {
	o := &office{s: s, clock: day0.Add(time.Hour)}
	keeper, err := atlas.NewKeeper(t.Context(), s, o.now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	o.keeper = keeper
	for range desks {
		o.desks = append(o.desks, NewDesk(Config{Plans: s, Store: s, Maps: keeper, Now: o.now}))
	}
	return o
}

func (o *office) now() time.Time { return o.clock }

// published is the map as it is once everything is in effect.
func (o *office) published(ctx context.Context, t fatal, at time.Time) *Board {
	var a *atlas.Atlas
	err := o.s.View(ctx, func(r gridmap.Reader) (err error) {
		a, err = atlas.Load(ctx, r, at, 0)
		return err
	})
	if err != nil {
		t.Fatalf("the map cannot be loaded: %v", err)
	}
	b, err := NewBoard(a, a.Main(), nil)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return b
}

type fatal interface{ Fatalf(string, ...any) }

// byCode is which grid, by code, each atom belongs to, and the households,
// names and shapes of all: what must be the same in a draft and in the map that
// it becomes.
type byCode struct {
	owner, names map[string]string
	households   map[string]int64
	areas        map[string]int64
}

func codesOf(b *Board) byCode {
	c := byCode{map[string]string{}, map[string]string{}, map[string]int64{}, map[string]int64{}}
	for f := range b.owner.len() {
		a := b.atom(f)
		if o := b.owner.at(f); o != none {
			c.owner[a.code] = b.grids.at(o).code
		}
		c.households[a.code], c.areas[a.code] = b.households(f), a.areaCM2
	}
	for i := range b.grids.len() {
		if g := b.grids.at(i); !g.retired {
			c.names[g.code] = fmt.Sprint(g.level, g.name, typeName(g.typ), g.attrs, g.atoms)
		}
	}
	return c
}

func typeName(t gridmap.GridType) string { return t.Name() }

// TestPlansAgainstANaiveModelOnBothStores lets planners at two desks over one
// store work on two plans: random operations, undo, redo, rebase, publish. Each
// draft is compared with its log folded from nothing, each published map with
// the draft that it was, and every topology is checked. CLOUDGRID_STEPS says how
// many things they do: 250 unless told, 10,000 in a slow run.
func TestPlansAgainstANaiveModelOnBothStores(t *testing.T) {
	steps := 250
	if os.Getenv("CLOUDGRID_SLOW") != "" {
		steps = 10_000
	}
	if n, err := strconv.Atoi(os.Getenv("CLOUDGRID_STEPS")); err == nil && n > 0 {
		steps = n
	}
	w := newWorld(144, 3, 2, 5).shaped(t)
	eachStore(t, w, func(t *testing.T, s keeps) {
		t.Parallel() // the slow run takes minutes on each store
		seed := uint64(20261122)
		m := &marathon{office: newOffice(t, s, 2), t: t, done: map[string]int{}, edition: 1}
		for i := range steps {
			// One generator a step: a failure is repeated by its number.
			rapid.Custom(func(r *rapid.T) int { m.step(r, i); return i }).Example(int(seed) + i)
			if t.Failed() {
				t.Fatalf("step %d", i)
			}
			if i%1000 == 999 {
				t.Log(i+1, m.done)
			}
		}
		t.Log(m.done)
		for _, what := range []string{"op", "undo", "redo", "rebase", "publish", "stale"} {
			if m.done[what] == 0 {
				t.Errorf("%s never happened", what)
			}
		}
	})
}

// marathon is the long test under way.
type marathon struct {
	*office
	t       *testing.T
	plans   []gridmap.PlanID
	done    map[string]int
	edition int64
	n       int
}

// step does one random thing. It is called with a source of chance that may
// not be asked twice, so it must not depend on anything else.
func (m *marathon) step(r *rapid.T, i int) {
	if m.n > i { // asked again with other chances: a step is done once
		return
	}
	m.n = i + 1
	m.clock = m.clock.Add(time.Second)
	ctx, d := m.t.Context(), m.desks[i%2]
	for len(m.plans) < 2 {
		p, err := d.Create(ctx, "甲", NewPlan{Name: fmt.Sprint("方案", i)})
		if err != nil {
			m.t.Fatal(err)
		}
		m.plans = append(m.plans, p.ID)
	}
	which := rapid.IntRange(0, 1).Draw(r, "which")
	id, actor := m.plans[which], rapid.SampledFrom([]string{"甲", "乙"}).Draw(r, "actor")
	v, err := d.View(ctx, actor, id)
	if err != nil {
		m.t.Fatal(err)
	}
	// The other desk has not heard: nobody runs Desk.Run here.
	behind := max(0, v.Plan.Rev-int64(rapid.IntRange(0, 2).Draw(r, "behind")))
	what := rapid.SampledFrom([]string{"op", "op", "op", "op", "op", "op", "undo", "undo", "redo", "rebase", "end"}).Draw(r, "what")
	switch what {
	case "op":
		op := random(r, v.Board, v.Plan.Rev+1)
		if v.Board.owner.len() > 600 && (op.Kind == SplitAtom || op.Kind == Cut) {
			return
		}
		_, err = d.Submit(ctx, actor, id, behind, []Op{{ID: fmt.Sprint("op", i), Kind: op.Kind, Body: op.Body}})
	case "undo":
		_, err = d.Undo(ctx, actor, id, fmt.Sprint("op", i), behind, "")
	case "redo":
		_, err = d.Redo(ctx, actor, id, fmt.Sprint("op", i), behind, "")
	case "rebase":
		err = m.rebase(d, id, v.Plan.Rev)
	case "end":
		if v.Plan.Rev < 8 {
			return
		}
		err = m.end(d, which)
		what = "publish"
	}
	m.count(what, err)
	if i%16 == 0 || what == "rebase" {
		m.agree(d, id)
	}
}

func (m *marathon) count(what string, err error) {
	if err == nil {
		m.done[what]++
		return
	}
	m.done["refused "+what]++
	if code := gridmap.CodeOf(err); code == gridmap.Internal || code == gridmap.Unavailable {
		m.t.Errorf("%s: %v", what, err)
	}
}

// rebase moves a plan to the newest map, dropping what does not fit.
func (m *marathon) rebase(d *Desk, id gridmap.PlanID, rev int64) error {
	ctx := m.t.Context()
	var drop []string
	for {
		_, err := d.Rebase(ctx, "甲", id, rev, drop)
		var clash *ClashError
		if !errors.As(err, &clash) || len(clash.Clashes) == 0 {
			return err
		}
		for _, c := range clash.Clashes {
			if slices.Contains(drop, c.OpID) {
				m.t.Errorf("%s was dropped and is still in the way", c.OpID)
				return err
			}
			drop = append(drop, c.OpID)
		}
	}
}

// end publishes a plan, rebasing it first where it must be.
func (m *marathon) end(d *Desk, which int) error {
	ctx, id := m.t.Context(), m.plans[which]
	m.agree(d, id)
	v, err := d.View(ctx, "甲", id)
	if err != nil {
		return err
	}
	step := Step{Rev: v.Plan.Rev, Note: "试", Force: true}
	if _, err := d.Advance(ctx, "甲", ActSubmit, id, step); err != nil {
		return err
	}
	if _, err := d.Advance(ctx, "乙", ActApprove, id, step); err != nil {
		return err
	}
	before := m.published(ctx, m.t, m.clock)
	if stale, _, err := d.Stale(ctx, v.Plan); err != nil {
		return err
	} else if stale {
		if _, err := d.Advance(ctx, "乙", ActPublish, id, step); gridmap.CodeOf(err) != gridmap.Conflict {
			m.t.Errorf("a plan over an old map was published: %v", err)
		}
		if !reflect.DeepEqual(codesOf(before), codesOf(m.published(ctx, m.t, m.clock))) {
			m.t.Error("a refused publish changed the map")
		}
		m.done["stale"]++
		if _, err := d.Advance(ctx, "乙", ActReturn, id, step); err != nil {
			return err
		}
		return m.rebase(d, id, v.Plan.Rev)
	}
	p, err := d.Advance(ctx, "乙", ActPublish, id, step)
	if err != nil {
		return err
	}
	if m.edition++; p.Edition != m.edition || p.State != gridmap.PlanPublished {
		m.t.Errorf("published as %+v, want edition %d", p, m.edition)
	}
	now := m.published(ctx, m.t, m.clock)
	if got, want := codesOf(now), codesOf(v.Board); !reflect.DeepEqual(got, want) {
		m.t.Errorf("the map is not what the draft was: %s", differ(got, want))
	}
	checkBoard(m.t, now)
	covered(m.t, now)
	if err := m.keeper.Refresh(ctx); err != nil {
		return err
	}
	if after, err := NewBoard(m.keeper.Current(), m.keeper.Current().Main(), nil); err != nil || !reflect.DeepEqual(codesOf(after), codesOf(now)) {
		m.t.Errorf("the snapshot that was refreshed is not the map that was loaded: %v", err)
	}
	m.plans = slices.Delete(m.plans, which, which+1)
	return nil
}

func differ(a, b byCode) string {
	for name, pair := range map[string][2]map[string]string{"owner": {a.owner, b.owner}, "grid": {a.names, b.names}} {
		for k, v := range pair[0] {
			if pair[1][k] != v {
				return fmt.Sprintf("%s %s: %q, want %q", name, k, v, pair[1][k])
			}
		}
		for k, v := range pair[1] {
			if pair[0][k] != v {
				return fmt.Sprintf("%s %s: %q, want %q", name, k, pair[0][k], v)
			}
		}
	}
	for k, v := range b.households {
		if a.households[k] != v || a.areas[k] != b.areas[k] {
			return fmt.Sprintf("atom %s: %d households %d cm², want %d, %d", k, a.households[k], a.areas[k], v, b.areas[k])
		}
	}
	return "atoms that should not be there"
}

// agree compares a draft at a desk with its log, read from the store and
// folded from nothing.
func (m *marathon) agree(d *Desk, id gridmap.PlanID) {
	ctx := m.t.Context()
	v, err := d.View(ctx, "甲", id)
	if err != nil {
		m.t.Fatal(err)
	}
	p, err := m.s.Plan(ctx, id)
	if err != nil {
		m.t.Fatal(err)
	}
	var log []gridmap.PlanOp
	for op, err := range m.s.PlanOps(ctx, id, 0) {
		if err != nil {
			m.t.Fatal(err)
		}
		if op.Rev <= v.Plan.Rev {
			log = append(log, op)
		}
	}
	if v.Plan.Rev == p.Rev && !reflect.DeepEqual(v.Plan.State, p.State) {
		m.t.Errorf("the desk says %s, the store %s", v.Plan.State, p.State)
	}
	var a *atlas.Atlas
	base := baseOf(v.Plan)
	err = m.s.View(ctx, func(r gridmap.Reader) (err error) {
		a, err = atlas.Load(ctx, r, base.At, base.Seq)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	start, err := NewBoard(a, a.Main(), nil)
	if err != nil {
		m.t.Fatal(err)
	}
	want := refold(m.t, start, log)
	if got, want := picture(v.Board), picture(want); !reflect.DeepEqual(got, want) {
		m.t.Errorf("plan %d at %d is not what its log makes: %s", id, v.Plan.Rev, difference(got, want))
	}
	checkBoard(m.t, v.Board)
	covered(m.t, v.Board)
}

// covered checks that ground has no gap and no atom is in two places; slivers
// are what random borders make.
func covered(t *testing.T, b *Board) {
	for _, p := range topology.Inspect(b.topo) {
		if p.Kind == topology.Gap || p.Kind == topology.Hole || p.Kind == topology.NoGround || p.Kind == topology.Disconnected {
			t.Errorf("the ground: %v", p)
		}
	}
}
