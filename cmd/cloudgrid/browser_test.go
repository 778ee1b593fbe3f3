package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// shownGrid is what the tests read of /v1/grids.
type shownGrid struct {
	ID    int64      `json:"id"`
	Code  string     `json:"code"`
	Name  string     `json:"name"`
	Label [2]float64 `json:"label"`
}

func gridsOf(t *testing.T, base, query string) []shownGrid {
	t.Helper()
	status, body, _ := fetch(t, base+"/v1/grids?"+query)
	var found struct {
		Grids []shownGrid `json:"grids"`
	}
	if err := json.Unmarshal(body, &found); status != http.StatusOK || err != nil || len(found.Grids) == 0 {
		t.Fatalf("grids?%s: %d %v %.200s", query, status, err, body)
	}
	return found.Grids
}

// TestAStrangerFindsWhoIsResponsibleOnTheMapPage walks through the page as a person would, in one browser, on the
// server of the demo. The steps follow each other; each starts from a fresh load where that matters.
func TestAStrangerFindsWhoIsResponsibleOnTheMapPage(t *testing.T) {
	findBrowser(t)
	store, _ := demoStore(t)
	base, _ := boot(t, store)
	where, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	g, proxy := newGate(t, where.Host)
	p := openTab(t, base, proxy)
	villages := gridsOf(t, base, "level=village&limit=200")
	start := func(grid shownGrid) string { return fmt.Sprintf("#map=15.5/%.6f/%.6f", grid.Label[1], grid.Label[0]) }

	t.Run("clicking a grid shows its chain and staff", func(t *testing.T) { clickAGrid(p.on(t), villages[0], start(villages[0])) })
	t.Run("a pasted GCJ-02 coordinate finds the same grid as the API", func(t *testing.T) { pasteGCJ02(p.on(t), base) })
	t.Run("a coordinate without its frame is not asked", func(t *testing.T) { pasteWithoutFrame(p.on(t)) })
	t.Run("a grid is found by its code with the keyboard", func(t *testing.T) { searchByCode(p.on(t), villages[3]) })
	t.Run("a door plate and a compound's nickname are found, and a refusal gives its reason", func(t *testing.T) { searchAddresses(p.on(t)) })
	t.Run("the list opens a grid with the keyboard", func(t *testing.T) { listByKeyboard(p.on(t)) })
	t.Run("Enter on the map asks about its centre", func(t *testing.T) { askByKeyboard(p.on(t), villages[1], start(villages[1])) })
	t.Run("a link shows the same answer again, and Back goes back", func(t *testing.T) { followALink(p.on(t), villages[2]) })
	t.Run("near a border every possible grid is shown with its share", func(t *testing.T) { nearABorder(p.on(t), base, villages[0]) })
	t.Run("a place outside is never given to a grid", func(t *testing.T) { outside(p.on(t)) })
	t.Run("dark follows the system and the toggle", func(t *testing.T) { dark(p.on(t)) })
	t.Run("on a phone the panel is a sheet below the map", func(t *testing.T) { phone(p.on(t), villages[0], start(villages[0])) })
	t.Run("English says the same", func(t *testing.T) { english(p.on(t)) })

	if faults := p.heard.take(); len(faults) > 0 {
		t.Errorf("the page complained:\n%s", strings.Join(faults, "\n"))
	}
	t.Run("a foreign address is refused and noticed", func(t *testing.T) { foreignAddress(p.on(t), g) })
	if strangers := g.strangers(); len(strangers) > 0 {
		t.Errorf("other hosts were asked for: %s", strings.Join(strangers, ", "))
	}
	t.Run("the page reconnects by itself", func(t *testing.T) { reconnect(p.on(t), g) })
}

// wantNoSeriousFindings runs axe once nothing on the page is on its way between two looks.
func wantNoSeriousFindings(p *tab) {
	p.t.Helper()
	const rests = `document.getAnimations().every((a) => a.playState !== "running" || a.effect?.getTiming().iterations === Infinity)`
	p.until(rests)
	ask[bool](p, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
	p.until(rests)
	if found := p.seriousFindings(); len(found) > 0 {
		p.t.Errorf("axe: %s", strings.Join(found, "\n"))
	}
}

func clickAGrid(p *tab, grid shownGrid, hash string) {
	p.open(hash)
	wantNoSeriousFindings(p)
	p.press(".map canvas")
	p.until(`document.querySelector("#answer-name")`)
	if got := p.textOf("#answer-name"); got != grid.Name {
		p.t.Errorf("the panel names %q, the grid is %q", got, grid.Name)
	}
	levels := ask[[]string](p, `[...document.querySelectorAll(".chain .level")].map((e) => e.textContent.trim())`)
	if !slices.Equal(levels, []string{"区", "里"}) {
		p.t.Errorf("the chain has the levels %v", levels)
	}
	staff := ask[[]string](p, `[...document.querySelectorAll(".link-leaf .person-name")].map((e) => e.textContent)`)
	if !slices.ContainsFunc(staff, func(name string) bool { return strings.HasPrefix(name, "网格员-") }) {
		p.t.Errorf("no grid worker among %v", staff)
	}
	if masked := p.textOf(".link-leaf .phone-masked"); !strings.Contains(masked, "*") {
		p.t.Errorf("a personal phone is shown as %q", masked)
	}
	if spoken := p.textOf("#spoken"); !strings.Contains(spoken, grid.Name) {
		p.t.Errorf("the live region says %q", spoken)
	}
	wantNoSeriousFindings(p)
}

func pasteGCJ02(p *tab, base string) {
	const lon, lat = "120.684512", "24.141234"
	want := resolveAt(p.t, base, "crs=gcj02&accuracy=25&lon="+lon+"&lat="+lat)
	p.open("")
	p.shortcut("c")
	p.until(`document.activeElement.id === "coord-text"`)
	p.keys(lat + ", " + lon) // latitude first: the page must notice
	p.until(`document.querySelector(".reading")?.textContent.includes("已对调")`)
	p.press(`input[value="gcj02"]`)
	p.press("#coord-accuracy")
	p.keys("25")
	wantNoSeriousFindings(p)
	p.keys(kb.Enter)
	p.until(`document.querySelector("#answer-name")`)
	if got := p.textOf("#answer-name"); got != want.Chain[len(want.Chain)-1].Name {
		p.t.Errorf("the panel names %q, the API %q", got, want.Chain[len(want.Chain)-1].Name)
	}
	if hash := ask[string](p, "location.hash"); !strings.Contains(hash, "point="+lon+","+lat+",gcj02,25") {
		p.t.Errorf("the link is %q", hash)
	}
}

func pasteWithoutFrame(p *tab) {
	p.open("")
	p.shortcut("c")
	p.until(`document.activeElement.id === "coord-text"`)
	p.keys("120.68, 24.14" + kb.Enter)
	p.until(`document.querySelector(".complaint")?.textContent.includes("请选择")`)
	if ask[bool](p, `Boolean(document.querySelector(".answer"))`) {
		p.t.Error("a coordinate without a frame was asked")
	}
}

func searchByCode(p *tab, grid shownGrid) {
	p.open("")
	p.shortcut("/")
	p.until(`document.activeElement.id === "search-input"`)
	p.keys(grid.Code)
	p.until(fmt.Sprintf(`document.querySelector("[role=option]")?.textContent.includes(%q)`, grid.Name))
	wantNoSeriousFindings(p)
	p.keys(kb.Enter)
	p.until(fmt.Sprintf(`document.querySelector("#answer-name")?.textContent === %q`, grid.Name))
	p.until(`location.hash.includes("grid=")`)
}

// searchAddresses looks for what people type: a plate, a nickname, and a number that is not there.
func searchAddresses(p *tab) {
	for typed, option := range map[string]string{"大诚街15号": "大誠街15", "老糖厂": "示例花园"} {
		p.open("")
		p.shortcut("/")
		p.until(`document.activeElement.id === "search-input"`)
		p.keys(typed)
		p.until(fmt.Sprintf(`document.querySelector("[role=option]")?.textContent.includes(%q)`, option))
		p.keys(kb.Enter)
		p.until(`document.querySelector("#answer-name")?.textContent === "大誠里"`)
	}
	p.open("")
	p.shortcut("/")
	p.until(`document.activeElement.id === "search-input"`)
	p.keys("大诚街9999号")
	p.until(`document.querySelector(".option-none")?.textContent.includes("没有 9999 号")`)
	wantNoSeriousFindings(p)
}

func listByKeyboard(p *tab) {
	p.open("")
	p.shortcut("l")
	p.until(`document.activeElement.id === "list-filter" && document.querySelector(".row")`)
	p.keys(kb.Tab + kb.ArrowDown)
	p.until(`document.activeElement.classList.contains("row")`)
	name := ask[string](p, `document.activeElement.querySelector(".row-name").textContent`)
	p.keys(kb.Enter)
	p.until(fmt.Sprintf(`document.querySelector("#answer-name")?.textContent === %q`, name))
}

func askByKeyboard(p *tab, grid shownGrid, hash string) {
	p.open(hash)
	p.shortcut("m")
	p.until(`document.activeElement.tagName === "CANVAS"`)
	p.keys(kb.Enter)
	p.until(fmt.Sprintf(`document.querySelector("#answer-name")?.textContent === %q`, grid.Name))
}

func followALink(p *tab, grid shownGrid) {
	p.open(fmt.Sprintf("#grid=%d", grid.ID))
	p.until(fmt.Sprintf(`document.querySelector("#answer-name")?.textContent === %q`, grid.Name))
	p.press(".link-head") // up to the parent
	p.until(fmt.Sprintf(`document.querySelector("#answer-name") && document.querySelector("#answer-name").textContent !== %q`, grid.Name))
	ask[bool](p, "history.back(), true")
	p.until(fmt.Sprintf(`document.querySelector("#answer-name")?.textContent === %q`, grid.Name))
}

func nearABorder(p *tab, base string, grid shownGrid) {
	status, body, _ := fetch(p.t, fmt.Sprintf("%s/v1/resolve?crs=wgs84&lon=%f&lat=%f", base, grid.Label[0], grid.Label[1]))
	var inside struct {
		Border struct {
			Point struct{ Lon, Lat float64 } `json:"point"`
		} `json:"nearest_border"`
	}
	if err := json.Unmarshal(body, &inside); status != http.StatusOK || err != nil || inside.Border.Point.Lon == 0 {
		p.t.Fatalf("the API names no nearest border: %d %v %.200s", status, err, body)
	}
	at := inside.Border.Point
	p.open(fmt.Sprintf("#point=%.7f,%.7f,wgs84,20", at.Lon, at.Lat))
	p.until(`document.querySelector(".verdict-doubt")`)
	names := ask[[]string](p, `[...document.querySelectorAll(".candidate-name")].map((e) => e.textContent)`)
	if len(names) < 2 || !slices.Contains(names, grid.Name) {
		p.t.Errorf("on the border of %s the candidates are %v", grid.Name, names)
	}
	sum := ask[float64](p, `[...document.querySelectorAll(".candidates progress")].reduce((a, e) => a + e.value, 0)`)
	if sum < 0.9 || sum > 1.001 {
		p.t.Errorf("the shares add up to %v", sum)
	}
	if doubts := ask[int](p, `document.querySelectorAll(".link-doubt .doubt").length`); doubts == 0 {
		p.t.Error("no link of the chain is marked uncertain")
	}
	wantNoSeriousFindings(p)
}

func outside(p *tab) {
	p.open("#point=120.5,24.5,wgs84")
	p.until(`document.querySelector(".verdict-bad")`)
	if p.textOf("#answer-name") != "" {
		p.t.Errorf("a place outside was given to %q", p.textOf("#answer-name"))
	}
	wantNoSeriousFindings(p)
}

func dark(p *tab) {
	p.open("")
	prefer := func(scheme string) {
		p.t.Helper()
		_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		if err != nil {
			p.t.Fatal(err)
		}
	}
	prefer("dark")
	p.until(`document.documentElement.dataset.theme === "dark"`)
	wantNoSeriousFindings(p)
	toggle := `.header-tools .tool-icon`
	p.press(toggle) // dark by choice
	p.press(toggle) // light by choice, though the system is dark
	p.until(`document.documentElement.dataset.theme === "light"`)
	p.press(toggle) // the system again
	p.until(`document.documentElement.dataset.theme === "dark"`)
	prefer("light")
	p.until(`document.documentElement.dataset.theme === "light"`)
}

func phone(p *tab, grid shownGrid, hash string) {
	p.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile))
	defer p.do(chromedp.EmulateViewport(1280, 800))
	p.open(hash)
	p.until(`document.querySelector(".sheet")`)
	p.press(".map canvas")
	p.until(fmt.Sprintf(`document.querySelector(".sheet #answer-name")?.textContent === %q`, grid.Name))
	if wide := ask[int](p, "document.documentElement.scrollWidth"); wide > 390 {
		p.t.Errorf("the page is %d px wide on a phone of 390", wide)
	}
	above := ask[bool](p, `document.querySelector(".map").getBoundingClientRect().top < document.querySelector(".sheet").getBoundingClientRect().top`)
	if !above {
		p.t.Error("the sheet is not below the map")
	}
	wantNoSeriousFindings(p)
}

func english(p *tab) {
	p.open("")
	p.press(`.header-tools .tool`)
	p.until(`document.documentElement.lang === "en" && document.querySelector("#tab-grids").textContent === "Grids"`)
	wantNoSeriousFindings(p)
	p.press(`.header-tools .tool`)
	p.until(`document.documentElement.lang === "zh-CN"`)
}

// foreignAddress shows that the two watches of this test see what they are there for.
func foreignAddress(p *tab, g *gate) {
	p.open("")
	refused := ask[bool](p, `fetch("http://tiles.example.invalid/1.mvt").then(() => false, () => true)`)
	if !refused {
		p.t.Error("the page could fetch from another host")
	}
	faults := p.heard.take()
	if !slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, "Content Security Policy") }) {
		p.t.Errorf("the violation was not noticed: %v", faults)
	}
	if strangers := g.strangers(); len(strangers) > 0 {
		p.t.Errorf("the request left the browser: %v", strangers)
	}
}

func reconnect(p *tab, g *gate) {
	p.open("")
	g.setAway(true)
	p.press(".map canvas")
	p.until(`document.querySelector(".offline")`)
	g.setAway(false)
	p.until(`!document.querySelector(".offline")`)
	p.press(".failed .primary")
	p.until(`document.querySelector(".verdict")`)
}
