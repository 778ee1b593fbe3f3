package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"cloudgrid/gridmap"
)

// TestANameIsNeverMarkupOnTheMapInATableOrInATile gives a grid and a plan names
// that would run, and opens every kind of screen that shows them.
func TestANameIsNeverMarkupOnTheMapInATableOrInATile(t *testing.T) {
	findBrowser(t)
	s, _ := bundStore(t)
	const evil = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`
	err := update(t, s, func(w gridmap.Writer) error {
		for g, err := range w.Grids(t.Context(), gridmap.Query{At: time.Now()}) {
			if err != nil {
				return err
			}
			if g.ID == 19 {
				g.Name, g.Span = evil, gridmap.Span{ValidFrom: time.Now()}
				if err := w.PutGrids(t.Context(), g); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	base, _ := boot(t, s)
	p, _ := openPlanTab(t, base)
	clean := func(where string) {
		t.Helper()
		if ask[bool](p.tab, `"hacked" in window || document.querySelectorAll("[onerror], img[src=x]").length > 0`) {
			t.Errorf("%s runs what a name says", where)
		}
		if !ask[bool](p.tab, `document.body.textContent.includes("<img src=x")`) {
			t.Errorf("%s does not show the name as it is", where)
		}
	}
	p.do(chromedp.Navigate(base + "/#point=121.482836,31.244918,wgs84,15"))
	p.until(`document.querySelector("#answer-name")`)
	clean("the map")
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(base+"/#/plans"))
	p.make(evil)
	p.until(`document.querySelector(".plan-row")`)
	clean("the editor")
	p.row(evil)
	p.until(`document.querySelector("#grid-name")`)
	clean("the inspector")
	p.do(chromedp.Navigate(base + "/ogc/collections/grids/items?f=html&limit=100"))
	p.until(`document.querySelector("table")`)
	clean("the table of features")

	if status, tile, _ := fetch(t, base+"/tiles/grids/"+tileAt(121.482836, 31.244918, 15)+".mvt"); status != http.StatusOK || !strings.Contains(string(tile), evil) {
		t.Errorf("%d: a tile holds names as text, byte by byte", status)
	}
	_, _, h := fetch(t, base+"/v1/grids?q=onerror")
	if kind := h.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("names in JSON come as %q, which a browser may take for a page", kind)
	}
}
