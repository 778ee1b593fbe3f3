package demodata

import (
	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// osmSource is whose the layers are.
const osmSource = "© OpenStreetMap 贡献者（ODbL 1.0）"

// putLayers keeps what the ground was divided by: planners look at it and snap
// to it.
func (b *bund) putLayers() error {
	areas := func(from []bundFeature) []gridmap.LayerFeature {
		var out []gridmap.LayerFeature
		for _, f := range from {
			out = append(out, gridmap.LayerFeature{Name: f.Name, Areas: f.Ground}.Tidied())
		}
		return out
	}
	var roads, water []gridmap.LayerFeature
	for _, r := range b.src.roads {
		roads = append(roads, gridmap.LayerFeature{Name: r.Name, Lines: r.Lines}.Tidied())
	}
	for _, p := range b.src.water {
		water = append(water, gridmap.LayerFeature{Areas: spatial.MultiPolygon{p}})
	}
	for _, l := range []struct {
		gridmap.Layer
		features []gridmap.LayerFeature
	}{
		{gridmap.Layer{Name: "buildings", Kind: gridmap.BuildingLayer, Title: "建筑", Source: osmSource}, areas(b.src.buildings)},
		{gridmap.Layer{Name: "roads", Kind: gridmap.RoadLayer, Title: "道路", Source: osmSource}, roads},
		{gridmap.Layer{Name: "water", Kind: gridmap.WaterLayer, Title: "水系", Source: osmSource + "；岸线为手绘"}, water},
	} {
		if err := b.w.PutLayer(b.ctx, l.Layer, l.features); err != nil {
			return err
		}
	}
	return nil
}
