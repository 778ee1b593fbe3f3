package topology

import (
	"cmp"
	"slices"

	"cloudgrid/spatial"
)

// labels say what each cell of a plane belongs to.
type labels struct {
	cover   []ringSet // per cell: the faces whose polygons cover it
	faces   ringSets  // the lists behind cover
	twice   []int32   // cells that two polygons of one face cover
	face    []FaceID  // per cell: the face it is given to
	contest bool      // some cell has several faces
}

// labelCells walks from the unbounded cell across every line, switching the
// rings that run along it on and off, and so learns what covers each cell.
func labelCells(g *graph, p *plane) *labels {
	rings := make([]ringSet, p.cells)
	seen := make([]bool, p.cells)
	start, darts := p.dartsByCell()
	rings[0], seen[0] = noRings, true
	queue := []int32{0}
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		for _, d := range darts[start[c]:start[c+1]] {
			if n := p.cell[d.twin()]; !seen[n] {
				seen[n] = true
				rings[n] = g.sets.xor(rings[c], p.lines[d.item()].rings)
				queue = append(queue, n)
			}
		}
	}
	l := &labels{cover: make([]ringSet, p.cells)}
	var buf, members []int32
	for c, set := range rings {
		members = g.sets.members(set, members[:0])
		buf = coveringFaces(g, members, buf[:0])
		distinct := slices.Compact(buf)
		if len(distinct) < len(buf) {
			l.twice = append(l.twice, int32(c))
		}
		l.cover[c] = l.faces.of(distinct)
		l.contest = l.contest || len(distinct) > 1
	}
	return l
}

// coveringFaces appends the faces, ascending, of all polygons of which the
// rings include the exterior and no hole.
func coveringFaces(g *graph, rings, buf []int32) []int32 {
	for i := 0; i < len(rings); {
		poly := g.ringPoly[rings[i]]
		n := 1
		for i+n < len(rings) && g.ringPoly[rings[i+n]] == poly {
			n++
		}
		if n == 1 && rings[i] == g.polyRing[poly] {
			buf = append(buf, g.polyFace[poly])
		}
		i += n
	}
	return buf
}

// dartsByCell lists the darts of each cell.
func (p *plane) dartsByCell() (start []uint32, darts []dart) {
	start = make([]uint32, p.cells+1)
	for _, c := range p.cell {
		start[c]++
	}
	sum := uint32(0)
	for c, k := range start {
		sum += k
		start[c] = sum
	}
	darts = make([]dart, len(p.cell))
	for d := len(p.cell) - 1; d >= 0; d-- {
		c := p.cell[d]
		start[c]--
		darts[start[c]] = dart(d)
	}
	return start, darts
}

// assign gives every cell to one face. Ground that several polygons claim goes
// to the one with the smallest area, then to the lowest number: a small grid
// drawn over a large one, as special grids are, keeps its ground.
func (l *labels) assign(faces []spatial.MultiPolygon) {
	l.face = make([]FaceID, len(l.cover))
	areas := map[int32]wide{}
	area := func(f int32) wide {
		a, ok := areas[f]
		if !ok {
			a = claimedArea2(faces[f])
			areas[f] = a
		}
		return a
	}
	var buf []int32
	for c, set := range l.cover {
		switch {
		case set == noRings:
			l.face[c] = Outside
		case set.a >= 0 && set.b == -1:
			l.face[c] = FaceID(set.a)
		default:
			buf = l.faces.members(set, buf[:0])
			l.face[c] = FaceID(slices.MinFunc(buf, func(a, b int32) int {
				if d := area(a).cmp(area(b)); d != 0 {
					return d
				}
				return cmp.Compare(a, b)
			}))
		}
	}
}

// claimedArea2 is twice the area that the polygon as drawn claims.
func claimedArea2(m spatial.MultiPolygon) wide {
	var sum wide
	for _, poly := range m {
		for i, r := range poly {
			hi, lo := r.Area2()
			a := wide{hi, lo}.abs()
			if i > 0 {
				a = a.neg()
			}
			sum = sum.add(a)
		}
	}
	return sum
}
