package main

import (
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/importers"
)

// layerRead is what a file held.
type layerRead struct {
	features []gridmap.LayerFeature
	skipped  int
	problems []string
}

// readLayer reads lines and polygons; what is read as ground is read here alike.
func readLayer(file string, f layerFlags) (*layerRead, error) {
	var out layerRead
	g := &ground{}
	options := importers.Options{Layer: f.layer, Encoding: f.encoding, WKT: f.wkt}
	err := g.eachOf(file, f.crs, options, func(x importers.Feature, s groundShape) string {
		feature, what := layerFeature(strings.TrimSpace(x.Props.Text(f.column)), s)
		if what == "" {
			out.features = append(out.features, feature)
		}
		return what
	})
	out.skipped, out.problems = len(g.problems), g.problems[:min(10, len(g.problems))]
	return &out, err
}

// layerFeature makes a feature of a shape, or says why there is none: areas
// where there are any, else lines.
func layerFeature(name string, s groundShape) (f gridmap.LayerFeature, what string) {
	f = gridmap.LayerFeature{Name: name, Areas: s.polygons}
	if len(s.polygons) == 0 {
		f.Lines = s.lines
	}
	if f = f.Tidied(); len(f.Lines)+len(f.Areas) == 0 {
		return f, "不是线也不是面 (neither line nor polygon)"
	}
	return f, ""
}
