package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"cloudgrid/gridmap"
	"cloudgrid/spatial/topology"
	"cloudgrid/web/auth"
)

// script is what the driven page knows to do by the lists and buttons that
// somebody without a mouse uses. Each ends when the page has taken the click.
const script = `
	const end = Date.now() + 50_000; // the asker waits a little longer
	const until = async (holds) => { for (;;) { const v = holds(); if (v) return v; if (Date.now() > end) throw new Error("waited in vain: " + holds); await new Promise((r) => setTimeout(r, 4)); } };
	const $ = (s) => document.querySelector(s), all = (s) => [...document.querySelectorAll(s)];
	const open = async (code) => {
		(await until(() => all(".plan-row").find((e) => e.title.endsWith(" " + code)))).click();
		await until(() => $(".inspector-code")?.textContent === code);
	};
`

// hand gives atoms of one grid to another by the lists of the page. It answers
// how many it found to give.
func (p *planTab) hand(ctx context.Context, from, to boardGrid, atoms []int64) (int, error) {
	return p.handAsOf(ctx, math.MaxInt64, from, to, atoms)
}

// handAsOf is hand as a revision suggests it: where the page has come as far, or
// hears of nothing, and does not list one of the grids, there is nothing to give.
func (p *planTab) handAsOf(ctx context.Context, rev int64, from, to boardGrid, atoms []int64) (int, error) {
	list, err := json.Marshal(atoms)
	if err != nil {
		return 0, err
	}
	return evaluate[int](ctx, fmt.Sprintf(`(async () => { %[1]s
		const listed = (code) => all(".plan-row").some((e) => e.title.endsWith(" " + code));
		await until(() => (listed(%[2]q) && listed(%[3]q)) || Number($(".plan-rev").textContent.slice(1)) >= %[4]d || $(".saved-offline"));
		if (!listed(%[2]q) || !listed(%[3]q)) return 0;
		await open(%[2]q);
		$(".atom-list").open = true;
		const wanted = new Set(%[5]s.map(String));
		await until(() => $(".atom-list li"));
		const boxes = all(".atom-list li").filter((e) => wanted.has(e.querySelector(".mono").textContent.split(" ").at(-1)));
		if (boxes.length === 0) return 0;
		for (const e of boxes) {
			const box = e.querySelector("input");
			if (!box.checked) box.click();
		}
		const choice = await until(() => $(".chosen select"));
		choice.value = %[6]q;
		choice.dispatchEvent(new Event("change", { bubbles: true }));
		const press = await until(() => all(".chosen .primary").find((e) => !e.disabled && e.textContent.includes(%[7]q)));
		press.click();
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
		if ($(".chosen select")) all(".chosen .buttons .tool").at(-1).click(); // they were there already
		await until(() => !$(".chosen select"));
		return boxes.length;
	})()`, script, from.Code, to.Code, rev, list, fmt.Sprint(to.ID), to.Name))
}

// evaluate is ask for a goroutine that may not end the test.
func evaluate[T any](ctx context.Context, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// settle answers whatever the page asks about a clash, and returns how often it
// did, when nothing is left to save.
func (p *planTab) settle(ctx context.Context, answer func() string) (asked int, err error) {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		state, err := evaluate[string](ctx, `document.querySelector("dialog .clash-side") ? "asks" : document.querySelector(".saved-saved") ? "saved" : "busy"`)
		switch {
		case err != nil:
			return asked, err
		case state == "saved":
			return asked, nil
		case state == "asks":
			asked++
			end = time.Now().Add(patience)
			if _, err := evaluate[bool](ctx, fmt.Sprintf(`(async () => {
				const e = document.querySelector("dialog:has(.clash-side)"), b = [...(e?.querySelectorAll(".buttons button") ?? [])].find((x) => x.classList.contains(%q));
				b?.click();
				await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
				return true;
			})()`, answer())); err != nil {
				return asked, err
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	return asked, fmt.Errorf("nothing was saved in the end")
}

// openTogether opens a new plan over the Bund in several browsers.
func openTogether(t *testing.T, base string, n int) (tabs []*planTab, gates []*gate) {
	t.Helper()
	for i := range n {
		p, g := openPlanTab(t, base)
		if i == 0 {
			p.do(chromedp.Navigate(base + "/#/plans"))
			p.make("一起改")
		} else {
			p.visit(tabs[0].plan)
		}
		tabs, gates = append(tabs, p), append(gates, g)
	}
	return tabs, gates
}

// TestTwoBrowsersEditOneDraft has two planners at one plan: what does not touch
// is merged, what does is asked about, and after many random operations from
// both sides both screens and the server hold the same. CLOUDGRID_SLOW makes
// them 500.
func TestTwoBrowsersEditOneDraft(t *testing.T) {
	findBrowser(t)
	s, _ := bundStore(t)
	base, srv := boot(t, s)
	tabs, gates := openTogether(t, base, 2)
	t.Run("strokes that do not touch are merged, on both screens", func(t *testing.T) { disjoint(t, tabs[0].step(t), tabs[1].step(t)) })
	t.Run("who wants the same is asked", func(t *testing.T) { clashing(t, tabs[0].step(t), gates[1], tabs[1].step(t)) })
	t.Run("random operations end in the same everywhere", func(t *testing.T) {
		n := 60
		if os.Getenv("CLOUDGRID_SLOW") != "" {
			n = 500
		}
		scramble(t, [2]*planTab{tabs[0].step(t), tabs[1].step(t)}, [2]*gate(gates), n)
		desk := planDesk(s, srv.keeper, slog.New(slog.NewTextHandler(io.Discard, nil)), auth.Local)
		var id int64
		if _, err := fmt.Sscanf(tabs[0].plan, "/v1/plans/%d", &id); err != nil {
			t.Fatal(err)
		}
		v, err := desk.View(t.Context(), "planner@local", gridmap.PlanID(id))
		if err != nil {
			t.Fatal(err)
		}
		ground, _, _ := v.Board.Ground()
		if found := topology.Check(ground); len(found) > 0 {
			t.Errorf("the ground of the draft is not sound: %v", found[:min(3, len(found))])
		}
	})
	for i, p := range tabs {
		p.wantQuiet(gates[i], "409 (Conflict)", "ERR_EMPTY_RESPONSE", "502 (Bad Gateway)", "net::ERR", "404 (Not Found)")
	}
}

// twoPairs returns neighbouring grids of one community, and of another street.
func twoPairs(b planBoard) (pairs [2][2]boardGrid) {
	byParent := map[int64][]boardGrid{}
	n := 0
	for _, g := range b.leaves() {
		if g.Atoms < 8 {
			continue
		}
		byParent[g.Parent] = append(byParent[g.Parent], g)
		if list := byParent[g.Parent]; len(list) == 2 && n < 2 {
			pairs[n] = [2]boardGrid{list[0], list[1]}
			n++
		}
	}
	return pairs
}

func disjoint(t *testing.T, a, b *planTab) {
	start := a.board()
	pairs := twoPairs(start)
	var work sync.WaitGroup
	for i, p := range []*planTab{a, b} {
		work.Go(func() {
			if _, err := p.hand(p.ctx, pairs[i][0], pairs[i][1], start.atomsOf(pairs[i][0].ID)[:2]); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	want := start.owners()
	for _, pair := range pairs {
		for _, id := range start.atomsOf(pair[0].ID)[:2] {
			want[id] = pair[1].ID
		}
	}
	for _, p := range []*planTab{a, b} {
		p.at(2)
		p.wantShown(want, pairs[0][0].ID, pairs[0][1].ID, pairs[1][0].ID, pairs[1][1].ID)
	}
	if differ := differences(want, a.board().owners()); len(differ) > 0 {
		t.Errorf("the server differs from what both did: %v", differ)
	}
}

// clashing gives one atom to two grids: the second planner does not see the
// first one's stroke yet, because the line is down.
func clashing(t *testing.T, a *planTab, g *gate, b *planTab) {
	start := a.board()
	pair := twoPairs(start)[0]
	var third boardGrid
	for _, x := range start.leaves() {
		if x.Parent == pair[0].Parent && x.ID != pair[0].ID && x.ID != pair[1].ID {
			third = x
		}
	}
	atom := start.atomsOf(pair[0].ID)[:1]
	g.setAway(true)
	if _, err := b.hand(b.ctx, pair[0], pair[1], atom); err != nil {
		t.Fatal(err)
	}
	b.until(`document.querySelector(".saved-offline")`)
	if _, err := a.hand(a.ctx, pair[0], third, atom); err != nil {
		t.Fatal(err)
	}
	a.at(start.Rev + 1)
	g.setAway(false)
	b.until(`document.querySelector("dialog .clash-side")`)
	b.wantNoSeriousFindings()
	if own := b.board().owners()[atom[0]]; own != third.ID {
		t.Errorf("before the answer the atom is in %d, want the first planner's %d", own, third.ID)
	}
	b.clickText("dialog .primary", "")
	b.at(start.Rev + 2)
	a.at(start.Rev + 2)
	if own := b.board().owners()[atom[0]]; own != pair[1].ID {
		t.Errorf("told to do it all the same, the page left the atom in %d, want %d", own, pair[1].ID)
	}
	for _, p := range []*planTab{a, b} {
		p.wantShown(p.board().owners(), pair[0].ID, pair[1].ID, third.ID)
	}
}

// scramble has both planners do n operations in all at the same time, with few
// atoms so that they meet. Now and then a line is down for two operations, which
// then stand on a draft that the other planner has changed.
func scramble(t *testing.T, tabs [2]*planTab, gates [2]*gate, n int) {
	start := tabs[0].board()
	pair := twoPairs(start)[0]
	var pool field
	for _, g := range start.leaves() {
		if g.Parent == pair[0].Parent && g.Atoms > 5 {
			pool.grids = append(pool.grids, g)
			pool.atoms = append(pool.atoms, start.atomsOf(g.ID)[:3]...)
		}
	}
	var work sync.WaitGroup
	var told [2]doings
	for i, p := range tabs {
		r := &rambler{p: p, g: gates[i], chance: rand.New(rand.NewPCG(6, uint64(i))), pool: pool} //nolint:gosec // chance, not secrets
		work.Go(func() {
			if err := r.ramble(n / 2); err != nil {
				t.Errorf("planner %d: %v", i, err)
			}
			told[i] = r.doings
		})
	}
	work.Wait()
	t.Logf("done by each: %+v", told)
	end := tabs[0].board()
	worked := touched(start.owners(), end.owners())
	for _, g := range end.leaves() {
		if g.Parent == pair[0].Parent {
			worked = append(worked, g.ID)
		}
	}
	for _, p := range tabs {
		p.at(end.Rev)
		p.wantShown(end.owners(), worked...)
	}
	if a, b := tabs[0].shownRows(), tabs[1].shownRows(); !slices.Equal(a, b) || len(a) != len(end.leaves()) {
		t.Errorf("of %d grids one screen lists %q, the other %q", len(end.leaves()), a, b)
	}
	if end.Rev < start.Rev+int64(n)/3 {
		t.Errorf("only %d of %d operations got through", end.Rev-start.Rev, n)
	}
}

// field is what is moved, and between which grids.
type field struct {
	grids []boardGrid
	atoms []int64
}

// doings is what a planner did.
type doings struct{ Moves, Turns, Asked, Shaped, Refused int }

// rambler is a planner who does anything.
type rambler struct {
	p      *planTab
	g      *gate
	chance *rand.Rand
	pool   field
	doings
}

func (r *rambler) ramble(n int) error {
	for done := 0; done < n; {
		asked, err := r.p.settle(r.p.ctx, func() string { return []string{"primary", "tool"}[r.chance.IntN(2)] })
		r.Asked += asked
		if err != nil {
			return err
		}
		inOne := 1
		if r.chance.IntN(5) == 0 {
			inOne = 2
			r.g.setAway(true)
		}
		for range inOne {
			if err = r.anything(inOne == 1); err != nil {
				break
			}
			done++
		}
		r.g.setAway(false)
		if err != nil {
			return err
		}
	}
	asked, err := r.p.settle(r.p.ctx, func() string { return "tool" })
	r.Asked += asked
	return err
}

// anything is one random operation: a move of up to three atoms, undo or redo,
// or one that shapes the ground or the grids.
func (r *rambler) anything(turns bool) error {
	if turns && r.chance.IntN(5) == 0 {
		r.Turns++
		title := []string{"Ctrl+Z", "Ctrl+Shift+Z"}[r.chance.IntN(2)]
		_, err := evaluate[bool](r.p.ctx, fmt.Sprintf(`document.querySelector('.plan-header button[title*=%q]').click(), true`, title))
		return err
	}
	var b planBoard
	if status, body := r.p.get(r.p.plan + "/board"); status != http.StatusOK {
		return fmt.Errorf("the board: %d", status)
	} else if err := json.Unmarshal(body, &b); err != nil {
		return err
	}
	if turns && r.chance.IntN(3) == 0 {
		return r.shape(b)
	}
	owners := b.owners()
	first := r.pool.atoms[r.chance.IntN(len(r.pool.atoms))]
	atoms := []int64{first}
	for _, id := range r.pool.atoms {
		if id != first && owners[id] == owners[first] && len(atoms) < 3 && r.chance.IntN(2) == 0 {
			atoms = append(atoms, id)
		}
	}
	grids := r.ground(b)
	to := grids[r.chance.IntN(len(grids))]
	for to.ID == owners[first] {
		to = grids[r.chance.IntN(len(grids))]
	}
	r.Moves++
	from := b.grid(owners[first])
	_, err := r.p.handAsOf(r.p.ctx, b.Rev, from, to, atoms)
	if err != nil && r.gone(from.ID, to.ID) { // the other planner merged it away meanwhile
		_, err = evaluate[bool](r.p.ctx, `document.querySelector(".chosen select") && [...document.querySelectorAll(".chosen .buttons .tool")].at(-1).click(), true`)
	}
	return err
}

// ground is the grids that stand where the planners work.
func (r *rambler) ground(b planBoard) (grids []boardGrid) {
	for _, g := range b.leaves() {
		if g.Parent == r.pool.grids[0].Parent {
			grids = append(grids, g)
		}
	}
	return grids
}

// gone tells whether one of some grids no longer stands.
func (r *rambler) gone(ids ...int64) bool {
	var b planBoard
	if _, body := r.p.get(r.p.plan + "/board"); json.Unmarshal(body, &b) != nil {
		return false
	}
	return slices.ContainsFunc(ids, func(id int64) bool { g := b.grid(id); return g.ID == 0 || g.Retired })
}

// shape has the page send an operation on the ground or the grids, made on the
// board that was read. That it is refused, as another came first or the border
// cannot go there, is as good.
func (r *rambler) shape(b planBoard) error {
	op := r.shaping(b)
	if op == nil {
		return nil
	}
	op["id"] = fmt.Sprintf("shape-%d-%d", r.chance.Uint64(), b.Rev)
	text, err := json.Marshal(jsonMap{"base_rev": b.Rev, "crs": "wgs84", "ops": []jsonMap{op}})
	if err != nil {
		return err
	}
	status, err := evaluate[int](r.p.ctx, fmt.Sprintf(`fetch(%q, { method: "POST", headers: { "Content-Type": "application/json" }, body: %q }).then((r) => r.status)`, r.p.plan+"/ops", text))
	switch {
	case err != nil:
		return err
	case status == http.StatusOK:
		r.Shaped++
	case status == http.StatusConflict || status == http.StatusBadRequest || status == http.StatusNotFound:
		r.Refused++
	default:
		return fmt.Errorf("%s: %d", text, status)
	}
	return nil
}

// shaping is a cut, a merge, a new grid, a moved border point or a divided atom;
// nil where chance found nothing to do it to.
func (r *rambler) shaping(b planBoard) jsonMap {
	grids := r.ground(b)
	g := grids[r.chance.IntN(len(grids))]
	atoms := b.atomsOf(g.ID)
	switch kind := r.chance.IntN(5); {
	case kind == 0 && len(atoms) > 5 && len(grids) < 12:
		middle := (g.Box[1] + g.Box[3]) / 2
		return jsonMap{"kind": "cut", "grid": g.ID, "line": [][2]float64{{g.Box[0] - 1e-3, middle}, {g.Box[2] + 1e-3, middle}}, "mode": []string{"atoms", "ground"}[r.chance.IntN(2)]}
	case kind == 1 && len(grids) > 4:
		if other := grids[r.chance.IntN(len(grids))]; other.ID != g.ID {
			return jsonMap{"kind": "merge", "into": g.ID, "grids": []int64{other.ID}}
		}
	case kind == 2 && len(atoms) > 4 && len(grids) < 12:
		return jsonMap{"kind": "create_grid", "parent": g.Parent, "code": "", "name": "", "type": "general", "atoms": atoms[:2]}
	case kind == 3 && len(atoms) > 0:
		return r.splitting(atoms[r.chance.IntN(len(atoms))])
	case len(atoms) > 0:
		return r.bending(b, atoms[r.chance.IntN(len(atoms))])
	}
	return nil
}

// splitting divides an atom down the middle.
func (r *rambler) splitting(atom int64) jsonMap {
	var a struct {
		Geometry struct{ Coordinates [][][][2]float64 }
	}
	if _, body := r.p.get(fmt.Sprintf("%s/atoms/%d", r.p.plan, atom)); json.Unmarshal(body, &a) != nil || len(a.Geometry.Coordinates) == 0 {
		return nil
	}
	ring := a.Geometry.Coordinates[0][0]
	low, high := ring[0], ring[0]
	for _, q := range ring {
		low, high = [2]float64{min(low[0], q[0]), min(low[1], q[1])}, [2]float64{max(high[0], q[0]), max(high[1], q[1])}
	}
	x := (low[0] + high[0]) / 2
	return jsonMap{"kind": "split_atom", "atom": atom, "line": [][2]float64{{x, low[1] - 1e-4}, {x, high[1] + 1e-4}}}
}

// bending moves a point of the border nearest to an atom a little.
func (r *rambler) bending(b planBoard, atom int64) jsonMap {
	i := slices.Index(b.Atoms.ID, atom)
	var a arcAt
	status, body := r.p.get(fmt.Sprintf("%s/arc?at=%.7f,%.7f&crs=wgs84&tolerance_m=500", r.p.plan, b.Atoms.Lon[i], b.Atoms.Lat[i]))
	if status != http.StatusOK || json.Unmarshal(body, &a) != nil || len(a.Arc) < 3 {
		return nil
	}
	at := a.Arc[1+r.chance.IntN(len(a.Arc)-2)]
	shift := func() float64 { return (r.chance.Float64() - 0.5) * 2e-5 } // a metre
	return jsonMap{"kind": "move_vertex", "at": at, "to": [2]float64{at[0] + shift(), at[1] + shift()}}
}

// TestThePageOutlivesAServerKilledInTheMiddleOfEditing kills the server, a
// process of its own, while a planner works, and starts it again at what is the
// same address to the page: what was acknowledged is there, what was not goes out by itself.
func TestThePageOutlivesAServerKilledInTheMiddleOfEditing(t *testing.T) {
	findBrowser(t)
	s, where := bundStore(t)
	_ = s.Close()
	server := serveProcess(t, where)
	p, g := openPlanTab(t, server.url)
	p.do(chromedp.Navigate(server.url + "/#/plans"))
	p.make("断电")
	start := p.board()
	pair := twoPairs(start)[0]
	atoms := start.atomsOf(pair[0].ID)
	want := start.owners()
	give := func(id int64) {
		t.Helper()
		want[id] = pair[1].ID
		if n, err := p.hand(p.ctx, pair[0], pair[1], []int64{id}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	for i, id := range atoms[:3] {
		give(id)
		p.at(int64(i) + 1)
	}
	give(atoms[3]) // on its way, perhaps there, when the server dies
	server.kill()
	give(atoms[4]) // nobody hears it
	p.until(`document.querySelector(".saved-offline")`)
	if shown := ask[string](p.tab, `document.querySelector(".saved").textContent`); !strings.Contains(shown, "离线") {
		t.Errorf("the page says %q while the server is away", shown)
	}
	p.wantNoSeriousFindings()

	again := serveProcess(t, where)
	g.setMoved(strings.TrimPrefix(again.url, "http://"))
	p.get = func(path string) (int, []byte) { status, body, _ := fetch(t, again.url+path); return status, body }
	p.at(5)
	now := p.board()
	if differ := differences(want, now.owners()); len(differ) > 0 {
		t.Errorf("the server differs from what the planner did: %v", differ)
	}
	p.wantShown(want, pair[0].ID, pair[1].ID)
	if kinds := slices.Compact(p.kinds()); !slices.Equal(kinds, []string{"reassign_atoms"}) {
		t.Errorf("the log holds %v", kinds)
	}
	p.wantQuiet(g, "502 (Bad Gateway)", "net::ERR", "404 (Not Found)")
}

func (p *planTab) kinds() (kinds []string) {
	for _, op := range p.log() {
		kinds = append(kinds, op.Kind)
	}
	return kinds
}
