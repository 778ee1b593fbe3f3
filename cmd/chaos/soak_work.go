package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// soakReaders are as many connections as in a fault, each of which rests a
// while between two questions, so that the others get their turn.
func (l *lab) soakReaders(url string) (*crowd, error) {
	const rest = "delay = function() return math.random(20, 100) end\n"
	return l.wrkOn(url, l.connections, luaScript(append(paths(400), soakPaths()...))+rest)
}

// soakPaths are questions that make a server keep things: tiles of every zoom,
// shapes, pages of features.
func soakPaths() []string {
	all := []string{"/v1/grids.geojson", "/ogc/collections/grids/items?limit=20&f=json", "/tiles/atoms.json", "/v1/load", "/openapi.json", "/docs"}
	for z := 12; z <= 16; z++ {
		for range 20 {
			x, y := tileAt(west+rand.Float64()*(east-west), south+rand.Float64()*(north-south), z)
			for _, set := range []string{"grids", "atoms"} {
				all = append(all, fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", set, z, x, y))
			}
		}
	}
	return all
}

// looks is a planner who looks at drafts, their tiles and problems, has the
// engine propose, follows the changes, and asks about other times.
type looks struct {
	done, failed int
	example      string
}

func (k *looks) said() string {
	return fmt.Sprintf("%d / %d %s", k.failed, k.done, k.example)
}

func (k *looks) ended(ctx context.Context, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	if k.done++; err != nil {
		k.failed++
		k.example = what + ": " + err.Error()
	}
}

func (k *looks) run(ctx context.Context, base string) {
	c := newClient(base, "looker")
	defer c.http.CloseIdleConnections()
	for n := 0; ctx.Err() == nil; n++ {
		var list struct{ Plans []struct{ ID, Rev int64 } }
		k.ended(ctx, "plans", c.get(ctx, "/v1/plans?state=draft", &list))
		if len(list.Plans) > 0 {
			p := list.Plans[len(list.Plans)-1]
			k.draft(ctx, c, p.ID, p.Rev)
			if n%20 == 5 {
				k.ended(ctx, "proposal", c.post(ctx, fmt.Sprintf("/v1/plans/%d/proposals", p.ID), object{"task": "relieve", "seed": n}, nil))
			}
		}
		at := url.QueryEscape(time.Now().Add(-time.Duration(rand.IntN(300)) * time.Second).UTC().Format(time.RFC3339))
		if n%20 == 0 { // a whole map is loaded for it
			k.ended(ctx, "at", k.raw(ctx, c, "/v1/resolve?lon=121.4858&lat=31.2380&crs=wgs84&at="+at))
		}
		if n%5 == 2 {
			k.ended(ctx, "receipt", k.raw(ctx, c, "/v1/resolve?lon=121.4858&lat=31.2380&crs=wgs84&receipt=1"))
		}
		k.follow(ctx, base)
		while(ctx, time.Second)
	}
}

// draft looks at one plan.
func (k *looks) draft(ctx context.Context, c *client, id, rev int64) {
	for _, path := range []string{"/board", "/problems", "/diff", "/ops?after=0", "/history"} {
		k.ended(ctx, path, k.raw(ctx, c, fmt.Sprintf("/v1/plans/%d%s", id, path)))
	}
	for z := 13; z <= 16; z++ {
		x, y := tileAt(west+rand.Float64()*(east-west), south+rand.Float64()*(north-south), z)
		k.ended(ctx, "draft tile", k.raw(ctx, c, fmt.Sprintf("/tiles/plans/%d/%d/%d/%d.mvt?rev=%d", id, z, x, y, rev)))
	}
}

// raw gets a path whose answer is no matter.
func (k *looks) raw(ctx context.Context, c *client, path string) error {
	resp, err := get(ctx, c.http, c.base+path)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // read to the end
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = errWrong{resp.StatusCode, string(text[:min(len(text), 200)])}
	}
	return err
}

// follow listens to the changes for a moment and hangs up.
func (k *looks) follow(ctx context.Context, base string) {
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/v1/changes", nil)
	if err != nil {
		return
	}
	req.Header.Set("Accept", "text/event-stream")
	if resp, err := fresh.Do(req); err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

// imports runs `cloudgrid import` of the same places again and again, a little
// apart each time, so that the map is as large as before.
type imports struct {
	done, failed int
	again        int // the map had moved on
	example      string
}

func (i *imports) said() string {
	return fmt.Sprintf("%d / %d（让位于发布后重做 %d）%s", i.failed, i.done, i.again, i.example)
}

// importEvery is how often.
const importEvery = 15 * time.Second

func (i *imports) run(ctx context.Context, l *lab, store string) {
	dir, err := l.folder()
	if err != nil {
		i.failed, i.example = 1, err.Error()
		return
	}
	file := filepath.Join(dir, "places.csv")
	for n := 0; ctx.Err() == nil; n++ {
		if err := os.WriteFile(file, []byte(placesCSV(n)), 0o600); err != nil {
			i.failed, i.example = i.failed+1, err.Error()
			return
		}
		text, err := l.cloudgrid(ctx, "import", "--store", store, "--as", "places", "--crs", "wgs84", file)
		if ctx.Err() != nil {
			return
		}
		if err != nil && strings.Contains(text, "is out)") { // published meanwhile: once more
			i.again++
			continue
		}
		if i.done++; err != nil {
			i.failed++
			i.example = err.Error()
		}
		while(ctx, importEvery)
	}
}

// placesCSV is a hundred door plates that have moved by some centimetres since
// the last time.
func placesCSV(n int) string {
	var b strings.Builder
	b.WriteString("code,road,number,kind,lon,lat\n")
	for i := range 100 {
		lon := west + (east-west)*float64(i)/100 + 1e-6*float64(n%7)
		fmt.Fprintf(&b, "CHAOS%03d,混沌路,%d,门牌,%.7f,%.7f\n", i, i+1, lon, (south+north)/2)
	}
	return b.String()
}
