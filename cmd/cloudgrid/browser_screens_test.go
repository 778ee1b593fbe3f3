package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// gallery walks the screens: one planner, one plan with something in it.
type gallery struct {
	*planTab
	sign string // code of a sign
	pair [2]boardGrid
}

// screenOf is a screen of the product and how to come to it from wherever one
// is. Who adds a screen adds a row.
type screenOf struct {
	name string
	show func(g *gallery)
}

// seenElsewhere are the screens at which axe looks in other tests anyway: this
// one leaves them to its long version.
var seenElsewhere = []string{
	"map", "answer", "map-of-a-day", "editor", "editor-proposals", "editor-problems", "editor-history", "editor-border", "editor-replay", "editor-preview",
	"dialog-preview", "dialog-submit", "dialog-merge", "editor-compare", "editor-load", "sign-in-form", "import", "field", "notices",
}

func screens() []screenOf {
	editor := func(hash, wait string) func(g *gallery) {
		return func(g *gallery) {
			g.do(chromedp.Navigate("about:blank"), chromedp.Navigate(g.base+"/#"+strings.TrimPrefix(g.plan, "/v1")+hash))
			g.until(`document.querySelector(".map-canvas")?.dataset.idle === "true" && document.querySelector(".rail")`)
			g.until(wait)
		}
	}
	plain := editor("", `document.querySelector(".saved-saved") && document.querySelector(".plan-row, .sheet")`)
	tab := func(name, wait string) func(g *gallery) {
		return func(g *gallery) {
			plain(g)
			g.click(fmt.Sprintf(`document.querySelector("#tab-%s")`, name))
			g.until(wait)
		}
	}
	dialog := func(open func(g *gallery)) func(g *gallery) {
		return func(g *gallery) {
			plain(g)
			open(g)
			g.until(`document.querySelector("dialog[open]")`)
		}
	}
	page := func(path, wait string) func(g *gallery) {
		return func(g *gallery) {
			g.do(chromedp.Navigate("about:blank"), chromedp.Navigate(g.base+path))
			g.until(wait)
		}
	}
	const drawn = `document.querySelector(".map-canvas")?.dataset.idle === "true"`
	return []screenOf{
		{"map", page("/", drawn)},
		{"answer", page("/#point=121.4858,31.2380,wgs84,15", drawn+` && document.querySelector("#answer-name")`)},
		{"map-of-a-day", page("/#at="+aDayAhead(30), drawn+` && document.querySelector(".day-what")`)},
		{"map-help", func(g *gallery) {
			page("/", drawn)(g)
			g.shortcut("?")
			g.until(`document.querySelector("dialog[open]")`)
		}},
		{"sign", func(g *gallery) { page("/q/"+g.sign, `document.querySelector("h1")`)(g) }},
		{"plans", page("/#/plans", `document.querySelector(".plan-card")`)},
		{"import", page("/#/import", `document.querySelector("input[type=file]")`)},
		{"field", func(g *gallery) {
			page("/#/field/"+g.plan[strings.LastIndexByte(g.plan, '/')+1:], `document.querySelector(".walk-canvas")?.dataset.idle === "true"`)(g)
		}},
		{"notices", page("/notices", `document.querySelector("h1")`)},
		{"editor", plain},
		{"editor-grid", func(g *gallery) { plain(g); g.row(g.pair[0].Name); g.until(`document.querySelector("#grid-name")`) }},
		{"editor-load", func(g *gallery) {
			plain(g)
			g.chord("w")
			g.until(`document.querySelector(".ramp")`)
		}},
		{"editor-problems", tab("problems", `document.querySelector(".problem")`)},
		{"editor-proposals", func(g *gallery) {
			tab("proposals", `document.querySelector(".proposal-form")`)(g)
			if !ask[bool](g.tab, `Boolean(document.querySelector(".candidate-head"))`) {
				g.choose(`.proposal-form .field:nth-of-type(2) select`, fmt.Sprint(g.pair[0].Parent))
				g.click(`document.querySelector(".proposal-form .primary")`)
			}
			g.click(`document.querySelector(".candidate-head")`)
			g.until(`document.querySelector(".candidate-picked")`)
		}},
		{"editor-history", tab("history", `document.querySelector(".op-replay")`)},
		{"editor-border", func(g *gallery) {
			plain(g)
			v := g.aBorderVertex(g.board(), 14)
			s := g.zoomTo(g.board().grid(v.Left))
			g.chord("e")
			g.until(`document.querySelector('.rail-tool[aria-keyshortcuts="E"]').ariaPressed === "true"`)
			x, y := s.of(v.At[0], v.At[1])
			g.do(chromedp.MouseClickXY(x, y))
			g.until(`document.querySelector(".arc-points li")`)
		}},
		{"editor-compare", func(g *gallery) {
			plain(g)
			g.click(`document.querySelector(".plan-compare")`)
			g.until(`document.querySelector(".compare canvas")`)
		}},
		{"editor-replay", editor("?rev=1", `document.querySelector(".replay")?.textContent.includes("→") || document.querySelector(".replay")`)},
		{"editor-preview", editor("?at="+aDayAhead(30), `document.querySelector(".preview")`)},
		{"dialog-preview", dialog(func(g *gallery) { g.clickText(".inspector .buttons .tool", "按生效日预览") })},
		{"dialog-submit", dialog(func(g *gallery) { g.click(`document.querySelector(".plan-act")`) })},
		{"dialog-merge", dialog(func(g *gallery) {
			g.row(g.pair[0].Name)
			g.row(g.pair[1].Name, chromedp.ButtonModifiers(chromedp.ModifierCtrl))
			g.clickText(".chosen button", "合并")
		})},
		{"dialog-retire", dialog(func(g *gallery) { g.row(g.pair[0].Name); g.clickText(".inspector .buttons .tool", "撤销") })},
		{"dialog-comment", dialog(func(g *gallery) { g.clickText(".inspector button", "写批注") })},
		{"dialog-differences", dialog(func(g *gallery) { g.clickText(".inspector-change button", "差异清单") })},
		{"dialog-help", dialog(func(g *gallery) { g.chord("?") })},
		{"print", func(g *gallery) {
			plain(g)
			g.clickText(".inspector .buttons .tool", "打印登记表")
			g.until(`document.querySelector(".print")`)
		}},
		{"sign-in", func(g *gallery) { g.out(); page("/#/plans", `document.querySelector(".signin a")`)(g) }},
		{"sign-in-form", func(g *gallery) {
			g.do(chromedp.Navigate(ask[string](g.tab, `document.querySelector(".signin a").href`)))
			g.until(`document.querySelector('input[name="password"]')`)
		}},
	}
}

// out signs out.
func (g *gallery) out() {
	g.t.Helper()
	if _, err := chromedp.Call(g.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		g.t.Fatal(err)
	}
}

// look is how a screen is seen.
type look struct {
	name          string
	width, height int64
	scheme        string
}

var looks = []look{{"light", 1280, 800, "light"}, {"dark", 1280, 800, "dark"}, {"phone", 390, 844, "light"}}

func (g *gallery) wear(l look) {
	g.t.Helper()
	how := []chromedp.EmulateViewportOption{}
	if l.width < 500 {
		how = append(how, chromedp.EmulateScale(2), chromedp.EmulateMobile)
	}
	g.do(chromedp.EmulateViewport(l.width, l.height, how...))
	if _, err := chromedp.Call(g.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: l.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}); err != nil {
		g.t.Fatal(err)
	}
	g.until(fmt.Sprintf(`(innerWidth === %[1]d || document.documentElement.clientWidth === %[1]d) && matchMedia("(prefers-color-scheme: %[2]s)").matches`, l.width, l.scheme))
	ask[bool](g.tab, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
}

// TestEveryScreenIsSoundInLightDarkAndOnAPhone walks all screens, lets axe look
// at each in each look, wants no screen wider than the window, and writes
// pictures into the folder that CLOUDGRID_SCREENS names. The short version walks
// those screens that no other test sees, each in one look.
func TestEveryScreenIsSoundInLightDarkAndOnAPhone(t *testing.T) {
	findBrowser(t)
	dir := os.Getenv("CLOUDGRID_SCREENS")
	long := dir != "" || os.Getenv("CLOUDGRID_SLOW") != ""
	g, gate := newGallery(t)
	for i, s := range screens() {
		worn := looks
		if !long {
			worn = looks[i%len(looks):][:1]
		}
		if !long && slices.Contains(seenElsewhere, s.name) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			h := &gallery{planTab: g.step(t), sign: g.sign, pair: g.pair}
			h.wear(looks[0])
			s.show(h)
			for _, l := range worn {
				h.wear(l)
				h.wantNoSeriousFindings()
				if wide := ask[int64](h.tab, "document.documentElement.scrollWidth"); wide > l.width && s.name != "print" {
					t.Errorf("%s: the page is %d px wide in a window of %d", l.name, wide, l.width)
				}
				if dir != "" {
					h.shoot(filepath.Join(dir, s.name+"-"+l.name+".png"))
				}
			}
		})
	}
	g.wear(looks[0])
	g.wantQuiet(gate, "favicon.ico", "401 (Unauthorized)", "404 (Not Found)")
}

// shoot writes a picture once the map rests.
func (g *gallery) shoot(path string) {
	g.t.Helper()
	ask[bool](g.tab, `new Promise((done) => setTimeout(() => done(true), 1200))`)
	shot, err := chromedp.Run(g.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(path, shot, 0o600)
	}
	if err != nil {
		g.t.Error(err)
	}
}

// newGallery has a planner with a draft in which atoms were moved, one grid is
// overloaded and another given away.
func newGallery(t *testing.T) (*gallery, *gate) {
	t.Helper()
	s, _ := bundStore(t)
	o := officeOver(t, s, access{})
	o.account("zhang", "correct horse 1", gridmap.Grant{Role: rights.Planner})
	boss := o.program(gridmap.Grant{Role: rights.Admin})
	p, gate := openPlanTab(t, o.base)
	p.get = func(path string) (int, []byte) { status, body, _ := boss.get(path); return status, []byte(body) }
	p.signIn("zhang", "correct horse 1")
	p.make("外滩网格调整（试）")
	start := p.board()
	g := &gallery{planTab: p, pair: twoPairs(start)[0]}
	for i, id := range start.atomsOf(g.pair[0].ID)[:4] {
		if _, err := p.hand(p.ctx, g.pair[0], g.pair[1], []int64{id}); err != nil {
			t.Fatal(err)
		}
		p.at(int64(i) + 1)
	}
	g.sign = aSign(t, o, boss)
	p.chord(kb.Escape)
	return g, gate
}

// aSign registers a sign and answers its code.
func aSign(t *testing.T, o *office, boss *visitor) string {
	t.Helper()
	for i := range o.srv.keeper.Current().Places() {
		x := &o.srv.keeper.Current().Places()[i]
		if !x.HasPoint {
			continue
		}
		status, body := boss.postJSON("/v1/signs", fmt.Sprintf(`{"signs":[{"place":%d,"mounting":"门旁"}]}`, x.ID))
		if _, after, found := strings.Cut(body, `"code":"`); found && status == http.StatusCreated {
			code, _, _ := strings.Cut(after, `"`)
			return code
		}
	}
	t.Fatal("no place takes a sign")
	return ""
}
