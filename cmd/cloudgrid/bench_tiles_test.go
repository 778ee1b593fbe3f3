package main

import "testing"

func TestBenchTilesCutsEveryZoomBesideItsRival(t *testing.T) {
	var r tilesReport
	runJSON(t, &r, "bench", "tiles", "--grids", "300", "--turn", "1ms")
	if r.Grids != 300 || len(r.Zooms) != 10 || r.HTTP.LowRPS <= 0 || r.HTTP.ServedHighUs <= 0 || r.HTTP.NullRPS <= 0 || r.BytesPerVertex <= 0 || r.LargestGz == 0 {
		t.Errorf("%+v", r)
	}
	for _, z := range r.Zooms {
		if z.Tiles == 0 || z.NsPerTile <= 0 || z.OrbRatio <= 0 || z.Bytes == 0 {
			t.Errorf("%+v", z)
		}
	}
}
