package storetest

import (
	"context"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

func someRoads() (gridmap.Layer, []gridmap.LayerFeature) {
	return gridmap.Layer{Name: "roads", Kind: gridmap.RoadLayer, Title: "道路 'x'", Source: "某局"}, []gridmap.LayerFeature{
		{Name: "三民路", Lines: [][]spatial.Point{{{X: 1206000000, Y: 241000000}, {X: 1206000005, Y: 241000003}}}},
		{Name: "", Areas: spatial.MultiPolygon{{square(1206000000, 241000000, 50), square(1206000010, 241000010, 9)}, {square(-1800000000, -900000000, 7)}}},
		{Name: "环路", Lines: [][]spatial.Point{{{X: 1, Y: 1}, {X: 2, Y: 2}, {X: 1, Y: 1}}, {{X: 1800000000, Y: 900000000}, {X: 5, Y: 6}}}},
	}
}

// addLayers adds two reference layers.
func addLayers(ctx context.Context, w gridmap.Writer) error {
	roads, features := someRoads()
	if err := w.PutLayer(ctx, gridmap.Layer{Name: "empty", Kind: gridmap.OtherLayer, Title: "空"}, nil); err != nil {
		return err
	}
	return w.PutLayer(ctx, roads, features)
}

func putLayers(t testing.TB, s gridmap.Store) gridmap.ChangeSet {
	t.Helper()
	return update(t, s, addLayers)
}

func layersIn(t testing.TB, s gridmap.Store, name string) (layers []gridmap.Layer, features []gridmap.LayerFeature) {
	t.Helper()
	view(t, s, func(ctx context.Context, r gridmap.Reader) (err error) {
		if layers, err = r.Layers(ctx); err == nil {
			features, err = all(r.LayerFeatures(ctx, name))
		}
		return err
	})
	return layers, features
}

func layersAreKept(t *testing.T, s gridmap.Store) {
	if layers, features := layersIn(t, s, "roads"); len(layers)+len(features) > 0 {
		t.Errorf("a new store has %v, %v", layers, features)
	}
	cs := putLayers(t, s)
	roads, want := someRoads()
	roads.Seq, roads.Features = cs.Seq, 3
	for i := range want {
		want[i].N = int64(i + 1)
	}
	layers, features := layersIn(t, s, "roads")
	same(t, "layers", layers, []gridmap.Layer{{Name: "empty", Kind: gridmap.OtherLayer, Title: "空", Seq: cs.Seq}, roads})
	same(t, "features", features, want)
	if _, none := layersIn(t, s, "empty"); len(none) > 0 {
		t.Errorf("an empty layer has %v", none)
	}
	before := head(t, s)
	if cs.Seq != before.Seq {
		t.Errorf("layers came with change set %d, the head is at %d", cs.Seq, before.Seq)
	}
}

func aLayerIsReplacedWhole(t *testing.T, s gridmap.Store) {
	putLayers(t, s)
	now := gridmap.Layer{Name: "roads", Kind: gridmap.WaterLayer, Title: "水"}
	river := gridmap.LayerFeature{Name: "河", Areas: spatial.MultiPolygon{{square(0, 0, 9)}}}
	cs := update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		if err := w.PutLayer(ctx, now, []gridmap.LayerFeature{river}); err != nil {
			return err
		}
		now.Title = "水系" // and once more in the same change set
		return w.PutLayer(ctx, now, []gridmap.LayerFeature{river})
	})
	now.Seq, now.Features, river.N = cs.Seq, 1, 1
	layers, features := layersIn(t, s, "roads")
	same(t, "layer", layers[1], now)
	same(t, "features", features, []gridmap.LayerFeature{river})
	update(t, s, func(ctx context.Context, w gridmap.Writer) error { return w.DropLayer(ctx, "roads") })
	if layers, features := layersIn(t, s, "roads"); len(layers) != 1 || len(features) > 0 {
		t.Errorf("after dropping: %v, %v", layers, features)
	}
}

func badLayersAreRefused(t *testing.T, s gridmap.Store) {
	putLayers(t, s)
	good, features := someRoads()
	put := func(change func(*gridmap.Layer, *gridmap.LayerFeature)) func(context.Context, gridmap.Writer) error {
		return func(ctx context.Context, w gridmap.Writer) error {
			l, f := good, features[0]
			change(&l, &f)
			return w.PutLayer(ctx, l, []gridmap.LayerFeature{features[1], f})
		}
	}
	for what, change := range map[string]func(*gridmap.Layer, *gridmap.LayerFeature){
		"no name":     func(l *gridmap.Layer, _ *gridmap.LayerFeature) { l.Name = "" },
		"a path":      func(l *gridmap.Layer, _ *gridmap.LayerFeature) { l.Name = "../x" },
		"no title":    func(l *gridmap.Layer, _ *gridmap.LayerFeature) { l.Title = " " },
		"no kind":     func(l *gridmap.Layer, _ *gridmap.LayerFeature) { l.Kind = "fence" },
		"no shape":    func(_ *gridmap.Layer, f *gridmap.LayerFeature) { f.Lines = nil },
		"both":        func(_ *gridmap.Layer, f *gridmap.LayerFeature) { f.Areas = features[1].Areas },
		"half a line": func(_ *gridmap.Layer, f *gridmap.LayerFeature) { f.Lines = [][]spatial.Point{{{X: 1}}} },
		"a closed ring": func(_ *gridmap.Layer, f *gridmap.LayerFeature) {
			f.Lines, f.Areas = nil, spatial.MultiPolygon{{{{X: 1}, {X: 2}, {X: 1}}}}
		},
		"no ring": func(_ *gridmap.Layer, f *gridmap.LayerFeature) { f.Lines, f.Areas = nil, spatial.MultiPolygon{{}} },
	} {
		t.Run(what, func(t *testing.T) { refused(t, s, gridmap.Invalid, put(change)) })
	}
	refused(t, s, gridmap.NotFound, func(ctx context.Context, w gridmap.Writer) error { return w.DropLayer(ctx, "nothing") })
	if _, features := layersIn(t, s, "roads"); len(features) != 3 {
		t.Errorf("what was refused changed the layer: %v", features)
	}
}
