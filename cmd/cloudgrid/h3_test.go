//go:build cgo

package main

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/uber/h3-go/v4"

	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/export"
	"cloudgrid/spatial"
)

func TestTheOfflineTableNeverContradictsTheServer(t *testing.T) {
	s, store := demoStore(t)
	_, srv := boot(t, s)
	n := srv.keeper.Current().Main()
	const coarsest, finest = 7, 11
	cells, err := parquet.ReadFile[export.Cell](exportTo(t, store, "h3-parquet", "cells.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	table := map[uint64]export.Cell{}
	for _, c := range cells {
		table[c.H3] = c
	}
	rng := rand.New(rand.NewPCG(3, 4))
	box := n.Bounds()
	decided, border := 0, 0
	for range 20000 {
		p := spatial.Point{
			X: box.Min.X + int32(rng.Int64N(int64(box.Max.X)-int64(box.Min.X))),
			Y: box.Min.Y + int32(rng.Int64N(int64(box.Max.Y)-int64(box.Min.Y))),
		}
		lon, lat := p.LonLat()
		cell, err := h3.LatLngToCell(h3.NewLatLng(lat, lon), finest)
		if err != nil {
			t.Fatal(err)
		}
		c, found := lookUp(table, coarsest, finest, func(r int) uint64 {
			parent, err := cell.Parent(r)
			if err != nil {
				t.Fatal(err)
			}
			return uint64(parent)
		})
		truth := ""
		if g := n.Resolve(atlas.Ask{Point: p, Level: -1}).Grid; g != atlas.None {
			truth = n.Grids[g].Code
		}
		switch {
		case !found && truth != "":
			t.Fatalf("%s is in %s, the table says outside", p, truth)
		case found && c.Grid != 0:
			decided++
			if c.Code != truth {
				t.Fatalf("%s is in %q, the table says %s", p, truth, c.Code)
			}
		case found:
			border++
			ok := false
			for _, code := range strings.Split(c.Candidates, "|") {
				ok = ok || code == truth
			}
			if !ok {
				t.Fatalf("%s is in %q, the table offers %q", p, truth, c.Candidates)
			}
		}
	}
	t.Logf("%d rows: %d points decided offline, %d on border cells", len(cells), decided, border)
	if decided < border {
		t.Errorf("only %d of %d points are decided", decided, decided+border)
	}
	csv, err := os.ReadFile(exportTo(t, store, "h3-csv", "cells.csv"))
	if err != nil || strings.Count(string(csv), "\n") != len(cells)+1 {
		t.Errorf("the CSV has %d lines for %d rows (%v)", strings.Count(string(csv), "\n"), len(cells), err)
	}
}

// lookUp finds a position's cell as docs/h3-table.md tells an app to: parent(r)
// is the cell of the position at resolution r.
func lookUp(table map[uint64]export.Cell, coarsest, finest int, parent func(r int) uint64) (export.Cell, bool) {
	for r := finest; r >= coarsest; r-- {
		if c, ok := table[parent(r)]; ok {
			return c, true
		}
	}
	return export.Cell{}, false // outside the jurisdiction
}
