package main

import (
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial/topology"
	"cloudgrid/tiles"
)

func topologyArc(i int) topology.ArcID { return topology.ArcID(i) }

// tileAt is "z/x/y" of the tile at a position.
func tileAt(lon, lat float64, z uint8) string { return tiles.At(lon, lat, z).String() }

// update publishes one more edition.
func update(t *testing.T, s gridmap.Store, fn func(gridmap.Writer) error) error {
	t.Helper()
	now := time.Now()
	_, err := s.Update(t.Context(), gridmap.Commit{
		At: now, Actor: "test", Action: "publish", Edit: &gridmap.Edition{Name: "test", EffectiveAt: now},
	}, fn)
	return err
}
