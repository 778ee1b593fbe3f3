package gridmap

import (
	"context"
	"iter"
	"regexp"
	"strings"

	"cloudgrid/spatial"
)

// LayerKind says what a reference layer shows, and so how it is drawn.
type LayerKind string

// The kinds of reference layers.
const (
	BuildingLayer LayerKind = "building" // 建筑: footprints
	RoadLayer     LayerKind = "road"     // 道路: centre lines
	WaterLayer    LayerKind = "water"    // 水系: areas or lines
	OtherLayer    LayerKind = "other"
)

// Layer is a reference layer (底图图层): what planners look at and snap to, and
// what no grid is made of. It is not versioned: it is replaced as a whole, and
// says which change set put it there.
type Layer struct {
	Name     string // in addresses: lower-case letters, digits, - and _
	Kind     LayerKind
	Title    string // for people
	Source   string // whose data it is, and under which licence
	Seq      Seq    // of the change set that put it; the store's to give
	Features int64  // how many; the store's to count
}

// LayerFeature is one thing of a reference layer: lines or areas, never both.
type LayerFeature struct {
	N     int64 // 1, 2, 3 … in its layer, in the order put; the store's to give
	Name  string
	Lines [][]spatial.Point
	Areas spatial.MultiPolygon
}

// LayerRow is a feature with the name of its layer.
type LayerRow struct {
	Layer string
	LayerFeature
}

// MaxLayerFeatures bounds one layer: servers keep it in memory.
const MaxLayerFeatures = 2_000_000

var layerName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// Check complains about a layer that could never be right.
func (l Layer) Check() error {
	switch {
	case !layerName.MatchString(l.Name):
		return Errorf(Invalid, "图层名 %q 应为小写字母、数字、- 或 _，不超过 40 个 (layer name: lower-case letters, digits, - and _)", l.Name)
	case strings.TrimSpace(l.Title) == "":
		return Errorf(Invalid, "图层 %s 没有标题 (layer without a title)", l.Name)
	case len([]rune(l.Title)) > 100 || len([]rune(l.Source)) > 500:
		return Errorf(Invalid, "图层 %s 的标题超过 100 字，或来源超过 500 字 (title or source too long)", l.Name)
	}
	switch l.Kind {
	case BuildingLayer, RoadLayer, WaterLayer, OtherLayer:
		return nil
	}
	return Errorf(Invalid, "图层 %s 的类别 %q 应为 building、road、water 或 other (unknown kind)", l.Name, l.Kind)
}

// Check complains about a feature without a shape, or with half of one.
func (f LayerFeature) Check() error {
	if (len(f.Lines) == 0) == (len(f.Areas) == 0) {
		return Errorf(Invalid, "图层要素「%s」应有线或面，且只有一种 (either lines or areas)", f.Name)
	}
	for _, l := range f.Lines {
		if len(l) < 2 {
			return Errorf(Invalid, "图层要素「%s」有不足两点的线 (a line of fewer than two points)", f.Name)
		}
	}
	for _, p := range f.Areas {
		if len(p) == 0 {
			return Errorf(Invalid, "图层要素「%s」有空的面 (an empty polygon)", f.Name)
		}
		for _, r := range p {
			if len(r) < 3 || r[0] == r[len(r)-1] {
				return Errorf(Invalid, "图层要素「%s」有不足三点或首尾重复的环 (a ring of fewer than three points, or that repeats its first)", f.Name)
			}
		}
	}
	return nil
}

// Tidied returns the feature as Check wants it: without points that repeat the
// one before or close a ring, and without lines and rings that are none then. It
// may be left without a shape. f stays as it is.
func (f LayerFeature) Tidied() LayerFeature {
	out := LayerFeature{N: f.N, Name: strings.TrimSpace(f.Name)}
	for _, l := range f.Lines {
		if l = withoutRepeats(l); len(l) > 1 {
			out.Lines = append(out.Lines, l)
		}
	}
	for _, p := range f.Areas {
		var area spatial.Polygon
		for i, r := range p {
			r = withoutRepeats(r)
			for len(r) > 1 && r[0] == r[len(r)-1] {
				r = r[:len(r)-1]
			}
			if len(r) >= 3 {
				area = append(area, r)
			} else if i == 0 {
				break // its holes are holes in nothing
			}
		}
		if len(area) > 0 {
			out.Areas = append(out.Areas, area)
		}
	}
	return out
}

func withoutRepeats(points []spatial.Point) []spatial.Point {
	var out []spatial.Point
	for i, p := range points {
		if i == 0 || p != points[i-1] {
			out = append(out, p)
		}
	}
	return out
}

// Box returns the smallest box around the feature.
func (f LayerFeature) Box() spatial.Box {
	b := f.Areas.Box()
	for _, l := range f.Lines {
		b = b.Union(spatial.Ring(l).Box())
	}
	return b
}

// Backdrops reads reference layers. Every Reader is one.
type Backdrops interface {
	// Layers lists the layers by name.
	Layers(ctx context.Context) ([]Layer, error)
	// LayerFeatures returns the features of a layer as they were put; none
	// where there is no such layer.
	LayerFeatures(ctx context.Context, name string) iter.Seq2[LayerFeature, error]
}

// BackdropWriter writes reference layers. Every Writer is one.
type BackdropWriter interface {
	// PutLayer puts a whole layer in the place of what bears its name.
	PutLayer(ctx context.Context, l Layer, features []LayerFeature) error
	// DropLayer removes a layer; NotFound when there is none.
	DropLayer(ctx context.Context, name string) error
}
