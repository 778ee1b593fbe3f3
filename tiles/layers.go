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

// addBorders adds one feature per level with all lines whose highest separated
// level it is; atoms come as one level below the last.
func (w *workspace) addBorders(p *Pyramid, t Tile) {
	g := &w.graph
	rank := sized(w.trace.side, len(g.edges))
	w.trace.side = rank
	for i := range g.edges {
		rank[i] = -1
		if e := &g.edges[i]; e.l != unset && !e.box {
			rank[i] = p.highest(e.l, e.r, t.Z)
		}
	}
	w.trace.seen = sizedBool(w.trace.seen, len(g.edges))
	seen := w.trace.seen
	clear(seen)
	for level := range int32(len(p.src.Levels) + 1) {
		lines := w.chains(level, rank, seen)
		if len(lines) == 0 {
			continue
		}
		e := &w.enc
		e.geom, e.tags = e.geom[:0], e.tags[:0]
		var pn pen
		for _, l := range lines {
			e.line(&pn, l, false)
		}
		e.tag(e.borders.key("level"), e.borders.integer(int64(level)))
		e.feature(&e.borders, uint64(level)+1, typeLine)
	}
}

// highest returns the topmost level, of those shown at zoom z, that separates
// two faces; -1 for none.
func (p *Pyramid) highest(a, b int32, z uint8) int32 {
	of := func(level *Level, face int32) int32 {
		if face < 0 {
			return -1
		}
		return level.Of[face]
	}
	for i := range p.src.Levels {
		if l := &p.src.Levels[i]; z >= l.MinZoom && of(l, a) != of(l, b) {
			return int32(i)
		}
	}
	if l := p.src.Atoms; l != nil && z >= l.MinZoom && of(l, a) != of(l, b) {
		return int32(len(p.src.Levels))
	}
	return -1
}

// chains joins the edges of one rank into lines, through nodes where nothing
// else of that rank meets, each from its lesser end, in order of their starts.
func (w *workspace) chains(level int32, rank []int32, seen []bool) [][]pixel {
	g, at := &w.graph, w.nodes.at
	degree := func(n int32) (d int) {
		for _, h := range g.out[g.start[n]:g.start[n+1]] {
			if rank[h>>1] == level {
				d++
			}
		}
		return d
	}
	follow := func(h int32) []pixel {
		line := []pixel{at[g.tail(h)]}
		for {
			seen[h>>1] = true
			n := g.head(h)
			line = append(line, at[n])
			if degree(n) != 2 {
				return line
			}
			back := h ^ 1
			for _, o := range g.out[g.start[n]:g.start[n+1]] {
				if rank[o>>1] == level && o != back {
					h = o
				}
			}
			if seen[h>>1] {
				return line
			}
		}
	}
	var lines [][]pixel
	for _, loops := range [...]bool{false, true} { // open lines first, what is left are loops
		for i := range int32(2 * len(g.edges)) {
			if rank[i>>1] == level && !seen[i>>1] && (loops || degree(g.tail(i)) != 2) {
				lines = append(lines, canonicalLine(follow(i)))
			}
		}
	}
	slices.SortFunc(lines, func(a, b []pixel) int { return slices.CompareFunc(a, b, comparePixels) })
	return lines
}

func comparePixels(a, b pixel) int {
	if a.x != b.x {
		return int(a.x - b.x)
	}
	return int(a.y - b.y)
}

// canonicalLine turns a line so that it does not depend on where it was picked
// up.
func canonicalLine(l []pixel) []pixel {
	n := len(l)
	if l[0] == l[n-1] {
		ring := l[:n-1]
		least := 0
		for i, p := range ring {
			if lessPixel(p, ring[least]) {
				least = i
			}
		}
		turned := append(slices.Clone(ring[least:]), ring[:least]...)
		l = append(turned, turned[0])
		if lessPixel(l[n-2], l[1]) {
			slices.Reverse(l)
		}
		return l
	}
	if lessPixel(l[n-1], l[0]) {
		slices.Reverse(l)
	}
	return l
}
