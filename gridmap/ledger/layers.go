package ledger

import (
	"context"
	"slices"

	"cloudgrid/gridmap"
)

// LayerTables is what a store offers the rules of reference layers.
type LayerTables interface {
	gridmap.Backdrops
	// AddLayers and AddLayerRows keep what they are told, without rules.
	AddLayers(ctx context.Context, l []gridmap.Layer) error
	AddLayerRows(ctx context.Context, rows []gridmap.LayerRow) error
	// RemoveLayer removes a layer with its features, if there is one.
	RemoveLayer(ctx context.Context, name string) error
}

// PutLayer implements gridmap.Writer.
func (w *Writer) PutLayer(ctx context.Context, l gridmap.Layer, features []gridmap.LayerFeature) error {
	if err := l.Check(); err != nil {
		return err
	}
	if len(features) > gridmap.MaxLayerFeatures {
		return gridmap.Errorf(gridmap.Invalid, "图层 %s 有 %d 个要素，超过 %d (too many features)", l.Name, len(features), gridmap.MaxLayerFeatures)
	}
	t := w.tables.Rest
	if err := t.RemoveLayer(ctx, l.Name); err != nil {
		return err
	}
	l.Seq, l.Features = w.seq, int64(len(features))
	if err := t.AddLayers(ctx, []gridmap.Layer{l}); err != nil {
		return err
	}
	n := int64(0)
	for part := range slices.Chunk(features, batch) {
		rows := make([]gridmap.LayerRow, len(part))
		for i, f := range part {
			if err := f.Check(); err != nil {
				return err
			}
			n++
			f.N = n
			rows[i] = gridmap.LayerRow{Layer: l.Name, LayerFeature: f}
		}
		if err := t.AddLayerRows(ctx, rows); err != nil {
			return err
		}
	}
	return nil
}

// DropLayer implements gridmap.Writer.
func (w *Writer) DropLayer(ctx context.Context, name string) error {
	all, err := w.tables.Rest.Layers(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(l gridmap.Layer) bool { return l.Name == name }) {
		return gridmap.Errorf(gridmap.NotFound, "没有图层 %q (no such layer)", name)
	}
	return w.tables.Rest.RemoveLayer(ctx, name)
}

func restoreLayers(ctx context.Context, from gridmap.Archive, to Raw) error {
	layers, err := from.Layers(ctx)
	if err != nil {
		return err
	}
	if err := to.AddLayers(ctx, layers); err != nil {
		return err
	}
	return inBatches(ctx, from.AllLayerRows(ctx), to.AddLayerRows)
}
