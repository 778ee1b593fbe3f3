package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// patrolFile is a department's file as they come: GeoJSON out of a program for
// Chinese maps that does not say so, one code twice, two grids that overlap.
func patrolFile() string {
	var rows []string
	for i := range 9 {
		code, width := fmt.Sprintf("X%d", i), 0.004
		switch i {
		case 4:
			code = "X3"
		case 7:
			width = 0.0044 // reaches into its neighbour
		}
		x, y := 120.676+0.004*float64(i%3), 24.136+0.004*float64(i/3)
		rows = append(rows, fmt.Sprintf(`{"type":"Feature","properties":{"编码":%q,"名称":"巡防%d","序号":"P-%02d","户数":%d},"geometry":{"type":"Polygon","coordinates":[[[%.4f,%.4f],[%.4f,%.4f],[%.4f,%.4f],[%.4f,%.4f],[%.4f,%.4f]]]}}`,
			code, i+1, i+1, 300+i, x, y, x+width, y, x+width, y+0.004, x, y+0.004, x, y))
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(rows, ",") + `]}`
}

// signedIn puts somebody's session into the browser.
func (p *tab) signedIn(v *visitor) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, network.SetCookie, network.SetCookieParams{Name: "cloudgrid", Value: v.token, URL: p.base}); err != nil {
		p.t.Fatal(err)
	}
}

// openWizard loads the wizard afresh.
func (p *tab) openWizard(until string) {
	p.t.Helper()
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.base+"/#/import"))
	p.until(`document.querySelector("` + until + `")`)
}

// dropFile drops a file onto the page, as a person would from a folder.
func (p *tab) dropFile(name, text string) {
	p.t.Helper()
	args, err := json.Marshal([]string{name, text})
	if err != nil {
		p.t.Fatal(err)
	}
	ask[bool](p, fmt.Sprintf(`((name, text) => {
		const data = new DataTransfer();
		data.items.add(new File([text], name));
		return document.querySelector(".wizard-drop").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })) || true;
	})(...%s)`, args))
}

// choose picks an option of a select, as its change event tells the page.
func (p *tab) choose(selector, value string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelector(%q)`, selector))
	ask[bool](p, fmt.Sprintf(`((e) => { e.value = %q; e.dispatchEvent(new Event("change", { bubbles: true })); return e.value === %q; })(document.querySelector(%q))`, value, value, selector))
}

// TestAPlannersFileGoesThroughTheWizardOntoTheMap drives the import wizard on
// the real server, as an admin, as a planner who may only check, and as
// somebody who may not import at all.
func TestAPlannersFileGoesThroughTheWizardOntoTheMap(t *testing.T) {
	findBrowser(t)
	o := openOffice(t, access{importDir: filepath.Join(t.TempDir(), "incoming"), perMinute: -1})
	all := func(role string) gridmap.Grant { return gridmap.Grant{Role: role} }
	admin, planner, field := o.in("admin", all(rights.Admin)), o.in("planner", all(rights.Planner)), o.in("field", all(rights.Field))
	where, err := url.Parse(o.base)
	if err != nil {
		t.Fatal(err)
	}
	g, proxy := newGate(t, where.Host)
	p := openTab(t, o.base, proxy)

	p.signedIn(field)
	t.Run("who may not import is told so", func(t *testing.T) { refusedAtTheWizard(p.on(t)) })
	p.signedIn(planner)
	t.Run("a planner checks a file but does not accept it", func(t *testing.T) { plannerChecks(p.on(t)) })
	p.signedIn(admin)
	t.Run("an admin mends the choice and accepts", func(t *testing.T) { adminImports(p.on(t), o.base) })
	t.Run("a reload goes on where one was", func(t *testing.T) { resumeImport(p.on(t)) })
	t.Run("on a phone nothing is wider than the screen", func(t *testing.T) { importOnPhone(p.on(t)) })

	if faults := p.heard.take(); len(faults) > 0 {
		t.Errorf("the page complained:\n%s", strings.Join(faults, "\n"))
	}
	if strangers := g.strangers(); len(strangers) > 0 {
		t.Errorf("other hosts were asked for: %s", strings.Join(strangers, ", "))
	}
}

func refusedAtTheWizard(p *tab) {
	p.openWizard(".wizard-refused")
	if said := p.textOf(".wizard-refused"); !strings.Contains(said, "不能导入") {
		p.t.Errorf("%q", said)
	}
	if ask[bool](p, `Boolean(document.querySelector(".wizard-drop"))`) {
		p.t.Error("somewhere to drop a file")
	}
	wantNoSeriousFindings(p)
}

// toFields drops the file, says its frame and goes on to the fields.
func toFields(p *tab) {
	p.t.Helper()
	p.openWizard(".wizard-drop")
	wantNoSeriousFindings(p)
	p.dropFile("巡防网格.geojson", patrolFile())
	p.until(`document.querySelectorAll(".wizard-scroll tbody tr").length === 9`)
	if rows := p.textOf(".wizard-scroll"); !strings.Contains(rows, "P-05") {
		p.t.Errorf("the rows: %q", rows)
	}
	if asked := p.textOf(".wizard-frames"); !strings.Contains(asked, "GCJ-02") || ask[bool](p, `Boolean(document.querySelector("input[name=frame]:checked"))`) {
		p.t.Errorf("a frame was chosen for the person: %q", asked)
	}
	if !ask[bool](p, `document.querySelector("#to-fields").disabled`) {
		p.t.Error("one can go on without a frame")
	}
	p.press(`input[name=frame][value=gcj02]`)
	p.until(`document.querySelector(".wizard-sketch .map-canvas")?.dataset.idle === "true"`)
	wantNoSeriousFindings(p)
	p.press("#to-fields")
	p.choose("#target-network", "+")
	p.press("#target-new")
	p.keys("patrol")
	p.until(`document.querySelector("[data-field=code]")?.value === "编码"`) // as suggested
	wantNoSeriousFindings(p)
	p.press("#to-check")
	p.until(`document.querySelector("#verdict")`)
}

func plannerChecks(p *tab) {
	toFields(p)
	if said := p.textOf("#verdict"); said != "还不能导入" {
		p.t.Errorf("%q", said)
	}
	p.press("#only-sound")
	p.until(`document.querySelector("#verdict")?.textContent === "可以导入"`)
	p.press("#to-confirm")
	p.until(`document.querySelector("#not-you")`)
	if ask[bool](p, `Boolean(document.querySelector("#accept"))`) {
		p.t.Error("a planner is offered to accept")
	}
	status := ask[int](p, `fetch("/v1/imports").then((r) => r.json()).then(({ imports: [it] }) => fetch("/v1/imports/" + it.id + "/accept",
		{ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ check: it.check.number }) })).then((r) => r.status)`)
	if status != http.StatusForbidden {
		p.t.Errorf("a planner accepted: %d", status)
	}
	p.heard.take() // the browser logs the refusal that was asked for
	giveFileUp(p)
}

func giveFileUp(p *tab) {
	p.t.Helper()
	p.press(".wizard-file .quiet")
	p.press(".wizard-sure .tool")
	p.until(`document.querySelector(".wizard-drop")`)
}

func adminImports(p *tab, base string) {
	toFields(p)
	kinds := p.textOf(".wizard-kind-list")
	if !strings.Contains(kinds, "编码重复") || !strings.Contains(kinds, "重叠") {
		p.t.Errorf("the kinds: %q", kinds)
	}
	p.until(`document.querySelector(".wizard-seen .map-canvas")?.dataset.idle === "true"`)
	wantNoSeriousFindings(p)
	p.press(".wizard-finding")
	p.until(`document.querySelector(".wizard-finding").ariaPressed === "true"`)
	if first := p.textOf(".wizard-finding"); !strings.Contains(first, "第 5 行") || !strings.Contains(first, "怎么办") {
		p.t.Errorf("the first finding: %q", first)
	}
	table := ask[string](p, `fetch(document.querySelector(".wizard-onward a[download]").href).then((r) => r.text())`)
	if !strings.Contains(table, "编码重复") {
		p.t.Errorf("the table: %.200q", table)
	}
	// The codes stand in another column.
	p.press(".wizard-onward .tool")
	p.choose("[data-field=code]", "序号")
	p.press("#to-check")
	p.until(`document.querySelector("#verdict")?.textContent === "可以导入"`)
	if kinds := p.textOf(".wizard-kind-list"); strings.Contains(kinds, "编码重复") || !strings.Contains(kinds, "重叠") {
		p.t.Errorf("the kinds: %q", kinds)
	}
	p.press("#to-confirm")
	p.until(`document.querySelector("#accept")`)
	wantNoSeriousFindings(p)
	ask[bool](p, `document.querySelector("#accept").focus() || true`)
	p.keys(kb.Enter)
	p.until(`document.querySelector("#done-title")`)
	if spoken := p.textOf("#spoken"); !strings.Contains(spoken, "完成") {
		p.t.Errorf("the live region says %q", spoken)
	}
	wantNoSeriousFindings(p)
	found := gridsOf(p.t, base, "network=patrol&limit=50")
	if len(found) != 9 || found[0].Code != "P-01" {
		p.t.Errorf("the map has %+v", found)
	}
	if west := found[0].Label[0]; west > 120.678-0.003 { // the middle of the square, half a kilometre west of what was written
		p.t.Errorf("the frame was not heard: %v", found[0].Label)
	}
	p.press("#see-map")
	p.until(`document.querySelector(".map-canvas")?.dataset.idle === "true"`)
}

func resumeImport(p *tab) {
	p.openWizard(".wizard-drop")
	p.dropFile("再来.geojson", patrolFile())
	p.until(`document.querySelector("#to-fields")`)
	p.openWizard("#to-fields")
	if said := p.textOf(".wizard-file"); !strings.Contains(said, "再来.geojson") {
		p.t.Errorf("%q", said)
	}
	giveFileUp(p)
}

func importOnPhone(p *tab) {
	p.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile))
	defer p.do(chromedp.EmulateViewport(1280, 800))
	toFields(p)
	if wide := ask[int](p, "document.documentElement.scrollWidth"); wide > 390 {
		p.t.Errorf("the report is %d px wide on a phone of 390", wide)
	}
	wantNoSeriousFindings(p)
	giveFileUp(p)
}
