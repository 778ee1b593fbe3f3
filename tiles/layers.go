package tiles

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

func levelName(i int) string { return fmt.Sprintf("level %d", i) }

// addPolygons adds one feature for each feature of the level that has rings,
// in the order of runs.
func (w *workspace) addPolygons(l *layer, level *Level, rank int, t Tile, rings []ring) {
	runs := w.runs(level, rings)
	for _, r := range runs {
		e := &w.enc
		e.geom = e.geom[:0]
		var p pen
		for _, ring := range rings[r.from:r.to] {
			e.line(&p, w.trace.pts[ring.from:ring.to], true)
		}
		e.tags = e.tags[:0]
		e.describe(l, level, rank, r.label, t.Z >= level.LabelZoom)
		for i := range level.Columns {
			e.column(l, &level.Columns[i], r.label)
		}
		e.feature(l, level.IDs[r.label], typePolygon)
	}
}

// run is the rings of one feature.
type run struct {
	label    int32
	from, to int
}

// runs groups rings, which are ordered by feature, and orders the groups by
// code, which keeps neighbours together and compresses best, then by id.
func (w *workspace) runs(level *Level, rings []ring) []run {
	rs := w.runBuf[:0]
	for i, r := range rings {
		if i == 0 || rings[i-1].label != r.label {
			rs = append(rs, run{label: r.label, from: i})
		}
		rs[len(rs)-1].to = i + 1
	}
	slices.SortFunc(rs, func(a, b run) int {
		if level.Codes != nil {
			if c := strings.Compare(level.Codes[a.label], level.Codes[b.label]); c != 0 {
				return c
			}
		}
		return cmp.Compare(level.IDs[a.label], level.IDs[b.label])
	})
	w.runBuf = rs
	return rs
}

// describe adds the attributes that every layer of features has.
func (e *encoder) describe(l *layer, level *Level, rank int, f int32, named bool) {
	if rank >= 0 {
		e.tag(l.key("level"), l.integer(int64(rank)))
	}
	if level.Codes != nil {
		e.tag(l.key("code"), l.oneString(level.Codes[f]))
	}
	if level.Names != nil && named && level.Names[f] != "" {
		e.tag(l.key("name"), l.str(level.Names[f]))
	}
	if level.Types != nil {
		e.tag(l.key("type"), l.str(level.Types[f]))
	}
	if level.Colours != nil {
		e.tag(l.key("colour"), l.integer(int64(level.Colours[f])))
	}
}

func (e *encoder) column(l *layer, c *Column, f int32) {
	switch {
	case c.Ints != nil:
		e.tag(l.key(c.Name), l.integer(c.Ints[f]))
	case c.Floats != nil:
		e.tag(l.key(c.Name), l.float(c.Floats[f]))
	default:
		e.tag(l.key(c.Name), l.str(c.Strings[f]))
	}
}

// addLabels adds the label points that lie in the tile proper, so that each is
// in one tile of a zoom.
func (w *workspace) addLabels(p *Pyramid, rank int, t Tile, rings []ring) {
	level := &p.src.Levels[rank]
	pl := newPlacer(t)
	for _, r := range w.runs(level, rings) {
		f := pl.place(p.labelPoint(rank, r.label))
		if edge := int64(ExtentAt(t.Z)) << fineBits; f.x < 0 || f.y < 0 || f.x >= edge || f.y >= edge {
			continue
		}
		e := &w.enc
		var pn pen
		e.geom = pn.to(append(e.geom[:0], 1<<3|cmdMove), pixel{int32(f.x >> fineBits), int32(f.y >> fineBits)})
		e.tags = e.tags[:0]
		e.describe(&e.labels, level, rank, r.label, true)
		e.feature(&e.labels, level.IDs[r.label], typePoint)
	}
}
