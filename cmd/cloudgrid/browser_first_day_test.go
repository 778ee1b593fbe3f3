package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"cloudgrid/gridmap"
)

// firstFile is a file of one level of grids as a small office has it: codes and
// names, and no counts.
func firstFile() string {
	var rows []string
	for i := range 6 {
		x, y := 118.02+0.006*float64(i%3), 36.80+0.005*float64(i/3)
		rows = append(rows, fmt.Sprintf(`{"type":"Feature","properties":{"网格编码":"3703020010%02d","网格名称":"首日第%d网格"},"geometry":{"type":"Polygon","coordinates":[[[%.4f,%.4f],[%.4f,%.4f],[%.4f,%.4f],[%.4f,%.4f],[%.4f,%.4f]]]}}`,
			i+1, i+1, x, y, x+0.006, y, x+0.006, y+0.005, x, y+0.005, x, y))
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(rows, ",") + `]}`
}

var saidAddress, saidLink = regexp.MustCompile(`CloudGrid: (http://\S+?)/\s`), regexp.MustCompile(`one-time admin link: (\S+)`)

// serveFromNothing runs `serve --create` where there is no store, and returns
// its address and the one-time link as its console says them.
func serveFromNothing(t *testing.T, where, imports string) (base, link string) {
	t.Helper()
	said := newSafeText()
	root := newRoot(&console{in: strings.NewReader(""), out: said, err: said})
	root.SetArgs([]string{"serve", "--create", "--store", where, "--accounts", "on", "--import-dir", imports, "--addr", "127.0.0.1:0"})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- root.ExecuteContext(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		text := said.String()
		if a, l := saidAddress.FindStringSubmatch(text), saidLink.FindStringSubmatch(text); a != nil && l != nil {
			return a[1], l[1]
		}
		if len(ended) > 0 {
			break
		}
	}
	t.Fatalf("the server did not say where it is: %s", said.String())
	return "", ""
}

func TestAStoreIsMadeOnlyWhenAskedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mistyped.gpkg")
	said := newSafeText()
	root := newRoot(&console{in: strings.NewReader(""), out: said, err: said})
	root.SetArgs([]string{"serve", "--store", "gpkg:" + path, "--addr", "127.0.0.1:0"})
	err := root.ExecuteContext(t.Context())
	if gridmap.CodeOf(err) != gridmap.NotFound || !strings.Contains(err.Error(), "--create") {
		t.Errorf("without --create: %v", err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("a store was made unasked")
	}
}

// TestTheFirstDayNeedsNoCommandLine goes from no store at all to a point that
// is answered, in a browser: an empty map that says what to do, the one-time
// link, the wizard, the first edition.
func TestTheFirstDayNeedsNoCommandLine(t *testing.T) {
	findBrowser(t)
	dir := t.TempDir()
	base, link := serveFromNothing(t, "gpkg:"+filepath.Join(dir, "new.gpkg"), filepath.Join(dir, "incoming"))
	where, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	g, proxy := newGate(t, where.Host)
	p := openTab(t, base, proxy)
	t.Run("the empty map says what to do", func(t *testing.T) { emptyMap(p.on(t)) })
	t.Run("the one-time link leads to the first map", func(t *testing.T) { firstAdmin(p.on(t), link) })
	t.Run("a plan wants a map first", func(t *testing.T) { planWithoutMap(p.on(t)) })
	t.Run("the first file becomes the first edition", func(t *testing.T) { firstImport(p.on(t)) })
	t.Run("a point is answered", func(t *testing.T) { firstAnswer(p.on(t)) })
	t.Run("the office says what its map is called", func(t *testing.T) { firstSettings(p.on(t)) })
	t.Run("a plan says what a map without counts cannot do, and from which day there is one", func(t *testing.T) { firstPlan(p.on(t)) })
	if faults := p.heard.take(); len(faults) > 0 {
		t.Errorf("the page complained:\n%s", strings.Join(faults, "\n"))
	}
	if strangers := g.strangers(); len(strangers) > 0 {
		t.Errorf("other hosts were asked for: %s", strings.Join(strangers, ", "))
	}
}

func emptyMap(p *tab) {
	p.open("")
	p.until(`document.querySelector("#first-import")`)
	said := p.textOf(".first-day")
	for _, want := range []string{"还是空的", "一次性管理员链接", "第 1 版"} {
		if !strings.Contains(said, want) {
			p.t.Errorf("the empty map does not say %q: %q", want, said)
		}
	}
	if status := p.textOf(".statusbar"); strings.Contains(status, "第 0 版") || strings.Contains(status, "{") {
		p.t.Errorf("the status line says %q", status)
	}
	wantNoSeriousFindings(p)
	status, body, _ := fetch(p.t, p.base+"/v1/resolve?crs=wgs84&lon=118.021&lat=36.801")
	if status != 404 || !strings.Contains(string(body), "还是空的") {
		p.t.Errorf("an empty map answers %d %s", status, body)
	}
	p.press("#first-import")
	p.until(`document.querySelector(".wizard-refused a")?.href.includes("/sign-in")`)
	p.heard.take()
}

func firstAdmin(p *tab, link string) {
	p.do(chromedp.Navigate(link))
	for field, text := range map[string]string{"name": "head", "password": "correct horse 9", "again": "correct horse 9"} {
		p.press("[name=" + field + "]")
		p.keys(text)
	}
	p.press("button")
	p.until(`document.querySelector("#first-map")`)
	if hash := ask[string](p, "location.hash"); hash != "#/import" {
		p.t.Errorf("the first admin is led to %q", hash)
	}
	wantNoSeriousFindings(p)
}

func firstSettings(p *tab) {
	p.do(chromedp.Navigate(p.base + "/admin/settings"))
	p.until(`document.querySelector("[name=size_target]")`)
	wantNoSeriousFindings(p)
	p.press("[name=title]")
	p.keys("新城街道网格图")
	if dir := os.Getenv("CLOUDGRID_SCREENS"); dir != "" {
		png, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "settings.png"), png, 0o600)
		}
		if err != nil {
			p.t.Error(err)
		}
	}
	p.press("button")
	p.until(`document.querySelector("[role=status]")?.textContent.includes("已保存")`)
	p.do(chromedp.Navigate(p.base + "/"))
	p.until(`document.body.innerText.includes("新城街道网格图")`)
}

func planWithoutMap(p *tab) {
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.base+"/#/plans"))
	p.until(`document.querySelector("#plans-first") && document.querySelector(".plans-new a[href='#/import']")`)
	if ask[bool](p, `Boolean(document.querySelector("#plans-new"))`) {
		p.t.Error("a plan can be begun without a map")
	}
	wantNoSeriousFindings(p)
	p.press(`.plans-new a`)
	p.until(`document.querySelector(".wizard-drop")`)
}

func firstImport(p *tab) {
	p.dropFile("网格.geojson", firstFile())
	p.press(`input[name=frame][value=wgs84]`)
	p.press("#to-fields")
	p.press("#to-check")
	p.until(`document.querySelector("#verdict")?.textContent === "可以导入"`)
	p.press("#to-confirm")
	p.until(`document.querySelector(".wizard-confirm")?.textContent.includes("综合网格（新建）")`)
	p.press("#accept")
	p.until(`document.querySelector("#done-title")`)
	if said := p.textOf(".wizard-done"); !strings.Contains(said, "第 1 版") {
		p.t.Errorf("%q", said)
	}
}

func firstAnswer(p *tab) {
	p.press("#see-map")
	p.until(`document.querySelector(".map-canvas")?.dataset.idle === "true" && document.querySelectorAll(".row").length === 6`)
	p.open("#point=118.023,36.8025,wgs84")
	p.until(`document.querySelector("#answer-name")?.textContent === "首日第1网格"`)
	if said := p.textOf(".provenance"); said != "第 1 版" {
		p.t.Errorf("the answer stands on %q", said)
	}
	wantNoSeriousFindings(p)
}

// firstPlan draws up a plan over grids without counts.
func firstPlan(p *tab) {
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.base+"/#/plans"))
	p.press(".plans-new input")
	p.keys("首个方案")
	p.press(".plans-new .primary")
	p.until(`document.querySelector(".map-canvas")?.dataset.idle === "true"`)
	p.press("#tab-proposals")
	p.until(`document.querySelector("#proposal-uncounted a")`)
	if by := ask[string](p, `document.querySelector("#proposal-by").value`); by != "area" {
		p.t.Errorf("without households it would weigh by %q", by)
	}
	wantNoSeriousFindings(p)
	scope := `[...document.querySelectorAll(".proposal-form select")].find((e) => [...e.options].some((o) => o.value === "all"))`
	ask[bool](p, `((e) => { e.value = "all"; e.dispatchEvent(new Event("change", { bubbles: true })); return true; })(`+scope+`)`)
	p.choose("#proposal-by", "")
	p.press(".proposal-form .primary")
	p.until(`document.querySelector(".toast")?.textContent.includes("没有户数")`)
	p.heard.take() // the browser logs the refusal
	p.choose("#proposal-by", "area")
	p.press(".proposal-form .primary")
	p.until(`document.querySelector(".candidate-facts")?.textContent.includes("移动面积")`)
	hash := ask[string](p, "location.hash")
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.base+"/"+hash+"?at=2020-01-01"))
	p.until(`document.querySelector(".map-blank")?.textContent.includes("2020-01-01") && document.querySelector("#preview-first")`)
	p.heard.take() // and that there is no such day
	wantNoSeriousFindings(p)
	p.press("#preview-first")
	p.until(`!document.querySelector(".map-blank") && !document.querySelector("#preview-first") && document.querySelector(".preview")`)
}
