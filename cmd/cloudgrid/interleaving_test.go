package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/plan"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
	"cloudgrid/tiles"
	"cloudgrid/web/auth"
)

// desk is one of several replicas, without its followers: it knows what it is
// told and what it asks for, which is the worst that can happen to it.
type desk struct {
	*plan.Desk

	keeper *atlas.Keeper
}

func openDesks(t *testing.T, there string, n int) []desk {
	t.Helper()
	var all []desk
	for range n {
		s, err := openStore(t.Context(), there, storeWrite)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		log := slog.New(slog.DiscardHandler)
		keeper, err := atlas.NewKeeper(t.Context(), s, time.Now, log)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, desk{planDesk(s, keeper, log, auth.Local), keeper})
	}
	return all
}

// interleaved is two planners and an approver at three replicas. Each step any of
// them does something at any of the replicas.
type interleaved struct {
	t     *testing.T
	dice  *rand.Rand
	desks []desk
	plans [2]gridmap.PlanID // that the planners work on
	n     int               // names and ids given
	done  map[string]int    // what was done, and what was refused
}

// TestAnyInterleavingLeavesOneValidMap has two planners draft and an approver
// publish at three replicas that hear of each other late or not at all.
// CLOUDGRID_SEED replays a run.
func TestAnyInterleavingLeavesOneValidMap(t *testing.T) {
	there := bundInPostgres(t)
	rounds, steps := 1, 150
	if os.Getenv("CLOUDGRID_SLOW") != "" {
		rounds, steps = 20, 200
	}
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv("CLOUDGRID_SEED"), 10, 64); err == nil {
		seed = given
	}
	t.Logf("seed %d", seed)
	o := &interleaved{t: t, dice: rand.New(rand.NewPCG(seed, 0)), desks: openDesks(t, there, 3), done: map[string]int{}}
	before := complaints(o.desks[0].keeper.Current())
	for range rounds {
		for range steps {
			o.step()
		}
		var maps []*atlas.Atlas
		for _, d := range o.desks {
			if err := d.keeper.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			maps = append(maps, d.keeper.Current())
		}
		fresh := openDesks(t, there, 1)
		oneMap(t, append(maps, fresh[0].keeper.Current()))
		validMap(t, maps[0], before)
		checkStore(t, there)
	}
	t.Logf("%v", o.done)
	if o.done["publish"] == 0 {
		t.Error("nothing was published")
	}
}

// step is one thing that one of them does.
func (o *interleaved) step() {
	d := o.desks[o.dice.IntN(len(o.desks))]
	who := o.dice.IntN(3)
	switch what := o.dice.IntN(10); {
	case what == 0:
		o.took("refresh", d.keeper.Refresh(o.t.Context()))
	case who == 2:
		o.approve(d)
	case o.plans[who] == 0:
		o.n++
		p, err := d.Create(o.t.Context(), planner(who), plan.NewPlan{Name: fmt.Sprint("方案", o.n)})
		if o.took("create", err) {
			o.plans[who] = p.ID
		}
	case what <= 7:
		o.draft(d, who)
	default:
		o.advance(d, who)
	}
}

func planner(who int) string { return []string{"张三", "李四"}[who] }

// took counts what was done, and complains of what must not happen.
func (o *interleaved) took(what string, err error) bool {
	if err == nil {
		o.done[what]++
		return true
	}
	switch gridmap.CodeOf(err) {
	case gridmap.Conflict, gridmap.Invalid, gridmap.NotFound, gridmap.Forbidden:
		o.done[what+" refused"]++
	default:
		o.t.Errorf("%s: %v", what, err)
	}
	return false
}

// draft adds an operation to a plan, or takes one out.
func (o *interleaved) draft(d desk, who int) {
	o.n++
	p, err := d.Plan(o.t.Context(), planner(who), o.plans[who])
	if !o.took("look", err) {
		return
	}
	if p.Rev > 0 && o.dice.IntN(6) == 0 {
		_, err := d.Undo(o.t.Context(), planner(who), p.ID, fmt.Sprint("u", o.n), p.Rev, "")
		o.took("undo", err)
		return
	}
	kind, body := o.operation(d.keeper.Current())
	text, err := json.Marshal(body)
	if err != nil {
		o.t.Fatal(err)
	}
	_, err = d.Submit(o.t.Context(), planner(who), p.ID, p.Rev, []plan.Op{{ID: fmt.Sprint("o", o.n), Kind: kind, Body: text}})
	o.took(kind, err)
}

// operation makes one up from a snapshot, which may be behind.
func (o *interleaved) operation(a *atlas.Atlas) (kind string, body jsonMap) {
	net := a.Main()
	_, atoms, owner := net.Ground()
	i := o.dice.IntN(len(atoms))
	from := owner[i]
	if from == atlas.None {
		return plan.SetAttrs, jsonMap{"grid": 0}
	}
	siblings := net.Grids[net.Grids[from].Parent].Children
	to := net.Grids[siblings[o.dice.IntN(len(siblings))]].ID
	switch o.dice.IntN(6) {
	case 0:
		return plan.SetAttrs, jsonMap{"grid": to, "name": fmt.Sprint("网格改名", o.n)}
	case 1:
		return plan.Merge, jsonMap{"into": to, "grids": []gridmap.GridID{net.Grids[from].ID}}
	case 2:
		return plan.CreateGrid, jsonMap{"parent": net.Grids[net.Grids[from].Parent].ID, "atoms": []gridmap.AtomID{a.Atom(atoms[i]).ID}}
	}
	return plan.ReassignAtoms, jsonMap{"atoms": []gridmap.AtomID{a.Atom(atoms[i]).ID}, "to": to}
}

// advance hands a plan in or, when the map has moved on, moves it there.
func (o *interleaved) advance(d desk, who int) {
	p, err := d.Plan(o.t.Context(), planner(who), o.plans[who])
	if !o.took("look", err) || p.Rev == 0 {
		return
	}
	if stale, _, err := d.Stale(o.t.Context(), p); err == nil && stale && p.State.Editable() {
		_, err := d.Rebase(o.t.Context(), planner(who), p.ID, p.Rev, nil)
		if !o.took("rebase", err) { // what does not fit any more
			_, err := d.Advance(o.t.Context(), planner(who), plan.ActAbandon, p.ID, plan.Step{Rev: p.Rev, Note: "作罢"})
			if o.took("abandon", err) {
				o.plans[who] = 0
			}
		}
		return
	}
	_, err = d.Advance(o.t.Context(), planner(who), plan.ActSubmit, p.ID, plan.Step{Rev: p.Rev, Note: "试", Force: true})
	o.took("submit", err)
}

// approve takes a plan a step on.
func (o *interleaved) approve(d desk) {
	who := o.dice.IntN(2)
	if o.plans[who] == 0 {
		return
	}
	p, err := d.Plan(o.t.Context(), "王五", o.plans[who])
	if !o.took("look", err) {
		return
	}
	step := plan.Step{Rev: p.Rev, Note: "批", Force: true}
	switch p.State {
	case gridmap.PlanSubmitted:
		action := plan.ActApprove
		if o.dice.IntN(5) == 0 {
			action = plan.ActReturn
		}
		_, err = d.Advance(o.t.Context(), "王五", action, p.ID, step)
		o.took(action, err)
	case gridmap.PlanApproved:
		_, err = d.Advance(o.t.Context(), "王五", plan.ActPublish, p.ID, step)
		if gridmap.CodeOf(err) == gridmap.Conflict { // based on a map that is no more
			_, err := d.Advance(o.t.Context(), "王五", plan.ActReturn, p.ID, step)
			o.took("return", err)
			return
		}
		o.took("publish", err)
	case gridmap.PlanPublished, gridmap.PlanAbandoned:
		o.plans[who] = 0
	case gridmap.PlanDraft, gridmap.PlanReturned, gridmap.PlanAnnounced:
	}
}

// oneMap checks that snapshots show the same map: every grid, every owner of an
// atom, answers and tiles.
func oneMap(t *testing.T, maps []*atlas.Atlas) {
	t.Helper()
	want := digest(t, maps[0])
	for i, a := range maps[1:] {
		if got := digest(t, a); got != want {
			t.Errorf("replica %d shows another map than the first: %s at %+v, %s at %+v", i+1, got, a.Head(), want, maps[0].Head())
		}
	}
}

func digest(t *testing.T, a *atlas.Atlas) string {
	t.Helper()
	h := sha256.New()
	fmt.Fprintln(h, a.Token(), a.Edition().Number)
	for _, n := range a.Nets() {
		for _, g := range n.Grids {
			fmt.Fprintln(h, g.ID, g.Level, g.Parent, g.Children, g.Code, g.Name, g.Type, g.Attrs, g.Atoms, g.Counts, g.AreaM2, g.Box)
		}
		_, atoms, owner := n.Ground()
		for i, atom := range atoms {
			fmt.Fprintln(h, a.Atom(atom).ID, owner[i])
		}
		box, dice := a.Bounds(), rand.New(rand.NewPCG(7, 7))
		for range 200 {
			p := spatial.Point{X: between(dice, box.Min.X, box.Max.X), Y: between(dice, box.Min.Y, box.Max.Y)}
			ans := n.Resolve(atlas.Ask{Point: p, Level: -1, AccuracyM: 20, Around: true})
			fmt.Fprintf(h, "%+v\n", ans)
		}
		pyramid, err := n.Pyramid(a)
		if err != nil {
			t.Fatal(err)
		}
		for _, z := range []uint8{13, 15} {
			x0, y0, x1, y1 := tiles.Range(box, z)
			h.Write(pyramid.Tile(tiles.SetMap, uint32(z), (x0+x1)/2, (y0+y1)/2))
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}

func between(dice *rand.Rand, lo, hi int32) int32 {
	return lo + int32(dice.Int64N(int64(hi)-int64(lo)))
}

// validMap checks the ground of every network and what else a map must not be.
// before is what the demo has wrong on purpose.
func validMap(t *testing.T, a *atlas.Atlas, before map[string]int) {
	t.Helper()
	for _, n := range a.Nets() {
		ground, atoms, owner := n.Ground()
		for _, p := range topology.Check(ground) {
			t.Errorf("%s: %+v", n.Network.Code, p)
		}
		for i := range atoms {
			if owner[i] != atlas.None && len(n.Grids[owner[i]].Children) > 0 {
				t.Errorf("an atom of %s belongs to a grid that is no leaf", n.Network.Code)
			}
		}
	}
	for what, count := range complaints(a) {
		if count > before[what] {
			t.Errorf("%d complaints %q, %d before", count, what, before[what])
		}
	}
}

func complaints(a *atlas.Atlas) map[string]int {
	all := map[string]int{}
	for _, c := range a.Check() {
		all[c.Kind]++
	}
	return all
}

// checkStore checks that what is kept is numbered without a gap.
func checkStore(t *testing.T, where string) {
	t.Helper()
	s, err := openStore(t.Context(), where, storeRead)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.View(t.Context(), func(r gridmap.Reader) error { return gapless(t, r, nil) }); err != nil {
		t.Error(err)
	}
}

// TestThreeServersShowOneMapAfterPlannersWereAtAllOfThem is the same over HTTP,
// with planners and an approver at work at once.
func TestThreeServersShowOneMapAfterPlannersWereAtAllOfThem(t *testing.T) {
	there := bundInPostgres(t)
	var bases []string
	var keepers []*atlas.Keeper
	for range 3 {
		s, err := openStore(t.Context(), there, storeWrite)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		base, srv := boot(t, s)
		bases, keepers = append(bases, base), append(keepers, srv.keeper)
	}
	before := complaints(keepers[0].Current())
	var working sync.WaitGroup
	var mu sync.Mutex
	published := map[int64]bool{}
	for who := range 2 {
		working.Go(func() {
			for n := range 6 {
				edition, ok := publishOne(t, bases[(who+n)%3])
				mu.Lock()
				if ok && published[edition] {
					t.Errorf("edition %d was published twice", edition)
				}
				published[edition] = ok
				mu.Unlock()
			}
		})
	}
	working.Wait()
	seq := changeMap(t, bases[0])
	var maps []*atlas.Atlas
	for i, base := range bases {
		if status, body, _ := fetch(t, base+bundQuery, "X-CloudGrid-Min-Seq", fmt.Sprint(seq)); status != http.StatusOK {
			t.Errorf("%d %s", status, body)
		}
		maps = append(maps, keepers[i].Current())
	}
	oneMap(t, maps)
	validMap(t, maps[0], before)
	checkStore(t, there)
	if len(published) == 0 {
		t.Error("nothing was published")
	}
}
