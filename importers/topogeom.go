package importers

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/paulmach/orb"
)

// geometry builds the shape of a leaf: lines and polygons from their arcs,
// points from positions of their own.
func (t *topoJSON) geometry(o topoObject) (orb.Geometry, error) {
	switch o.Type {
	case "", "null":
		return nil, nil
	case "Point", "MultiPoint":
		return t.positions(o)
	case "LineString":
		var ids []int
		if err := json.Unmarshal(o.Arcs, &ids); err != nil {
			return nil, errTopoArcs
		}
		return t.stitch(ids)
	case "MultiLineString":
		lines, err := t.lines(o.Arcs)
		out := make(orb.MultiLineString, len(lines))
		copy(out, lines)
		return out, err
	case "Polygon":
		return t.polygon(o.Arcs)
	case "MultiPolygon":
		var parts []json.RawMessage
		if err := json.Unmarshal(o.Arcs, &parts); err != nil {
			return nil, errTopoArcs
		}
		out := make(orb.MultiPolygon, len(parts))
		for i, p := range parts {
			var err error
			if out[i], err = t.polygon(p); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("不认识的图形类型 %q", o.Type)
}

var errTopoArcs = errors.New("arcs 的层数或内容不对")

func (t *topoJSON) positions(o topoObject) (orb.Geometry, error) {
	g, err := coordinates(o.Type, o.Coordinates)
	if err != nil || t.transform == nil {
		return g, err
	}
	switch g := g.(type) {
	case orb.Point:
		return t.transform.apply(g), nil
	case orb.MultiPoint:
		for i := range g {
			g[i] = t.transform.apply(g[i])
		}
	}
	return g, nil
}

func (t *topoJSON) polygon(raw []byte) (orb.Polygon, error) {
	lines, err := t.lines(raw)
	if err != nil {
		return nil, err
	}
	poly := make(orb.Polygon, len(lines))
	for i, l := range lines {
		poly[i] = orb.Ring(l)
	}
	return poly, nil
}

func (t *topoJSON) lines(raw []byte) ([]orb.LineString, error) {
	var ids [][]int
	if err := json.Unmarshal(raw, &ids); err != nil {
		return nil, errTopoArcs
	}
	out := make([]orb.LineString, len(ids))
	for i, r := range ids {
		var err error
		if out[i], err = t.stitch(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// stitch joins arcs end to end; ^i means arc i walked backwards. The first
// point of each following arc repeats the last of the one before and is
// dropped.
func (t *topoJSON) stitch(ids []int) (orb.LineString, error) {
	var line orb.LineString
	for n, id := range ids {
		back := id < 0
		if back {
			id = ^id
		}
		if id >= len(t.arcs) {
			return nil, fmt.Errorf("没有第 %d 条 arc（共 %d 条）", id, len(t.arcs))
		}
		arc := t.arcs[id]
		if len(line)+len(arc) > t.limits.MaxFeature/16 {
			return nil, tooBig("一个要素的点数")
		}
		for i := range arc {
			if n > 0 && i == 0 {
				continue
			}
			if back {
				line = append(line, arc[len(arc)-1-i])
			} else {
				line = append(line, arc[i])
			}
		}
	}
	return line, nil
}
