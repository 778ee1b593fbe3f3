package tiles

import (
	"cloudgrid/spatial/topology"
)

// labelPoint returns where a feature is labelled: a point of its ground far
// from its border, the same at every zoom. It is found when first asked for.
func (p *Pyramid) labelPoint(level int, f int32) worldPoint {
	slot := &p.labels[level][f]
	if v := slot.Load(); v != 0 {
		return worldPoint{uint32((v - 1) >> 32), uint32(v - 1)}
	}
	w := p.findLabel(level, f)
	slot.Store((uint64(w.x)<<32 | uint64(w.y)) + 1)
	return w
}

// LabelPoint returns a feature's label point in WGS84 degrees; false for a
// feature without ground.
func (p *Pyramid) LabelPoint(level int, feature int32) (lon, lat float64, ok bool) {
	if level < 0 || level >= len(p.labels) || feature < 0 || int(feature) >= len(p.labels[level]) ||
		len(p.members[level].of(feature)) == 0 {
		return 0, 0, false
	}
	w := p.labelPoint(level, feature)
	return float64(w.x)/(1<<32)*360 - 180, mercatorLat(float64(w.y) / (1 << 32)), true
}

// Outlines longer than this are thinned before the search, which is linear in
// it for each square tried.
const labelVertices = 96

func (p *Pyramid) findLabel(level int, f int32) worldPoint {
	arcs := p.border(level, f)
	need := thinning(arcs, labelVertices)
	if need > 0 {
		if x, y, ok := poleOf(linesOf(arcs, need)); ok && signedDistance(linesOf(arcs, 0), x, y) > 0 {
			return worldPoint{uint32(x), uint32(y)}
		}
	}
	full := linesOf(arcs, 0)
	x, y, ok := poleOf(full)
	if !ok && len(full) > 0 {
		x, y = full[0][0], full[0][1]
	}
	return worldPoint{uint32(x), uint32(y)}
}

// border returns the arcs around a feature.
func (p *Pyramid) border(level int, f int32) (arcs []world) {
	g, of := p.src.Geometry, p.src.Levels[level].Of
	for _, face := range p.members[level].of(f) {
		for _, id := range g.topo.FaceArcs(topology.FaceID(face)) {
			l, r := g.sides(int32(id))
			if (l >= 0 && of[l] == f) != (r >= 0 && of[r] == f) {
				arcs = append(arcs, g.arc(int32(id)))
			}
		}
	}
	return arcs
}

// thinning returns the least rank under which inner vertices must be left out
// for the arcs to have no more than so many lines; 0 when they have no more.
func thinning(arcs []world, most int) uint8 {
	var count [256]int
	lines := 0
	for i := range arcs {
		for _, r := range arcs[i].rank[1:] {
			count[r]++
		}
		count[arcs[i].rank[len(arcs[i].rank)-1]]-- // the last point is always drawn
		lines += len(arcs[i].pts) - 1
	}
	need := 0
	for ; lines > most && need < 255; need++ {
		lines -= count[need]
	}
	return uint8(need)
}

// linesOf returns line pieces ax, ay, bx, by in world coordinates, without
// inner vertices of a rank under need.
func linesOf(arcs []world, need uint8) [][4]float64 {
	n := 0
	for i := range arcs {
		n += len(arcs[i].pts) - 1
	}
	lines := make([][4]float64, 0, n)
	for _, a := range arcs {
		last := len(a.pts) - 1
		prev := a.pts[0]
		for k := 1; k <= last; k++ {
			if a.rank[k] >= need || k == last {
				q := a.pts[k]
				lines = append(lines, [4]float64{float64(prev.x), float64(prev.y), float64(q.x), float64(q.y)})
				prev = q
			}
		}
	}
	return lines
}

// members lists the faces of every feature of a level; without starts, feature
// f is face f.
type members struct {
	start []int32
	faces []int32
}

func newMembers(l *Level) *members {
	if l.isFaces() {
		return &members{faces: l.Of}
	}
	m := &members{start: make([]int32, len(l.IDs)+1)}
	for _, f := range l.Of {
		if f >= 0 {
			m.start[f]++
		}
	}
	m.faces = make([]int32, sumUp(m.start))
	at := append([]int32(nil), m.start...)
	for face, f := range l.Of {
		if f >= 0 {
			m.faces[at[f]] = int32(face)
			at[f]++
		}
	}
	return m
}

func (m *members) of(f int32) []int32 {
	if m.start == nil {
		return m.faces[f : f+1]
	}
	return m.faces[m.start[f]:m.start[f+1]]
}

// isFaces tells whether each feature is the face of its number.
func (l *Level) isFaces() bool {
	for f, of := range l.Of {
		if of != int32(f) {
			return false
		}
	}
	return len(l.IDs) == len(l.Of)
}
