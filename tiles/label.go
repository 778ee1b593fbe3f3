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
const labelVertices = 600

func (p *Pyramid) findLabel(level int, f int32) worldPoint {
	full := p.outline(level, f, 0)
	lines := full
	for need := uint8(8); len(lines) > labelVertices && need < 60; need += 2 {
		lines = p.outline(level, f, need)
	}
	if len(lines) < len(full) {
		if x, y, ok := poleOf(lines); ok && holds(full, x, y) {
			return worldPoint{uint32(x), uint32(y)}
		}
	}
	x, y, ok := poleOf(full)
	if !ok && len(full) > 0 {
		x, y = full[0][0], full[0][1]
	}
	return worldPoint{uint32(x), uint32(y)}
}

// outline returns the border of a feature as line pieces ax, ay, bx, by in
// world coordinates, without vertices of a rank under need.
func (p *Pyramid) outline(level int, f int32, need uint8) [][4]float64 {
	g, of := p.src.Geometry, p.src.Levels[level].Of
	in := func(face int32) bool { return face >= 0 && of[face] == f }
	var lines [][4]float64
	for _, face := range p.members[level].of(f) {
		for _, id := range g.topo.FaceArcs(topology.FaceID(face)) {
			a := g.arc(int32(id))
			if in(a.left) == in(a.right) {
				continue
			}
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
	}
	return lines
}

// members lists the faces of every feature of a level.
type members struct {
	start []int32
	faces []int32
}

func newMembers(l *Level) *members {
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

func (m *members) of(f int32) []int32 { return m.faces[m.start[f]:m.start[f+1]] }
