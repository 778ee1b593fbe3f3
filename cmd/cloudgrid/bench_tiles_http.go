package main

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap/atlas"
	"cloudgrid/spatial"
	"cloudgrid/tiles"
	"cloudgrid/web/maptiles"
)

// httpTiles is what cold tiles cost over loopback, the client on the same
// processors: answers per second, and processor time an answer, client
// included, which tells what a machine with nothing else to do would reach.
type httpTiles struct {
	NullRPS float64 `json:"null_rps"` // an empty handler of the same server
	NullUs  float64 `json:"null_cpu_us"`
	LowRPS  float64 `json:"tiles_per_s_z9_11"` // sent as they are cut
	LowUs   float64 `json:"cpu_us_z9_11"`
	HighRPS float64 `json:"tiles_per_s_z12_14"`
	HighUs  float64 `json:"cpu_us_z12_14"`
	// As the server answers: by way of the cache, which holds none of them, with
	// their hash, gzipped.
	ServedLowRPS  float64 `json:"served_tiles_per_s_z9_11"`
	ServedLowUs   float64 `json:"served_cpu_us_z9_11"`
	ServedHighRPS float64 `json:"served_tiles_per_s_z12_14"`
	ServedHighUs  float64 `json:"served_cpu_us_z12_14"`
}

type noMap struct{}

func (noMap) Current() *atlas.Atlas { return &atlas.Atlas{} }

// overHTTP asks a server in this process for cold tiles, each target in turn;
// the figures are medians over the rounds.
func (r *tilesReport) overHTTP(ctx context.Context, p *tiles.Pyramid, faces []spatial.MultiPolygon, seed int64, turn time.Duration) error {
	server := httptest.NewServer(tileServer(p))
	defer server.Close()
	b := &httpBench{addr: server.Listener.Addr().String(), each: 10 * turn, connections: 32}
	low, high := paths(p, faces, seed, 9), paths(p, faces, seed, 12)
	type target struct {
		path    func(int) string
		rps, us *float64
		runs    [2][]float64
	}
	of := func(list []string, from string) func(int) string {
		return func(k int) string { return from + list[k%len(list)] }
	}
	h := &r.HTTP
	targets := []*target{
		{path: func(int) string { return "/null" }, rps: &h.NullRPS, us: &h.NullUs},
		{path: of(low, "/raw"), rps: &h.LowRPS, us: &h.LowUs},
		{path: of(high, "/raw"), rps: &h.HighRPS, us: &h.HighUs},
		{path: of(low, "/served"), rps: &h.ServedLowRPS, us: &h.ServedLowUs},
		{path: of(high, "/served"), rps: &h.ServedHighRPS, us: &h.ServedHighUs},
	}
	for range 3 {
		for _, t := range targets {
			before, start := processorTime(), time.Now()
			rps, _, err := b.load(ctx, t.path)
			if err != nil {
				return err
			}
			answers := rps * time.Since(start).Seconds()
			t.runs[0] = append(t.runs[0], rps)
			t.runs[1] = append(t.runs[1], float64((processorTime()-before).Microseconds())/answers)
		}
	}
	for _, t := range targets {
		*t.rps, *t.us = math.Round(median(t.runs[0])), math.Round(10*median(t.runs[1]))/10
	}
	return nil
}

func tileServer(p *tiles.Pyramid) *echo.Echo {
	e := echo.New()
	served := maptiles.New(noMap{}, 1)
	e.GET("/null", func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	e.GET("/raw/:z/:x/:y", func(c echo.Context) error {
		t, ok := maptiles.ParseTile(c.Param("z"), c.Param("x"), c.Param("y"))
		if !ok {
			return echo.ErrNotFound
		}
		body := p.Tile(tiles.SetGrids, uint32(t.Z), t.X, t.Y)
		c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
		return c.Blob(http.StatusOK, maptiles.MediaType, body)
	})
	e.GET("/served/:z/:x/:y", func(c echo.Context) error {
		t, ok := maptiles.ParseTile(c.Param("z"), c.Param("x"), c.Param("y"))
		if !ok {
			return echo.ErrNotFound
		}
		return served.Draft(c, "bench", "1", p, tiles.SetGrids, t)
	})
	return e
}

// paths lists where tiles of three zooms are that hold something.
func paths(p *tiles.Pyramid, faces []spatial.MultiPolygon, seed int64, lo uint8) (list []string) {
	for z := lo; z < lo+3; z++ {
		for _, t := range sampleTiles(faces, z, seed) {
			if len(p.Tile(tiles.SetGrids, uint32(t.Z), t.X, t.Y)) > 0 {
				list = append(list, "/"+t.String()+".mvt")
			}
		}
	}
	return list
}
