package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// planTab is the editor of a plan in a browser, with a way past the page to
// what the server holds.
type planTab struct {
	*tab
	plan string                                      // path of the plan's routes
	get  func(path string) (status int, body []byte) // asks the server without the browser
}

// planBoard is what the tests read of a plan's board.
type planBoard struct {
	Rev   int64
	Plan  struct{ State string }
	Grids []boardGrid
	Atoms struct {
		ID, Owner, Households []int64
		Lon, Lat              []float64
	}
	Undo, Redo struct{ Can bool }
}

type boardGrid struct {
	ID, Parent, Atoms, Households int64
	Code, Name, Status            string
	Leaf, Retired, New            bool
	Box                           []float64
}

// loggedOp is a line of a plan's log.
type loggedOp struct {
	Rev    int64
	ID     string
	Actor  string
	Kind   string
	Undone bool
}

// openPlanTab starts a browser of its own at a server's pages, in which the map
// jumps where it would glide.
func openPlanTab(t *testing.T, base string) (*planTab, *gate) {
	t.Helper()
	where, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	g, proxy := newGate(t, where.Host)
	p := &planTab{tab: openTab(t, base, proxy)}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
	}); err != nil {
		t.Fatal(err)
	}
	p.get = func(path string) (int, []byte) {
		status, body, _ := fetch(t, base+path)
		return status, body
	}
	return p, g
}

func (p *planTab) step(t *testing.T) *planTab {
	return &planTab{tab: p.on(t), plan: p.plan, get: p.get}
}

// read is what the server says at a path of the plan.
func (p *planTab) read(path string, into any) {
	p.t.Helper()
	status, body := p.get(p.plan + path)
	if err := json.Unmarshal(body, into); err != nil || status != http.StatusOK {
		p.t.Fatalf("%s: %d %v %.300s", p.plan+path, status, err, body)
	}
}

func (p *planTab) board() (b planBoard) { p.t.Helper(); p.read("/board", &b); return b }

// log is what has been done in the plan, oldest first.
func (p *planTab) log() []loggedOp {
	p.t.Helper()
	var log struct{ Ops []loggedOp }
	p.read("/ops", &log)
	return log.Ops
}

// lastOp is the newest line of the log.
func (p *planTab) lastOp() loggedOp {
	p.t.Helper()
	log := p.log()
	if len(log) == 0 {
		p.t.Fatal("nothing has been done in the plan")
	}
	return log[len(log)-1]
}

func (b planBoard) owners() map[int64]int64 {
	owners := make(map[int64]int64, len(b.Atoms.ID))
	for i, id := range b.Atoms.ID {
		owners[id] = b.Atoms.Owner[i]
	}
	return owners
}

func (b planBoard) atomsOf(grid int64) (atoms []int64) {
	for i, id := range b.Atoms.ID {
		if b.Atoms.Owner[i] == grid {
			atoms = append(atoms, id)
		}
	}
	slices.Sort(atoms)
	return atoms
}

func (b planBoard) grid(id int64) boardGrid {
	for _, g := range b.Grids {
		if g.ID == id {
			return g
		}
	}
	return boardGrid{}
}

// leaves are the grids that stand at the lowest level, by code.
func (b planBoard) leaves() (leaves []boardGrid) {
	for _, g := range b.Grids {
		if g.Leaf && !g.Retired {
			leaves = append(leaves, g)
		}
	}
	slices.SortFunc(leaves, func(x, y boardGrid) int { return strings.Compare(x.Code, y.Code) })
	return leaves
}

func (b planBoard) over() (names []string) {
	for _, g := range b.leaves() {
		if g.Status == "over" {
			names = append(names, g.Name)
		}
	}
	slices.Sort(names)
	return names
}

// signIn signs in on the page that the server has for it, and comes back to the plans.
func (p *planTab) signIn(name, password string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.base + "/#/plans"))
	p.until(`document.querySelector(".signin a")`)
	p.do(chromedp.Navigate(ask[string](p.tab, `document.querySelector(".signin a").href`)))
	p.press(`input[name="name"]`)
	p.keys(name)
	p.press(`input[name="password"]`)
	p.keys(password + kb.Enter)
	p.until(`location.hash === "#/plans" && document.querySelector(".plans-new input")`)
}

// make begins a plan with the form of the page and waits for the editor.
func (p *planTab) make(name string) {
	p.t.Helper()
	p.press(".plans-new input")
	p.keys(name + kb.Enter)
	p.until(`/^#\/plan\/\d+$/.test(location.hash)`)
	p.plan = "/v1/plans/" + strings.TrimPrefix(ask[string](p.tab, "location.hash"), "#/plan/")
	p.drawn()
}

// visit opens a plan by its address.
func (p *planTab) visit(plan string) {
	p.t.Helper()
	p.plan = plan
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.base+"/#/plan/"+strings.TrimPrefix(plan, "/v1/plans/")))
	p.drawn()
}

// drawn waits until the map has drawn everything in view and the stream of changes stands.
func (p *planTab) drawn() {
	p.t.Helper()
	p.until(`document.querySelector(".map-canvas")?.dataset.idle === "true" && document.querySelector(".rail") && document.querySelector(".saved-saved")`)
}

// at waits until the page shows a revision and has nothing left to save.
func (p *planTab) at(rev int64) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelector(".plan-rev")?.textContent === "v%d" && document.querySelector(".saved-saved")`, rev))
}

// clickText presses what is of a selector and says a text.
func (p *planTab) clickText(selector, text string, how ...chromedp.MouseOption) {
	p.t.Helper()
	p.click(fmt.Sprintf(`[...document.querySelectorAll(%q)].find((e) => e.textContent.trim().startsWith(%q))`, selector, text), how...)
}

func (p *planTab) wantNoSeriousFindings() { p.t.Helper(); wantNoSeriousFindings(p.tab) }

// row presses a grid in the list.
func (p *planTab) row(name string, how ...chromedp.MouseOption) {
	p.t.Helper()
	p.click(fmt.Sprintf(`[...document.querySelectorAll(".plan-row")].find((e) => e.title.startsWith(%q + " "))`, name), how...)
}

// choose sets a list to the option with a value, as a person does.
func (p *planTab) choose(selector, value string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelector(%q)?.querySelector("option[value=" + CSS.escape(%q) + "]")`, selector, value))
	ask[bool](p.tab, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.value = %q;
		e.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`, selector, value))
}

// slide sets the slider of a label, and waits until the page shows the value.
func (p *planTab) slide(label string, value int) {
	p.t.Helper()
	const of = `[...document.querySelectorAll("label.wish")].find((e) => e.firstElementChild.textContent === %q)`
	p.until(fmt.Sprintf(of+`?.querySelector("input")`, label))
	ask[bool](p.tab, fmt.Sprintf(`(() => {
		const e = `+of+`.querySelector("input");
		e.value = %d;
		e.dispatchEvent(new Event("input", { bubbles: true }));
		return true;
	})()`, label, value))
	p.until(fmt.Sprintf(of+`.querySelector("output").textContent === "%d"`, label, value))
}

func (p *planTab) chord(key string, mods ...chromedp.Modifier) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(mods...)))
}

// screen tells where places lie on the screen.
type screen struct{ x, y, lon, lat, pxPerLon, pxPerLat float64 }

func (s screen) of(lon, lat float64) (x, y float64) {
	return s.x + (lon-s.lon)*s.pxPerLon, s.y + (lat-s.lat)*s.pxPerLat
}

// screen finds out where the map lies, by what the page says of the place under
// the pointer, once it says the same twice. Within a street the map is flat.
func (p *planTab) screen() screen {
	p.t.Helper()
	box := ask[[]float64](p.tab, `(() => { const r = document.querySelector(".map canvas").getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; })()`)
	ax, ay := math.Round(box[0]+box[2]*0.4), math.Round(box[1]+box[3]*0.3)
	bx, by := math.Round(box[0]+box[2]*0.7), math.Round(box[1]+box[3]*0.7)
	type pair [2]float64
	under := func(x, y float64) (at pair) {
		p.t.Helper()
		p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y))
		// the page writes the place with its next picture: what stands there before is of the place before
		ask[bool](p.tab, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
		_, _ = fmt.Sscanf(p.textOf(".statusbar-cursor"), "%f, %f", &at[0], &at[1])
		return at
	}
	for end := time.Now().Add(patience); time.Now().Before(end); {
		a, b := under(ax, ay), under(bx, by)
		if a == under(ax, ay) && b == under(bx, by) && a[0] < b[0] && a[1] > b[1] {
			return screen{x: ax, y: ay, lon: a[0], lat: a[1], pxPerLon: (bx - ax) / (b[0] - a[0]), pxPerLat: (by - ay) / (b[1] - a[1])}
		}
	}
	p.t.Fatal("the map does not say what is under the pointer")
	return screen{}
}

// onMap tells whether a point of the screen is bare map.
func (p *planTab) onMap(x, y float64) bool {
	p.t.Helper()
	return ask[bool](p.tab, fmt.Sprintf(`document.elementFromPoint(%f, %f)?.tagName === "CANVAS"`, x, y))
}

// drag moves the pointer with its button held, by way of the middle.
func (p *planTab) drag(x, y, toX, toY float64, mods ...chromedp.Modifier) {
	p.t.Helper()
	how := []chromedp.MouseOption{chromedp.ButtonLeft, chromedp.ButtonModifiers(mods...)}
	p.do(
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x, y, append(how, func(e *input.DispatchMouseEventParams) { e.ClickCount = 1 })...),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, (x+toX)/2, (y+toY)/2, how...),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, toX, toY, how...),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, toX, toY, append(how, func(e *input.DispatchMouseEventParams) { e.ClickCount = 1 })...),
	)
}

// borderVertex is a point within the border of two grids of one community that
// stands apart from the border's other points.
type borderVertex struct {
	At          [2]float64
	Left, Right int64 // grids
	Points      int   // of the border line
}

// arcAt is what the server has to take hold of at a place.
type arcAt struct {
	Kind      string
	At        [2]float64
	Arc       [][2]float64
	LeftGrid  int64   `json:"left_grid"`
	RightGrid int64   `json:"right_grid"`
	DistanceM float64 `json:"distance_m"`
}

func (p *planTab) arcAt(lon, lat float64) (a arcAt) {
	p.t.Helper()
	p.read(fmt.Sprintf("/arc?at=%.7f,%.7f&crs=wgs84&tolerance_m=500", lon, lat), &a)
	return a
}

// aBorderVertex looks between atoms of neighbouring grids, except those named.
func (p *planTab) aBorderVertex(b planBoard, leastM float64, without ...int64) borderVertex {
	p.t.Helper()
	parent := map[int64]int64{}
	for _, g := range b.leaves() {
		parent[g.ID] = g.Parent
	}
	for i, own := range b.Atoms.Owner {
		k := b.nearestOfAnother(i)
		if other := b.Atoms.Owner[k]; parent[own] != parent[other] || slices.Contains(without, own) || slices.Contains(without, other) {
			continue
		}
		a := p.arcAt((b.Atoms.Lon[i]+b.Atoms.Lon[k])/2, (b.Atoms.Lat[i]+b.Atoms.Lat[k])/2)
		if a.LeftGrid == a.RightGrid || parent[a.LeftGrid] != parent[a.RightGrid] || parent[a.LeftGrid] == 0 ||
			slices.Contains(without, a.LeftGrid) || slices.Contains(without, a.RightGrid) {
			continue
		}
		for n := 1; n < len(a.Arc)-1; n++ {
			if apartM(a.Arc, n) >= leastM {
				return borderVertex{a.Arc[n], a.LeftGrid, a.RightGrid, len(a.Arc)}
			}
		}
	}
	p.t.Fatal("no border has a point that stands apart")
	return borderVertex{}
}

func (b planBoard) nearestOfAnother(i int) (nearest int) {
	best := math.Inf(1)
	for k, own := range b.Atoms.Owner {
		if own == b.Atoms.Owner[i] {
			continue
		}
		if d := metresBetween(b.Atoms.Lon[i], b.Atoms.Lat[i], b.Atoms.Lon[k], b.Atoms.Lat[k]); d < best {
			best, nearest = d, k
		}
	}
	return nearest
}

// apartM is how far a point of a line is from all others, in metres.
func apartM(line [][2]float64, n int) float64 {
	least := math.Inf(1)
	for k, q := range line {
		if k != n {
			least = min(least, metresBetween(line[n][0], line[n][1], q[0], q[1]))
		}
	}
	return least
}

func metresBetween(lonA, latA, lonB, latB float64) float64 {
	const perDegree = 111_195.0
	return math.Hypot((lonA-lonB)*math.Cos(latA*math.Pi/180), latA-latB) * perDegree
}

// wantShown compares an assignment of atoms with what the screen lists, for all
// atoms that the wanted assignment or the screen has in one of these grids.
func (p *planTab) wantShown(want map[int64]int64, grids ...int64) {
	p.t.Helper()
	part := map[int64]int64{}
	for id, own := range want {
		if slices.Contains(grids, own) {
			part[id] = own
		}
	}
	if differ := differences(part, p.shownOwners(grids...)); len(differ) > 0 {
		p.t.Errorf("server and screen differ: %v", differ)
	}
}

// shownOwners reads from the screen, grid by grid, which atoms it lists as whose.
func (p *planTab) shownOwners(grids ...int64) map[int64]int64 {
	p.t.Helper()
	byCode := map[string]int64{}
	for _, g := range p.board().leaves() {
		if slices.Contains(grids, g.ID) {
			byCode[g.Code] = g.ID
		}
	}
	ask[bool](p.tab, `(async () => { `+script+`
		$("#tab-grids").click();
		await until(() => $(".plan-row"));
		const rows = () => all(".plan-row").length;
		for (let more; (more = $(".list-more")); ) { const n = rows(); more.click(); await until(() => rows() > n); }
		return true;
	})()`)
	owners := map[int64]int64{}
	for code, grid := range byCode {
		for _, id := range p.shownAtoms(code) {
			owners[id] = grid
		}
	}
	return owners
}

// shownAtoms opens a grid in the list and reads all atoms that the page lists as
// its own; none of a grid that the page does not list.
func (p *planTab) shownAtoms(code string) []int64 {
	p.t.Helper()
	return ask[[]int64](p.tab, fmt.Sprintf(`(async () => { %s
		if (!all(".plan-row").some((e) => e.title.endsWith(" " + %[2]q))) return [];
		await open(%[2]q);
		const list = $(".atom-list");
		list.open = true;
		const atoms = () => list.querySelectorAll("li").length;
		const said = all(".inspector .facts-list > div").find((e) => e.firstElementChild.textContent === "单元数").lastElementChild.textContent;
		await until(() => atoms() > 0 || said === "0");
		for (let more; (more = list.querySelector(".quiet")); ) { const n = atoms(); more.click(); await until(() => atoms() > n); }
		return [...list.querySelectorAll(".mono")].map((e) => Number(e.textContent.split(" ").at(-1)));
	})()`, script, code))
}

// shownRows is what the list of grids says, row by row.
func (p *planTab) shownRows() []string {
	p.t.Helper()
	return ask[[]string](p.tab, `(document.querySelector("#tab-grids").click(), new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
		done([...document.querySelectorAll(".plan-row")].map((e) => e.title + " " + e.textContent.trim()))))))`)
}

// touched are the grids that differ in two assignments of atoms.
func touched(a, b map[int64]int64) []int64 {
	grids := map[int64]bool{}
	for id := range a {
		if a[id] != b[id] {
			grids[a[id]], grids[b[id]] = true, true
		}
	}
	return slices.Sorted(maps.Keys(grids))
}

// differences tells how two assignments of atoms differ, in a few words.
func differences(a, b map[int64]int64) (words []string) {
	ids := maps.Clone(a)
	maps.Copy(ids, b)
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if a[id] != b[id] {
			words = append(words, fmt.Sprintf("atom %d: %d, %d", id, a[id], b[id]))
		}
	}
	return words[:min(len(words), 8)]
}

// wantQuiet tells what the page complained about, violations of its policy
// included, but for lines that hold one of the excused texts; and which other
// hosts were asked for.
func (p *planTab) wantQuiet(g *gate, excused ...string) {
	p.t.Helper()
	for _, fault := range p.heard.take() {
		if !slices.ContainsFunc(excused, func(text string) bool { return strings.Contains(fault, text) }) {
			p.t.Errorf("the page complained: %s", fault)
		}
	}
	if strangers := g.strangers(); len(strangers) > 0 {
		p.t.Errorf("other hosts were asked for: %s", strings.Join(strangers, ", "))
	}
}
