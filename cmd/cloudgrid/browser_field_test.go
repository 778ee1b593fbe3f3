package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// walk is somebody who walks the line of a plan with a telephone, and the
// planner who sees what comes of it.
type walk struct {
	*drafter
	phone, desk *planTab
	gate        *gate
	lon, lat    float64 // in a building that would go to another grid
	id          string
}

// TestSomebodyWalksTheLineAndThePublicSpeaks drives the field view and the
// public notice in browsers; the steps follow each other.
func TestSomebodyWalksTheLineAndThePublicSpeaks(t *testing.T) {
	findBrowser(t)
	s, _ := bundStore(t)
	base, _ := boot(t, s)
	w := &walk{drafter: newDraft(t, base)}
	w.id = strings.TrimPrefix(w.plan, "/v1/plans/")
	_, to, atoms := w.neighbours()
	w.must(200, "POST", "/ops", ops(0, w.op("reassign_atoms", jsonMap{"atoms": atoms[:3], "to": to})))
	w.findPlace(atoms[0])
	w.phone, w.gate = openPlanTab(t, base)
	w.phone.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile))
	w.desk, _ = openPlanTab(t, base)
	for _, step := range []struct {
		name string
		do   func(phone, desk *planTab)
	}{
		{"where am I", w.whereAmI},
		{"an answer that the satellites do not bear out is called unsure", w.unsure},
		{"without leave to locate, a finger will do", w.denied},
		{"a remark with a photo waits for the network and counts once", w.remark},
		{"the planner sees it and settles it", w.seen},
		{"a resident speaks on the public page", w.resident},
		{"the planner reads it and publishes before the time with a reason", w.publish},
	} {
		done := false
		t.Run(step.name, func(t *testing.T) { step.do(w.phone.step(t), w.desk.step(t)); done = true })
		if !done {
			return
		}
	}
}

func (w *walk) findPlace(atom int64) {
	w.t.Helper()
	var board struct {
		Atoms struct {
			ID       []int64
			Lon, Lat []float64
		}
	}
	_, body, _ := fetch(w.t, w.base+w.plan+"/board")
	if err := json.Unmarshal(body, &board); err != nil {
		w.t.Fatal(err)
	}
	for i, id := range board.Atoms.ID {
		if id == atom {
			w.lon, w.lat = board.Atoms.Lon[i], board.Atoms.Lat[i]
		}
	}
}

// stand puts the telephone somewhere.
func (w *walk) stand(p *planTab, setting string, accuracyM float64) {
	p.t.Helper()
	permission := browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "geolocation"}, Setting: browser.PermissionSetting(setting)}
	if _, err := chromedp.Call(p.ctx, browser.SetPermission, permission); err != nil {
		p.t.Fatal(err)
	}
	place := emulation.SetGeolocationOverrideParams{Longitude: &w.lon, Latitude: &w.lat, Accuracy: &accuracyM}
	if _, err := chromedp.Call(p.ctx, emulation.SetGeolocationOverride, place); err != nil {
		p.t.Fatal(err)
	}
}

// enter opens the field view anew.
func (w *walk) enter(p *planTab) {
	p.t.Helper()
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(w.base+"/#/field/"+w.id))
	p.until(`document.querySelector(".walk-canvas")?.dataset.idle === "true"`)
}

func (w *walk) whereAmI(p, _ *planTab) {
	w.stand(p, "granted", 0.5)
	w.enter(p)
	p.until(`document.querySelector(".where-change")`)
	var here struct {
		Now, Proposed struct{ Grid struct{ Name string } }
	}
	_, body := p.get(fmt.Sprintf("%s/here?at=%.7f,%.7f&crs=wgs84", w.plan, w.lon, w.lat))
	if err := json.Unmarshal(body, &here); err != nil {
		p.t.Fatal(err)
	}
	text := p.textOf(".where-change")
	if !strings.Contains(text, here.Now.Grid.Name) || !strings.Contains(text, here.Proposed.Grid.Name) || here.Now.Grid.Name == here.Proposed.Grid.Name {
		p.t.Errorf("the page says %q, the server %+v", text, here)
	}
	if border := p.textOf(".where-border"); !strings.Contains(border, "距拟定边界") {
		p.t.Errorf("%q", border)
	}
	if wide := ask[int](p.tab, "document.documentElement.scrollWidth"); wide > 390 {
		p.t.Errorf("the page is %d px wide on a phone of 390", wide)
	}
	small := ask[string](p.tab, `[...document.querySelectorAll(".walk button, .walk-header a")].filter((e) => e.offsetHeight > 0 && e.offsetHeight < 44).map((e) => e.outerHTML).join("\n")`)
	if small != "" {
		p.t.Errorf("too small for a thumb:\n%s", small)
	}
	p.wantNoSeriousFindings()
}

func (w *walk) unsure(p, _ *planTab) {
	w.stand(p, "granted", 70)
	p.until(`document.querySelector(".where-unsure")?.textContent.includes("±70")`)
	w.stand(p, "granted", 300)
	p.until(`!document.querySelector(".where-change") && document.querySelector(".walk-note")?.textContent.includes("太粗")`)
}

func (w *walk) denied(p, _ *planTab) {
	w.stand(p, "denied", 5)
	w.enter(p)
	p.until(`document.querySelector(".walk-note")?.textContent.includes("没有定位权限")`)
	if !ask[bool](p.tab, `document.querySelector(".walk-big").disabled`) {
		p.t.Error("a remark about nowhere can be written")
	}
	p.click(`document.querySelector(".walk-canvas canvas")`)
	p.until(`document.querySelector(".where-source")?.textContent.includes("地图上选的位置") && document.querySelector(".where b")`)
}

func (w *walk) remark(p, _ *planTab) {
	w.stand(p, "granted", 6)
	w.enter(p)
	p.until(`document.querySelector(".where-change")`)
	p.click(`document.querySelector(".walk-big")`)
	p.press(".write textarea")
	p.keys("此处有围墙，门朝南 <b>")
	p.do(chromedp.SetUploadFiles(`.write-photo input`, []string{streetPhoto(p.t)}))
	p.until(`document.querySelector(".write-shown")?.naturalWidth > 0`)
	p.wantNoSeriousFindings()
	w.gate.setAway(true)
	p.click(`document.querySelector(".write .walk-strong")`)
	p.until(`document.querySelector(".waiting .walk-note")?.textContent.includes("1 条批注等待发送")`)
	p.heard.take() // the browser says that nobody was there
	if n := len(w.remarks(p)); n != 0 {
		p.t.Fatalf("%d remarks are at the server", n)
	}
	w.gate.setAway(false)
	w.enter(p) // as after a closed browser
	p.until(`document.querySelector(".near img")?.naturalWidth > 0 && !document.querySelector(".waiting .walk-note")`)
	list := w.remarks(p)
	if len(list) != 1 || !strings.HasPrefix(fmt.Sprint(list[0]["text"]), "此处有围墙") || list[0]["point"] == nil {
		p.t.Fatalf("%v", list)
	}
	status, photo := p.get(fmt.Sprint(list[0]["photo"]))
	if status != http.StatusOK || len(photo) > 1<<20 || strings.Contains(string(photo), "Exif") {
		p.t.Errorf("%d, %d bytes", status, len(photo))
	}
}

func (w *walk) remarks(p *planTab) (list []jsonMap) {
	p.t.Helper()
	var body struct{ Comments []jsonMap }
	_, raw := p.get(w.plan + "/comments")
	if err := json.Unmarshal(raw, &body); err != nil {
		p.t.Fatal(err)
	}
	return body.Comments
}

// streetPhoto is a file as large as those of a telephone's camera.
func streetPhoto(t *testing.T) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 3200, 2400))
	for y := range 2400 {
		for x := range 3200 {
			m.SetRGBA(x, y, color.RGBA{uint8(x >> 4), uint8(y >> 4), uint8((x ^ y) >> 5), 255})
		}
	}
	path := filepath.Join(t.TempDir(), "street.jpg")
	f, err := os.Create(path)
	if err == nil {
		err = jpeg.Encode(f, m, nil)
	}
	if err2 := f.Close(); err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	return path
}

func (w *walk) seen(_, p *planTab) {
	p.visit(w.plan)
	p.until(`document.querySelector(".comment-photo img")?.naturalWidth > 0`)
	if text := p.textOf(".comment-text"); !strings.Contains(text, "此处有围墙，门朝南 <b>") {
		p.t.Errorf("%q", text)
	}
	p.click(`[...document.querySelectorAll(".comment-do button")].at(-1)`)
	p.until(`document.querySelector(".comment-settled")`)
	if list := w.remarks(p); list[0]["settled_by"] == nil {
		p.t.Errorf("%v", list)
	}
}

func (w *walk) resident(phone, desk *planTab) {
	for _, step := range []string{"submit", "approve", "announce"} {
		w.must(200, "POST", "/"+step, jsonMap{"rev": 1, "force": true, "note": "公示说明"})
	}
	phone.do(chromedp.Navigate(w.base + "/notices"))
	phone.click(`document.querySelector(".list a")`)
	phone.until(`document.querySelector("#text") && [...document.images].every((i) => i.complete && i.naturalWidth > 0)`)
	if wide := ask[int](phone.tab, "document.documentElement.scrollWidth"); wide > 390 || ask[int](phone.tab, `document.scripts.length`) > 0 {
		phone.t.Errorf("%d px wide, or with scripts", wide)
	}
	phone.wantNoSeriousFindings()
	phone.click(`document.querySelector("#text")`)
	phone.keys("请保留在原网格")
	phone.click(`document.querySelector("#contact")`)
	phone.keys("lin@example.org")
	phone.click(`document.querySelector("form button")`)
	phone.until(`document.querySelector("#received")`)
	phone.wantNoSeriousFindings()
	desk.until(`[...document.querySelectorAll(".comment")].some((e) => e.textContent.includes("请保留在原网格") && e.textContent.includes("公示意见"))`)
}

func (w *walk) publish(_, p *planTab) {
	p.click(`[...document.querySelectorAll(".comments button")].find((b) => b.textContent === "查看联系方式")`)
	p.until(`document.querySelector(".comment-contact")?.textContent === "lin@example.org"`)
	p.wantNoSeriousFindings()
	p.click(`[...document.querySelectorAll("header button")].find((b) => b.textContent.trim() === "发布")`)
	p.until(`document.querySelector("dialog .notice-count")?.textContent.includes("公示意见 1 条，未办结 1 条")`)
	p.click(`document.querySelector("dialog .primary")`)
	p.until(`document.querySelector("dialog [role=alert]")?.textContent.includes("理由")`)
	p.wantNoSeriousFindings()
	p.press("dialog textarea")
	p.keys("各方无异议")
	p.click(`document.querySelector("dialog .primary")`)
	p.until(`!document.querySelector("dialog") && document.querySelector(".state-published")`)
	if status, _ := p.get("/notices/" + w.id); status != http.StatusNotFound {
		p.t.Errorf("the notice of a published plan is %d", status)
	}
	p.heard.take()
}
