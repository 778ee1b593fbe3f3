package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
)

// day is one planner's day on the Bund, and what later steps need of earlier ones.
type day struct {
	o        *office
	t        *testing.T
	planner  *planTab
	approver *planTab
	boss     *visitor // a program that may read and do everything

	start       planBoard
	border      borderVertex
	kept, given boardGrid // grids that are merged
	place       placeSign
	done        planBoard // the draft with all of the day in it
}

// placeSign is a sign in the grid that is merged away.
type placeSign struct {
	code     string
	lon, lat float64
}

// TestAPlannersWholeDay drives the editor as planners and an approver would, by
// mouse and keyboard, and asks the server after each step whether what was done
// is what was meant. The steps follow each other.
func TestAPlannersWholeDay(t *testing.T) {
	findBrowser(t)
	s, _ := bundStore(t)
	d := &day{o: officeOver(t, s, access{}), t: t}
	d.o.account("zhang", "correct horse 1", gridmap.Grant{Role: rights.Planner})
	d.o.account("li", "correct horse 2", gridmap.Grant{Role: rights.Approver})
	d.boss = d.o.program(gridmap.Grant{Role: rights.Admin})
	var gates [2]*gate
	d.planner, gates[0] = openPlanTab(t, d.o.base)
	d.approver, gates[1] = openPlanTab(t, d.o.base)
	for _, p := range []*planTab{d.planner, d.approver} {
		p.get = func(path string) (int, []byte) { status, body, _ := d.boss.get(path); return status, []byte(body) }
	}
	for _, step := range []struct {
		name string
		do   func(p *planTab)
	}{
		{"she signs in and begins a plan", d.begin},
		{"the list names the overloaded grids, worst first", d.overloaded},
		{"the engine proposes for one street, and one proposal is applied", d.propose},
		{"a point of a shared border is dragged", d.dragAVertex},
		{"a grid is cut along a drawn line", d.cut},
		{"two grids are merged", d.merge},
		{"everything is undone, and redone", d.undoAndRedo},
		{"the problems are walked with the keyboard", d.walkProblems},
		{"she submits", d.submit},
	} {
		done := false
		t.Run(step.name, func(t *testing.T) { step.do(d.planner.step(t)); done = true })
		if !done {
			return
		}
	}
	if !t.Run("another person approves and publishes", func(t *testing.T) { d.approve(d.approver.step(t)) }) {
		return
	}
	t.Run("the public map and the sign say the new grid", func(t *testing.T) { d.published(d.planner.step(t)) })
	for i, p := range []*planTab{d.planner, d.approver} {
		p.wantQuiet(gates[i], "favicon.ico") // which browsers ask for on the sign-in page, unasked
	}
}

func (d *day) begin(p *planTab) {
	p.signIn("zhang", "correct horse 1")
	p.wantNoSeriousFindings()
	p.make("外滩调整")
	d.planner.plan = p.plan
	d.start = p.board()
	if d.start.Rev != 0 || d.start.Plan.State != "draft" {
		p.t.Errorf("a new plan is %s at %d", d.start.Plan.State, d.start.Rev)
	}
	p.wantNoSeriousFindings()
	d.border = p.aBorderVertex(d.start, 14)
	d.kept, d.given = d.start.grid(d.border.Left), d.start.grid(d.border.Right)
	d.putUpASign(p)
}

// putUpASign registers a sign in the grid that will be merged away.
func (d *day) putUpASign(p *planTab) {
	m := d.o.srv.keeper.Current()
	n := m.Main()
	for i := range m.Places() {
		x := &m.Places()[i]
		if g := n.OfPlace(m, x); !x.HasPoint || g == atlas.None || int64(n.Grids[g].ID) != d.given.ID {
			continue
		}
		status, body := d.boss.postJSON("/v1/signs", fmt.Sprintf(`{"signs":[{"place":%d,"mounting":"门旁"}]}`, x.ID))
		var made struct{ Signs []struct{ Code string } }
		if err := json.Unmarshal([]byte(body), &made); err != nil || status != http.StatusCreated || len(made.Signs) != 1 {
			p.t.Fatalf("no sign: %d %v %s", status, err, body)
		}
		d.place.code = made.Signs[0].Code
		d.place.lon, d.place.lat = x.Point.LonLat()
		return
	}
	p.t.Fatalf("%s has no place for a sign", d.given.Name)
}

func (d *day) overloaded(p *planTab) {
	p.choose(`.list select`, "over")
	p.until(`document.querySelector(".plan-row:has(.load-over)") && document.querySelector(".plan-row") === document.querySelector(".plan-row:has(.load-over)")`)
	shown := ask[[]string](p.tab, `[...document.querySelectorAll(".plan-row:has(.load-over) .plan-row-name")].map((e) => e.textContent.trim())`)
	first := ask[string](p.tab, `document.querySelector(".plan-row-name").textContent.trim()`)
	if len(shown) == 0 || first != shown[0] {
		p.t.Errorf("%q is first of the overloaded %v", first, shown)
	}
	slices.Sort(shown)
	if want := d.start.over(); !slices.Equal(shown, want) {
		p.t.Errorf("the list calls %v overloaded, the server %v", shown, want)
	}
	p.choose(`.list select`, "code")
}

// propose asks for the street of the first overloaded grid that is not to be merged.
func (d *day) propose(p *planTab) {
	var street boardGrid
	for _, g := range d.start.leaves() {
		if top := d.start.grid(d.start.grid(g.Parent).Parent); g.Status == "over" && g.Parent != d.kept.Parent && top.ID != d.start.grid(d.kept.Parent).Parent {
			street = top
			break
		}
	}
	p.click(`document.querySelector("#tab-proposals")`)
	p.choose(`.proposal-form .field:nth-of-type(2) select`, fmt.Sprint(street.ID))
	p.slide("步行距离", 4)
	p.slide("少动网格", 5)
	p.wantNoSeriousFindings()
	p.click(`document.querySelector(".proposal-form .primary")`)
	p.until(`document.querySelector(".proposal summary .tag")?.textContent === "完成"`)
	p.click(`document.querySelector(".candidate-head")`)
	p.until(`document.querySelector(".candidate-picked")`)
	p.until(`/户均到网格中心\s*[\d.]+ 米 → [\d.]+ 米/.test(document.querySelector(".candidate-picked .candidate-facts").textContent)`)
	p.wantNoSeriousFindings()
	p.click(`document.querySelector(".candidate-picked .primary")`)
	p.at(1)

	var asked struct {
		Proposals []struct {
			ID   string
			Wish struct{ Weights map[string]float64 }
		}
	}
	p.read("/proposals", &asked)
	var proposal struct {
		Candidates []struct {
			Moves []struct {
				To    int64
				Atoms []int64
			}
		}
	}
	if len(asked.Proposals) != 1 {
		p.t.Fatalf("%d proposals", len(asked.Proposals))
	}
	if w := asked.Proposals[0].Wish.Weights; w["balance"] != 1 || w["walk_per_km"] != 4 || w["touched_grid"] != 100 {
		p.t.Errorf("the sliders' weights came as %v", w)
	}
	p.read("/proposals/"+asked.Proposals[0].ID, &proposal)
	want := d.start.owners()
	for _, m := range proposal.Candidates[0].Moves {
		for _, a := range m.Atoms {
			want[a] = m.To
		}
	}
	now := p.board()
	if differ := differences(want, now.owners()); len(differ) > 0 {
		p.t.Errorf("the draft is not what was proposed: %v", differ)
	}
	for _, g := range now.leaves() {
		if now.grid(g.Parent).Parent != street.ID && g.Households != d.start.grid(g.ID).Households {
			p.t.Errorf("%s is in another street and has changed", g.Name)
		}
	}
	if len(now.over()) >= len(d.start.over()) {
		p.t.Errorf("overloaded before %v, after %v", d.start.over(), now.over())
	}
	p.click(`document.querySelector("#tab-grids")`)
}

// zoomTo shows a grid on the map, by way of the list.
func (p *planTab) zoomTo(g boardGrid) screen {
	p.t.Helper()
	p.row(g.Name)
	p.until(fmt.Sprintf(`document.querySelector(".inspector-code")?.textContent === %q && document.querySelector(".map-canvas").dataset.idle === "true"`, g.Code))
	return p.screen()
}

func (d *day) dragAVertex(p *planTab) {
	at := d.border.At
	s := p.zoomTo(d.kept)
	p.chord("e")
	p.until(`document.querySelector('.rail-tool[aria-keyshortcuts="E"]').ariaPressed === "true"`)
	x, y := s.of(at[0], at[1])
	if !p.onMap(x, y) {
		p.t.Fatalf("the border is not on the screen: %v at %.0f, %.0f", at, x, y)
	}
	p.do(chromedp.MouseClickXY(x, y))
	p.until(fmt.Sprintf(`document.querySelectorAll(".arc-points li").length === %d`, d.border.Points))
	p.wantNoSeriousFindings()
	toX, toY := x+5, y+5
	to := [2]float64{s.lon + (toX-s.x)/s.pxPerLon, s.lat + (toY-s.y)/s.pxPerLat}
	p.drag(x, y, toX, toY, chromedp.ModifierAlt)
	p.at(2)
	if op := p.lastOp(); op.Kind != "move_vertex" {
		p.t.Fatalf("the server logged %+v", op)
	}
	now := p.arcAt(to[0], to[1])
	if off := metresBetween(now.At[0], now.At[1], to[0], to[1]); now.Kind != "vertex" || off > 0.5 || len(now.Arc) != d.border.Points {
		p.t.Errorf("dragged to %v, the server has a %s %.2f m from there on a line of %d points", to, now.Kind, off, len(now.Arc))
	}
	p.keys(kb.Escape) // the border
	p.keys(kb.Escape) // the tool
	p.until(`document.querySelector('.rail-tool[aria-keyshortcuts="V"]').ariaPressed === "true"`)
}

// cut draws across the largest overloaded grid and answers the
// dialog. Alt keeps the line straight, whatever corners there are to snap to.
func (d *day) cut(p *planTab) {
	before := p.board()
	var g boardGrid
	for _, x := range before.leaves() {
		if x.ID != d.kept.ID && x.ID != d.given.ID && x.Status == "over" && x.Atoms > g.Atoms {
			g = x
		}
	}
	s := p.zoomTo(g)
	p.chord("k")
	p.until(`document.querySelector('.rail-tool[aria-keyshortcuts="K"]').ariaPressed === "true"`)
	middle := before.clearLatitude(g)
	for _, lon := range []float64{g.Box[0] - 0.0002, g.Box[2] + 0.0002} {
		x, y := s.of(lon, middle)
		if !p.onMap(x, y) {
			p.t.Fatalf("an end of the cut is not on bare map: %.0f, %.0f", x, y)
		}
		p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y), chromedp.MouseClickXY(x, y, chromedp.ButtonModifiers(chromedp.ModifierAlt)))
	}
	p.until(`document.querySelector(".status-hint").textContent.includes("2 个点")`)
	p.keys(kb.Enter)
	p.until(`document.querySelector("dialog .hint")?.textContent.match(/\d/)`)
	p.wantNoSeriousFindings()
	p.click(`document.querySelector("dialog .primary")`)
	p.at(3)
	now := p.board()
	var made boardGrid
	for _, x := range now.leaves() {
		if x.New {
			made = x
		}
	}
	both := append(now.atomsOf(g.ID), now.atomsOf(made.ID)...)
	slices.Sort(both)
	if made.ID >= 0 || made.Parent != g.Parent || made.Atoms == 0 || now.grid(g.ID).Atoms == 0 || !slices.Equal(both, before.atomsOf(g.ID)) {
		p.t.Fatalf("cut %+v into %+v and %+v", g, now.grid(g.ID), made)
	}
	side := map[int64]bool{}
	for i, own := range now.Atoms.Owner {
		north := now.Atoms.Lat[i] > middle
		if math.Abs(now.Atoms.Lat[i]-middle) < 0.00004 { // 4 m: a pixel of the pointer decides
			continue
		}
		if was, seen := side[own]; (own == g.ID || own == made.ID) && seen && was != north {
			p.t.Errorf("%d has atoms on both sides of the cut", own)
		}
		side[own] = north
	}
	if slices.Contains(now.over(), g.Name) {
		p.t.Errorf("%s is still overloaded", g.Name)
	}
	p.wantNoSeriousFindings()
}

// clearLatitude halves a grid, more or less, where it is farthest from the points
// of the atoms: which side those are on is then no matter of a pixel.
func (b planBoard) clearLatitude(g boardGrid) float64 {
	type atom struct {
		lat        float64
		households int64
	}
	var atoms []atom
	for i, own := range b.Atoms.Owner {
		if own == g.ID {
			atoms = append(atoms, atom{b.Atoms.Lat[i], b.Atoms.Households[i]})
		}
	}
	slices.SortFunc(atoms, func(x, y atom) int { return cmp.Compare(x.lat, y.lat) })
	var widest, at float64
	var south int64
	for i := range len(atoms) - 1 {
		south += atoms[i].households
		if gap := atoms[i+1].lat - atoms[i].lat; 3*south > g.Households && 3*south < 2*g.Households && gap > widest {
			widest, at = gap, atoms[i].lat+gap/2
		}
	}
	return at
}

func (d *day) merge(p *planTab) {
	p.row(d.kept.Name)
	p.row(d.given.Name, chromedp.ButtonModifiers(chromedp.ModifierCtrl))
	p.clickText(".chosen button", "合并")
	p.until(`document.querySelector("dialog .primary")`)
	p.wantNoSeriousFindings()
	before := p.board()
	p.click(`document.querySelector("dialog .primary")`)
	p.at(4)
	now := p.board()
	want := append(before.atomsOf(d.kept.ID), before.atomsOf(d.given.ID)...)
	slices.Sort(want)
	if g := now.grid(d.given.ID); (g.ID != 0 && !g.Retired) || !slices.Equal(now.atomsOf(d.kept.ID), want) {
		p.t.Errorf("after the merge %+v has %d atoms, want %d; %+v", now.grid(d.kept.ID), len(now.atomsOf(d.kept.ID)), len(want), g)
	}
	d.done = now
}

func (d *day) undoAndRedo(p *planTab) {
	for i := range int64(4) {
		p.until(`!document.querySelector('.plan-header button[title*="Ctrl+Z"]').disabled`)
		p.chord("z", chromedp.ModifierCtrl)
		p.at(5 + i)
	}
	p.until(`document.querySelector('.plan-header button[title*="Ctrl+Z"]').disabled`)
	back := p.board()
	if differ := differences(d.start.owners(), back.owners()); len(differ) > 0 || back.Undo.Can {
		p.t.Errorf("undone, the draft differs from its base: %v", differ)
	}
	if a := p.arcAt(d.border.At[0], d.border.At[1]); a.Kind != "vertex" || a.At != d.border.At {
		p.t.Errorf("the border is not back: %+v", a)
	}
	grids := touched(d.start.owners(), d.done.owners())
	p.wantShown(back.owners(), grids...)
	for i := range int64(4) {
		p.until(`!document.querySelector('.plan-header button[title*="Ctrl+Shift+Z"]').disabled`)
		p.chord("z", chromedp.ModifierCtrl, chromedp.ModifierShift)
		p.at(9 + i)
	}
	again := p.board()
	if differ := differences(d.done.owners(), again.owners()); len(differ) > 0 || again.Redo.Can {
		p.t.Errorf("redone, the draft differs from what it was: %v", differ)
	}
	p.wantShown(again.owners(), grids...)
	d.done = again
}

func (d *day) walkProblems(p *planTab) {
	var found struct {
		Problems []struct{ Severity, Message string }
	}
	p.read("/problems", &found)
	var want []string
	for _, x := range found.Problems {
		want = append(want, x.Message)
		if x.Severity == "error" {
			p.t.Errorf("the day's work left an error: %s", x.Message)
		}
	}
	p.click(`document.querySelector("#tab-problems")`)
	p.until(fmt.Sprintf(`document.querySelectorAll(".problem").length === %d`, len(want)))
	for _, text := range want {
		p.chord("n")
		p.until(fmt.Sprintf(`document.querySelector('.problem[aria-current="true"] .problem-text')?.textContent === %q`, text))
	}
	p.wantNoSeriousFindings()
	p.click(`document.querySelector("#tab-history")`)
	p.until(`document.querySelectorAll(".plan-history .op").length >= 12`)
	p.wantNoSeriousFindings()
}

func (d *day) submit(p *planTab) {
	p.act("提交审核", "submitted")
	p.until(`document.querySelector('.rail-tool[aria-keyshortcuts="B"]').disabled`) // it can no longer be painted
	if _, body := p.get(p.plan); strings.Contains(string(body), `"rev":0`) {
		p.t.Errorf("%s", body)
	}
}

// act takes the plan the step that its header offers.
func (p *planTab) act(text, state string) {
	p.t.Helper()
	p.clickText(".plan-act", text)
	p.until(`document.querySelector("dialog textarea")`)
	p.wantNoSeriousFindings()
	p.press("dialog textarea")
	p.keys("看过")
	p.click(`document.querySelector("dialog .primary")`)
	p.until(fmt.Sprintf(`document.querySelector(".state-%s") && !document.querySelector("dialog")`, state))
	if got := p.board().Plan.State; got != state {
		p.t.Fatalf("the page says %s, the server %s", state, got)
	}
}

func (d *day) approve(p *planTab) {
	if g := resolveAt(p.t, d.o.base, d.where()); g.Chain[2].Name != d.given.Name {
		p.t.Fatalf("before the plan is published the place is in %s", g.Chain[2].Name)
	}
	if _, page, _ := d.o.stranger().get("/q/" + d.place.code); !strings.Contains(page, d.given.Name) {
		p.t.Fatalf("the sign does not name %s", d.given.Name)
	}
	p.signIn("li", "correct horse 2")
	p.clickText(".plan-card", "外滩调整")
	p.plan = d.planner.plan
	p.drawn()
	p.act("批准", "approved")
	p.act("发布", "published")
	var told struct {
		Events []struct{ Action, Actor string }
	}
	p.read("/history", &told)
	var said []string
	for _, e := range told.Events {
		said = append(said, e.Action+" "+e.Actor)
	}
	if got := strings.Join(said, ", "); got != "create zhang, submit zhang, approve li, publish li" {
		p.t.Errorf("the history is %s", got)
	}
}

func (d *day) where() string {
	return fmt.Sprintf("crs=wgs84&lon=%.7f&lat=%.7f", d.place.lon, d.place.lat)
}

func (d *day) published(p *planTab) {
	p.until(`document.querySelector(".state-published")`) // by itself, on the planner's screen
	if err := d.o.srv.keeper.Refresh(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	if a := resolveAt(p.t, d.o.base, d.where()); a.Chain[2].Name != d.kept.Name {
		p.t.Errorf("the place is in %s, want %s", a.Chain[2].Name, d.kept.Name)
	}
	_, page, _ := d.o.stranger().get("/q/" + d.place.code)
	if !strings.Contains(page, d.kept.Name) || strings.Contains(page, d.given.Name) {
		p.t.Errorf("the sign's page does not name %s alone", d.kept.Name)
	}
	p.open(fmt.Sprintf("#point=%.7f,%.7f,wgs84,3", d.place.lon, d.place.lat))
	p.until(fmt.Sprintf(`document.querySelector("#answer-name")?.textContent === %q`, d.kept.Name))
}
