// Package backdrop holds the reference layers of a store in memory: what tiles
// are cut from and what editors snap to.
package backdrop

import (
	"context"
	"sync"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/tiles"
)

// Layer is one reference layer as a change set put it. Its features are read
// when they are first asked for, once.
type Layer struct {
	gridmap.Layer
	store gridmap.Store

	mu     sync.Mutex
	loaded *Features
}

// Features are those of a layer, ready to be cut and searched. Read-only.
type Features struct {
	All    []gridmap.LayerFeature
	Shapes *tiles.Shapes // All[i] is its shape i
}

// Features reads the layer, unless that was done before. The error is
// Unavailable when the store cannot be read, and Conflict when the layer has
// been replaced meanwhile: ask the Keeper for the new one.
func (l *Layer) Features(ctx context.Context) (*Features, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loaded != nil {
		return l.loaded, nil
	}
	f := &Features{}
	err := l.store.View(ctx, func(r gridmap.Reader) error {
		if err := l.stands(ctx, r); err != nil {
			return err
		}
		for x, err := range r.LayerFeatures(ctx, l.Name) {
			if err != nil {
				return err
			}
			f.All = append(f.All, x)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	shapes := make([]tiles.Shape, len(f.All))
	for i, x := range f.All {
		shapes[i] = tiles.Shape{ID: uint64(x.N), Name: x.Name, Lines: x.Lines, Areas: x.Areas}
	}
	f.Shapes = tiles.NewShapes(shapes)
	l.loaded = f
	return f, nil
}

// stands is Conflict unless the store still has the layer as it was listed.
func (l *Layer) stands(ctx context.Context, r gridmap.Reader) error {
	layers, err := r.Layers(ctx)
	if err != nil {
		return err
	}
	for _, now := range layers {
		if now == l.Layer {
			return nil
		}
	}
	return gridmap.Errorf(gridmap.Conflict, "图层 %s 刚刚被替换，请重试 (the layer has just been replaced: try again)", l.Name)
}

// Within returns the features whose box touches b, at most so many, and whether
// there are more.
func (f *Features) Within(b spatial.Box, most int) (found []gridmap.LayerFeature, more bool) {
	f.Shapes.Within(b, func(i int) bool {
		if more = len(found) == most; more {
			return false
		}
		found = append(found, f.All[i])
		return true
	})
	return found, more
}

// MinZoom is the zoom from which a layer of a kind is drawn: below it, it would
// be a stain.
func MinZoom(kind gridmap.LayerKind) uint8 {
	switch kind {
	case gridmap.BuildingLayer:
		return 13
	case gridmap.RoadLayer:
		return 11
	case gridmap.WaterLayer, gridmap.OtherLayer:
	}
	return 9
}
