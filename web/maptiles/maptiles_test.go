package maptiles

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial/synth"
	"cloudgrid/spatial/topology"
	"cloudgrid/tiles"
)

type noMap struct{}

func (noMap) Current() *atlas.Atlas { return &atlas.Atlas{} }

// draft is a pyramid of 200 features; the first is called as it is told.
func draft(t *testing.T, base *tiles.Pyramid, name string) *tiles.Pyramid {
	topo, _ := topology.Build(synth.Coverage(200, 2))
	l := tiles.Level{}
	for f := range topo.NumFaces() {
		l.Of, l.IDs, l.Names = append(l.Of, int32(f)), append(l.IDs, uint64(f+1)), append(l.Names, "格")
	}
	l.Names[0] = name
	src := tiles.Source{Geometry: tiles.NewGeometry(topo), Levels: []tiles.Level{l}}
	if base != nil {
		src.Geometry = base.Geometry()
	}
	p, err := base.Next(src)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestADraftsTilesStayCachedWhereItsNextStateIsTheSame(t *testing.T) {
	s := New(noMap{}, 0)
	ask := func(edition string, p *tiles.Pyramid, at tiles.Tile, tag string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		if tag != "" {
			req.Header.Set("If-None-Match", tag)
		}
		rec := httptest.NewRecorder()
		if err := s.Draft(echo.New().NewContext(req, rec), "plans/7", edition, p, tiles.SetGrids, at); err != nil {
			t.Fatal(err)
		}
		return rec
	}
	first := draft(t, nil, "旧")
	second := draft(t, first, "新")
	touched := tiles.Changed(first, second)
	var list []tiles.Tile
	x0, y0, x1, y1 := tiles.Range(first.Geometry().Box(), 13)
	for x := x0; x <= x1; x++ {
		for y := y0; y <= y1; y++ {
			list = append(list, tiles.Tile{Z: 13, X: x, Y: y})
		}
	}
	tags := map[tiles.Tile]string{}
	for _, at := range list {
		rec := ask("1", first, at, "")
		if rec.Code != http.StatusOK && rec.Code != http.StatusNoContent {
			t.Fatalf("%v: %d", at, rec.Code)
		}
		tags[at] = rec.Header().Get("ETag")
	}
	misses, renamed := s.cache.Stats().Misses, 0
	for _, at := range list {
		want := http.StatusNotModified
		if at.Box().Intersects(touched[0]) {
			want = http.StatusOK
			renamed++
		}
		if rec := ask("2", second, at, tags[at]); rec.Code != want && rec.Code != http.StatusNotModified {
			t.Errorf("%v: %d, want %d", at, rec.Code, want)
		}
	}
	if cut := s.cache.Stats().Misses - misses; renamed == 0 || int(cut) != renamed || renamed > len(list)/4 {
		t.Errorf("%d of %d tiles were cut again, the change touches %d", cut, len(list), renamed)
	}
	if rec := ask("2", second, tiles.Tile{Z: 13, X: 1 << 13}, ""); rec.Code != http.StatusNotFound {
		t.Errorf("a tile beyond the world: %d", rec.Code)
	}
}

func TestOnlySoManyDraftsAreRemembered(t *testing.T) {
	s := New(noMap{}, 0)
	p := draft(t, nil, "格")
	for i := range 3 * seenMost {
		s.advance(string(rune('a'+i)), "1", p, true)
	}
	if len(s.seen) != seenMost {
		t.Errorf("%d are remembered", len(s.seen))
	}
	if name := s.advance("b", "9", draft(t, nil, "格"), false); name != "b@9" || len(s.seen) != seenMost {
		t.Errorf("an old request was called %q", name)
	}
}
