package main

import (
	"fmt"

	"cloudgrid/gridmap/atlas"
)

// demoExamples are three commands that work when pasted: the coordinates come
// from the map that is being served.
func demoExamples(srv *server, url, where string) []string {
	a := srv.keeper.Current()
	n := a.Main()
	if n == nil || len(n.Grids) == 0 {
		return nil
	}
	leaf := firstLeaf(n)
	lon, lat := n.Label(a, leaf).LonLat()
	return []string{
		fmt.Sprintf("curl '%s/v1/resolve?lon=%.6f&lat=%.6f&crs=wgs84&accuracy=15'", url, lon, lat),
		fmt.Sprintf("curl -o grid.geojson '%s/v1/grids/%d.geojson'", url, n.Grids[leaf].ID),
		fmt.Sprintf("go run ./cmd/cloudgrid resolve --store %s --lon %.6f --lat %.6f --crs wgs84", where, lon, lat),
	}
}

// firstLeaf is the first grid that owns ground.
func firstLeaf(n *atlas.Net) int32 {
	for i := range n.Grids {
		if len(n.Grids[i].Children) == 0 && n.Grids[i].Atoms > 0 {
			return int32(i)
		}
	}
	return 0
}
