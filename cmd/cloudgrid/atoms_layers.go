package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"cloudgrid/gridmap"
)

// keepAtomLayers keeps the files that atoms are made from as reference layers:
// the buildings, and each file of barriers under its own name.
func keepAtomLayers(ctx context.Context, c *console, f atomsFlags, now time.Time) (err error) {
	var layers []keptLayer
	add := func(file, name string, kind gridmap.LayerKind) error {
		read, err := readLayer(file, layerFlags{crs: f.crs, column: "name"})
		if err != nil || len(read.features) == 0 { // points of buildings are no footprints
			return err
		}
		l := gridmap.Layer{Name: name, Kind: kind, Title: kindTitles[kind], Source: filepath.Base(file)}
		layers = append(layers, keptLayer{l, read.features})
		return l.Check()
	}
	if err := add(f.buildings, "buildings", gridmap.BuildingLayer); err != nil {
		return err
	}
	for i, file := range f.barriers {
		name := nameOfFile(file)
		kind := barrierKind(name)
		if (gridmap.Layer{Name: name, Kind: kind, Title: name}).Check() != nil { // 道路.shp
			name = fmt.Sprintf("%s-%d", kind, i+1)
		}
		if err := add(file, name, kind); err != nil {
			return err
		}
	}
	s, err := openStore(ctx, f.layers, storeMake)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if _, err = putLayers(ctx, s, now, layers...); err == nil {
		for _, l := range layers {
			c.sayf("图层 %s（%s）：%d 个要素 (kept as a reference layer)", l.Name, l.Title, len(l.features))
		}
	}
	return err
}

// nameOfFile is what a layer is called after a file.
func nameOfFile(file string) string {
	base := filepath.Base(file)
	return strings.ToLower(strings.TrimSuffix(base, filepath.Ext(base)))
}

var watery = regexp.MustCompile(`water|river|canal|水|河|江|湖`)

// barrierKind guesses what a file of barriers shows by its name: most are roads.
func barrierKind(name string) gridmap.LayerKind {
	if watery.MatchString(name) {
		return gridmap.WaterLayer
	}
	return gridmap.RoadLayer
}
