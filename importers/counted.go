package importers

import (
	"fmt"
	"iter"

	"github.com/paulmach/orb"
)

// checkWidth refuses a file of more layers or columns than anybody means to
// send.
func checkWidth(info Info, l Limits) error {
	switch {
	case len(info.Layers) > l.MaxLayers:
		return fatal(info.File, "", "", "", tooBig(fmt.Sprintf("图层数（%d，上限 %d）", len(info.Layers), l.MaxLayers)))
	case len(info.Fields) > l.MaxFields:
		return fatal(info.File, "", "", "", tooBig(fmt.Sprintf("列数（%d，上限 %d）", len(info.Fields), l.MaxFields)))
	}
	return nil
}

// counted is a source whose shapes may have so many vertices in all.
type counted struct {
	Source
	most int
}

func (c counted) Features() iter.Seq2[Feature, error] {
	return func(yield func(Feature, error) bool) {
		n := 0
		for f, err := range c.Source.Features() {
			if n += vertices(f.Geometry); n > c.most {
				e := tooBig(fmt.Sprintf("顶点数（上限 %d）", c.most))
				e.File, e.Row = c.Info().File, f.Row
				yield(Feature{Row: f.Row}, e)
				return
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

func vertices(g orb.Geometry) int {
	switch g := g.(type) {
	case orb.Point:
		return 1
	case orb.MultiPoint:
		return len(g)
	case orb.LineString:
		return len(g)
	case orb.Ring:
		return len(g)
	case orb.MultiLineString:
		return verticesOf(g)
	case orb.Polygon:
		return verticesOf(g)
	case orb.MultiPolygon:
		return verticesOf(g)
	case orb.Collection:
		return verticesOf(g)
	}
	return 0
}

func verticesOf[T ~[]G, G orb.Geometry](parts T) int {
	n := 0
	for _, g := range parts {
		n += vertices(g)
	}
	return n
}
