package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"cloudgrid/gridmap"
)

// policeOver lays a second network over the atoms of a store: two beats, west
// and east.
func policeOver(t *testing.T, s gridmap.Store) {
	t.Helper()
	ctx := t.Context()
	if err := update(t, s, func(w gridmap.Writer) error {
		if err := w.PutNetwork(ctx, gridmap.Network{ID: 70, Code: "police", Name: "公安网"}); err != nil {
			return err
		}
		if err := w.PutLevels(ctx, 70, []gridmap.Level{{Network: 70, Code: "beat", Name: "警务区"}}); err != nil {
			return err
		}
		first, err := w.NewIDs(ctx, 2)
		if err != nil {
			return err
		}
		for i, name := range []string{"西警务区", "东警务区"} {
			if err := w.PutGrids(ctx, gridmap.Grid{ID: gridmap.GridID(first + int64(i)), Network: 70, Code: fmt.Sprint("J", i+1), Name: name, Type: gridmap.General}); err != nil {
				return err
			}
		}
		var members []gridmap.Membership
		for a, err := range w.Atoms(ctx, gridmap.Query{}) {
			if err != nil {
				return err
			}
			side := int64(0)
			if a.Shape.Box().Min.X > 1214900000 {
				side = 1
			}
			members = append(members, gridmap.Membership{Atom: a.ID, Network: 70, Grid: gridmap.GridID(first + side)})
		}
		return w.PutMemberships(ctx, members...)
	}); err != nil {
		t.Fatal(err)
	}
}

// picture is what the page looks like.
func (p *planTab) picture() image.Image {
	p.t.Helper()
	shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		p.t.Fatal(err)
	}
	return img
}

// paints does something after which at least a hundredth of the map's left half
// must look otherwise.
func (p *planTab) paints(what string, do func()) {
	p.t.Helper()
	p.until(`document.querySelector(".map-canvas").dataset.idle === "true"`)
	box := ask[[]int](p.tab, `(() => { const r = document.querySelector(".map canvas").getBoundingClientRect(); return [r.x, r.y, r.width / 2, r.height].map(Math.round); })()`)
	before := p.picture()
	do()
	for end := time.Now().Add(patience); ; {
		after, differ := p.picture(), 0
		for x := box[0]; x < box[0]+box[2]; x++ {
			for y := box[1]; y < box[1]+box[3]; y++ {
				if before.At(x, y) != after.At(x, y) {
					differ++
				}
			}
		}
		if 100*differ >= box[2]*box[3] {
			return
		}
		if time.Now().After(end) {
			p.keepPicture()
			p.t.Fatalf("%s does not show: %d points of the map differ", what, differ)
		}
	}
}

func TestPlannersLayReferenceLayersUnderADraftAndSnapToThem(t *testing.T) {
	findBrowser(t)
	s, _ := bundStore(t)
	policeOver(t, s)
	base, _ := boot(t, s)
	p, g := openPlanTab(t, base)
	p.do(chromedp.Navigate(base + "/#/plans"))
	p.make("吸附")
	b := p.board()
	v := p.aBorderVertex(b, 6)
	p.zoomTo(b.grid(v.Left))
	p.chord("y")
	p.until(`document.querySelector(".layers-panel input:focus, .layers-panel select:focus")`)
	p.wantNoSeriousFindings()
	for _, name := range []string{"buildings", "roads"} {
		p.paints(name, func() { p.click(`document.querySelector('input[name="layer-` + name + `"]')`) })
	}
	p.paints("heat", func() { p.choose(`select[name="heat"]`, "events") })
	p.until(`document.querySelectorAll(".heat-legend li").length > 3`)
	p.wantNoSeriousFindings()
	p.paints("no heat", func() {
		ask[bool](p.tab, `(() => { const e = document.querySelector('select[name="heat"]'); e.value = ""; e.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`)
	})
	p.choose(`select[name="other"]`, "police")
	for _, fault := range p.heard.take() { // a style that the map refuses is said there
		t.Error(fault)
	}
	p.keys(kb.Escape)
	p.until(`!document.querySelector(".layers-panel") && document.activeElement.className === "layers-button"`)

	p.visit(p.plan) // what was ticked is remembered
	p.until(`document.querySelector(".layers-count")?.textContent === "3"`)
	p.chord("y")
	p.until(`document.querySelector('input[name="layer-roads"]:checked')`)
	p.paints("taking the roads away", func() { p.click(`document.querySelector('input[name="layer-roads"]:checked')`) })
	p.keys(kb.Escape)
	p.snapsToACorner(b, v)
	p.wantQuiet(g, "/ops") // previews that movable asks for and the server refuses
}

// snapsToACorner drags a border's vertex close to the corner of a building: it
// lands exactly on it, and beside it while Alt is held.
func (p *planTab) snapsToACorner(b planBoard, v borderVertex) {
	p.t.Helper()
	p.chord("e")
	p.until(`document.querySelector('.rail-tool[aria-keyshortcuts="E"]').ariaPressed === "true"`)
	var s screen
	var corner [2]float64
	for tried := []int64{}; ; v = p.aBorderVertex(b, 4, tried...) {
		s = p.zoomTo(b.grid(v.Left))
		if corner = p.freeCorner(s, v); corner[0] != 0 {
			break
		}
		tried = append(tried, v.Left) // aBorderVertex ends the test when there are no more
	}
	p.until(`document.querySelector(".map-canvas .maplibregl-canvas-container")?.dataset.snaps === "ready"`)
	x, y := s.of(v.At[0], v.At[1])
	p.do(chromedp.MouseClickXY(x, y))
	p.until(fmt.Sprintf(`document.querySelectorAll(".arc-points li").length === %d`, v.Points))
	toX, toY := s.of(corner[0], corner[1])
	p.drag(x, y, toX+3, toY-3)
	p.at(1)
	if now := p.arcAt(corner[0], corner[1]); now.At != corner || now.DistanceM != 0 {
		p.t.Errorf("dragged near the corner %v, the border has its %s at %v, %.2f m off", corner, now.Kind, now.At, now.DistanceM)
	}
	p.keys(kb.Escape)
	p.do(chromedp.MouseClickXY(toX, toY))
	p.until(fmt.Sprintf(`document.querySelectorAll(".arc-points li").length === %d`, v.Points))
	p.drag(toX, toY, x, y, chromedp.ModifierAlt) // away, and back beside it
	p.at(2)
	p.drag(x, y, toX+3, toY-3, chromedp.ModifierAlt)
	p.at(3)
	if now := p.arcAt(corner[0], corner[1]); now.At == corner {
		p.t.Errorf("it snapped to %v although Alt was held", corner)
	}
}

// freeCorner is a corner of a building on the bare map, near a vertex but well
// apart from every vertex of the ground, as the server has it; zero where there is none.
func (p *planTab) freeCorner(s screen, v borderVertex) [2]float64 {
	p.t.Helper()
	const reach = 0.0007
	box := fmt.Sprintf("%.7f,%.7f,%.7f,%.7f", v.At[0]-reach, v.At[1]-reach, v.At[0]+reach, v.At[1]+reach)
	status, body := p.get("/v1/layers/buildings/features?bbox=" + box)
	doc, err := geojson.UnmarshalFeatureCollection(body)
	if err != nil || status != http.StatusOK {
		p.t.Fatal(status, err)
	}
	var ground struct{ Lon, Lat []float64 }
	p.read("/vertices?crs=wgs84&bbox="+box, &ground)
	var corners [][2]float64
	for _, f := range doc.Features {
		shape, ok := f.Geometry.(orb.MultiPolygon)
		if !ok {
			p.t.Fatalf("a building is a %T", f.Geometry)
		}
		for _, r := range shape {
			for _, c := range r[0] {
				corners = append(corners, [2]float64{c[0], c[1]})
			}
		}
	}
	slices.SortFunc(corners, func(a, b [2]float64) int {
		if metresBetween(a[0], a[1], v.At[0], v.At[1]) < metresBetween(b[0], b[1], v.At[0], v.At[1]) {
			return -1
		}
		return 1
	})
	apartPx := func(a, b [2]float64) float64 {
		ax, ay := s.of(a[0], a[1])
		bx, by := s.of(b[0], b[1])
		return max(ax-bx, bx-ax, ay-by, by-ay)
	}
	for _, c := range corners {
		x, y := s.of(c[0], c[1])
		free := p.onMap(x, y) && p.onMap(x+3, y-3) && apartPx(c, v.At) > 14
		for i := range ground.Lon {
			free = free && apartPx(c, [2]float64{ground.Lon[i], ground.Lat[i]}) > 14
		}
		for _, other := range corners {
			free = free && (other == c || apartPx(c, other) > 9)
		}
		if x, y := s.of(v.At[0], v.At[1]); free && p.onMap(x, y) && p.movable(v, c) {
			return c
		}
	}
	return [2]float64{}
}

// movable asks the server whether the vertex could be there.
func (p *planTab) movable(v borderVertex, to [2]float64) bool {
	p.t.Helper()
	op, err := json.Marshal(map[string]any{"base_rev": 0, "crs": "wgs84", "preview": true, "ops": []any{
		map[string]any{"id": "5b0c4f0e-0000-4000-8000-00000000abcd", "kind": "move_vertex", "at": v.At, "to": to},
	}})
	if err != nil {
		p.t.Fatal(err)
	}
	return ask[int](p.tab, fmt.Sprintf(`fetch(%q, { method: "POST", headers: { "Content-Type": "application/json" }, body: %q }).then((r) => r.status)`, p.plan+"/ops", op)) == http.StatusOK
}
