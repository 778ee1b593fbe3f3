package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"cloudgrid/gridmap"
)

// aDayAhead is when the plan of publishedAhead takes effect.
func aDayAhead(days int) string {
	return time.Now().In(gridmap.CivilZone()).AddDate(0, 0, days).Format(time.DateOnly)
}

// publishedAhead has a server publish a plan that renames a grid and moves an
// atom, with effect from a day ahead.
func publishedAhead(t *testing.T, base string, srv *server, day string) (grid int64, from, to map[int64]int64) {
	t.Helper()
	d := newDraft(t, base)
	g, other, atoms := d.neighbours()
	from = d.ownersAt("")
	d.must(200, "POST", "/ops", ops(0, d.op("reassign_atoms", jsonMap{"atoms": atoms[:1], "to": other}), d.op("set_attrs", jsonMap{"grid": g, "name": "明天的名字"})))
	to = d.ownersAt("")
	for _, action := range []string{"submit", "approve"} {
		d.must(200, "POST", "/"+action, jsonMap{"rev": 2, "note": "x", "force": true})
	}
	d.must(200, "POST", "/publish", jsonMap{"rev": 2, "note": "x", "force": true, "effective_at": day})
	if err := srv.keeper.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return g, from, to
}

func TestTheMapOfAnotherDayIsServed(t *testing.T) {
	base, srv := bundServer(t)
	day, before := aDayAhead(30), aDayAhead(29)
	grid, _, _ := publishedAhead(t, base, srv, day)
	named := func(at string) string {
		var page struct {
			Grids []struct {
				ID   int64
				Name string
			}
		}
		status, body, _ := fetch(t, base+"/v1/grids?limit=1000&at="+at)
		if err := json.Unmarshal(body, &page); err != nil || status != http.StatusOK {
			t.Fatal(status, err)
		}
		for _, g := range page.Grids {
			if g.ID == grid {
				return g.Name
			}
		}
		return ""
	}
	if now, then, eve := named(""), named(day), named(before); then != "明天的名字" || now == then || eve != now {
		t.Errorf("the grid is %q now, %q the day before, %q from the day on", now, eve, then)
	}
	edition := func(at string) (m struct{ Edition int64 }) {
		_, body, _ := fetch(t, base+"/v1/meta?at="+at)
		if err := json.Unmarshal(body, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	if now, then := edition("").Edition, edition(day).Edition; then != now+1 {
		t.Errorf("edition %d now, %d then", now, then)
	}
	x, y := tileAround(t, base, grid)
	tile := func(at string) string {
		var j struct {
			Tiles  []string
			Center []float64
			Bounds []float64
		}
		_, body, _ := fetch(t, base+"/tiles/grids.json?at="+at)
		if err := json.Unmarshal(body, &j); err != nil || len(j.Tiles) != 1 || (at != "") != strings.Contains(j.Tiles[0], "at="+at) {
			t.Fatalf("%v %s", err, body)
		}
		address := strings.NewReplacer("{z}", "15", "{x}", fmt.Sprint(x), "{y}", fmt.Sprint(y)).Replace(j.Tiles[0])
		status, body, _ := fetch(t, address)
		if status != http.StatusOK {
			t.Fatalf("%s: %d", address, status)
		}
		return string(body)
	}
	now, then := tile(""), tile(day)
	if now == then || tile(before) != now || strings.Contains(now, "明天的名字") || !strings.Contains(then, "明天的名字") {
		t.Error("the tiles of the day are not those of its map")
	}
	for path, want := range map[string]int{
		"/v1/meta?at=never": 400, "/v1/grids?at=never": 400, "/tiles/grids.json?at=never": 400,
		fmt.Sprintf("/v1/grids/%d/geojson?at=%s", grid, day): 200,
	} {
		if status, body, _ := fetch(t, base+path); status != want {
			t.Errorf("%s: %d %.200s, want %d", path, status, body, want)
		}
	}
}

// tileAround is the tile at zoom 15 in which a grid has its label.
func tileAround(t *testing.T, base string, grid int64) (x, y int) {
	t.Helper()
	var g struct{ Label []float64 }
	_, body, _ := fetch(t, fmt.Sprintf("%s/v1/grids/%d", base, grid))
	if err := json.Unmarshal(body, &g); err != nil || len(g.Label) != 2 {
		t.Fatal(err, string(body))
	}
	lat := g.Label[1] * math.Pi / 180
	const across = 1 << 15
	return int((g.Label[0] + 180) / 360 * across), int((1 - math.Asinh(math.Tan(lat))/math.Pi) / 2 * across)
}

// TestADayIsPreviewedOnTheMapAndInTheEditor chooses a day on the public map,
// opens its link anew and goes back, and previews a draft.
func TestADayIsPreviewedOnTheMapAndInTheEditor(t *testing.T) {
	findBrowser(t)
	base, srv := bundServer(t)
	day := aDayAhead(30)
	grid, _, _ := publishedAhead(t, base, srv, day)
	p, g := openPlanTab(t, base)
	p.open(fmt.Sprintf("#grid=%d", grid))
	p.until(`document.querySelector("#answer-name")`)
	p.press(".statusbar-day")
	p.until(`document.querySelector("#day-input")`)
	p.wantNoSeriousFindings()
	p.setDate("#day-input", day)
	p.press(".day-form .primary")
	p.until(`document.querySelector("#answer-name")?.textContent === "明天的名字"`)
	if banner := p.textOf(".day-what"); !strings.Contains(banner, "正在预览 "+day+" 的网格") {
		t.Errorf("the banner says %q", banner)
	}
	p.wantNoSeriousFindings()
	p.until(fmt.Sprintf(`location.hash.includes("at=%s")`, day))
	p.do(chromedp.Reload())
	p.until(`document.querySelector("#answer-name")?.textContent === "明天的名字" && document.querySelector(".day-what")`)
	p.press(".day > .primary")
	p.until(`document.querySelector("#answer-name") && document.querySelector("#answer-name").textContent !== "明天的名字" && !document.querySelector(".day") && !location.hash.includes("at=")`)

	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(base+"/#/plans"))
	p.make("下一步")
	p.clickText(".inspector .buttons .tool", "按生效日预览")
	p.until(`document.querySelector("dialog input[type=date]")`)
	p.wantNoSeriousFindings()
	p.setDate("dialog input[type=date]", aDayAhead(31))
	p.clickText("dialog .tool", "设为方案的生效日期")
	p.until(`document.querySelector("dialog .hint").textContent.includes("` + aDayAhead(31) + `")`)
	p.click(`document.querySelector("dialog .primary")`)
	p.until(`document.querySelector(".preview")?.textContent.includes("按方案「下一步」")`)
	if ask[bool](p.tab, `!document.querySelector('.rail-tool[aria-keyshortcuts="B"]').disabled || Boolean(document.querySelector(".compare"))`) {
		t.Error("a preview can be painted, or hides the draft")
	}
	p.wantNoSeriousFindings()
	ask[bool](p.tab, fmt.Sprintf(`location.hash = location.hash.replace(/at=.*/, "at=%s"), true`, aDayAhead(1)))
	p.until(`document.querySelector(".preview")?.textContent.includes("不含本方案") && document.querySelector(".compare canvas")`)
	p.click(`document.querySelector(".replay-leave")`)
	p.until(`!document.querySelector(".preview") && !document.querySelector('.rail-tool[aria-keyshortcuts="B"]').disabled`)
	p.wantQuiet(g, "404 (Not Found)")
}

// setDate sets a date field as its picker does.
func (p *planTab) setDate(selector, day string) {
	p.t.Helper()
	ask[bool](p.tab, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.value = %q;
		e.dispatchEvent(new Event("input", { bubbles: true }));
		return true;
	})()`, selector, day))
}
