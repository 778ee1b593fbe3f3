package topology

import (
	"maps"
	"slices"

	"cloudgrid/spatial/disjoint"
	"cloudgrid/spatial/measure"
)

// drawnProblems reports what was wrong with the polygons as drawn, which the
// topology no longer shows, and closes hairline gaps in the labels.
func drawnProblems(g *graph, p *plane, l *labels) []Problem {
	d := drawn{g: g, p: p, l: l}
	if l.contest {
		d.containments()
		d.overlaps()
	}
	d.hairlines()
	d.doubles()
	d.crossings()
	d.touches()
	d.spikes()
	return d.found
}

type drawn struct {
	g      *graph
	p      *plane
	l      *labels
	within map[[2]int32]bool // {a, b}: all ground of a is also ground of b
	groups disjoint.Sets     // of the last pieces
	found  []Problem
}

// containments finds the faces all of whose ground others claim too.
func (d *drawn) containments() {
	common := map[int32][]int32{} // face → the faces on all of its contested ground
	alone := map[int32]bool{}
	var buf []int32
	for _, set := range d.l.cover {
		buf = d.l.faces.members(set, buf[:0])
		if len(buf) == 1 {
			alone[buf[0]] = true
		}
		for _, f := range buf {
			if len(buf) < 2 {
				break
			}
			if old, ok := common[f]; ok {
				common[f] = slices.DeleteFunc(old, func(o int32) bool { return !slices.Contains(buf, o) })
			} else {
				common[f] = slices.Clone(buf)
			}
		}
	}
	d.within = map[[2]int32]bool{}
	for f, others := range common {
		for _, o := range others {
			if o != f && !alone[f] {
				d.within[[2]int32{f, o}] = true
			}
		}
	}
	ground := d.groundOf()
	for pair := range d.within {
		kind, ids := Contained, []FaceID{FaceID(pair[0]), FaceID(pair[1])}
		if d.within[[2]int32{pair[1], pair[0]}] {
			if kind = Duplicate; pair[0] > pair[1] {
				continue
			}
		}
		d.found = append(d.found, regionProblem(kind, ids, tracePolygons(ground[pair[0]])))
	}
}

// groundOf returns the outlines of all ground that the faces within others
// claim.
func (d *drawn) groundOf() map[int32][]walk {
	ground := map[int32][]walk{}
	for pair := range d.within {
		ground[pair[0]] = nil
	}
	if len(ground) == 0 {
		return ground
	}
	claims := func(f, c int32) bool { return slices.Contains(d.l.faces.members(d.l.cover[c], nil), f) }
	for k, c := range d.p.cell {
		for _, f := range d.l.faces.members(d.l.cover[c], nil) {
			if ws, ok := ground[f]; ok && !claims(f, d.p.cell[dart(k).twin()]) {
				ground[f] = append(ws, walk{d.p.points(k / 2), dart(k).backward()})
			}
		}
	}
	return ground
}

// overlaps reports contested ground, one problem for each connected piece that
// the same faces claim. A face within another is told once, not again here.
func (d *drawn) overlaps() {
	d.report(func(c int32) bool {
		m := d.l.faces.members(d.l.cover[c], nil)
		return len(m) > 1 && !(len(m) == 2 &&
			(d.within[[2]int32{m[0], m[1]}] || d.within[[2]int32{m[1], m[0]}]))
	})
}

// doubles reports ground that two parts of one face claim.
func (d *drawn) doubles() {
	if len(d.l.twice) == 0 {
		return
	}
	twice := map[int32]bool{}
	for _, c := range d.l.twice {
		twice[c] = d.l.cover[c].b == -1 && d.l.cover[c].a >= 0
	}
	d.report(func(c int32) bool { return twice[c] })
}

// report adds an Overlap for each connected piece of wanted cells with the
// same cover.
func (d *drawn) report(want func(c int32) bool) {
	for root, darts := range d.pieces(want) {
		ids := faceIDs(d.l.faces.members(d.l.cover[root], nil))
		p := regionProblem(Overlap, ids, tracePolygons(d.walks(darts)))
		if p.WidthM() < HairlineM {
			p.Kind = Hairline
		}
		d.found = append(d.found, p)
	}
}

// pieces joins wanted cells that touch along a line and have the same cover,
// and returns the darts around each piece under the piece's least cell.
func (d *drawn) pieces(want func(c int32) bool) map[int32][]dart {
	wanted := make([]bool, d.p.cells)
	for c := range wanted {
		wanted[c] = want(int32(c))
	}
	groups := disjoint.New(d.p.cells)
	joined := func(i int) bool {
		a, b := d.p.cell[2*i], d.p.cell[2*i+1]
		return wanted[a] && wanted[b] && d.l.cover[a] == d.l.cover[b]
	}
	for i := range d.p.lines {
		if joined(i) {
			groups.Join(d.p.cell[2*i], d.p.cell[2*i+1])
		}
	}
	d.groups = groups
	pieces := map[int32][]dart{}
	for k, c := range d.p.cell {
		if wanted[c] && !joined(k/2) {
			root := groups.Find(c)
			pieces[root] = append(pieces[root], dart(k))
		}
	}
	return pieces
}

func (d *drawn) walks(darts []dart) []walk {
	ws := make([]walk, len(darts))
	for i, k := range darts {
		ws[i] = walk{d.p.points(k.item()), k.backward()}
	}
	return ws
}

func faceIDs(m []int32) []FaceID {
	ids := make([]FaceID, len(m))
	for i, f := range m {
		ids[i] = FaceID(f)
	}
	return ids
}

// hairlines gives enclosed ground of no face that is no wider than a hair to
// the neighbour with the longest border (then the lowest number).
func (d *drawn) hairlines() {
	pieces := d.pieces(func(c int32) bool { return d.l.cover[c] == noRings })
	heir := map[int32]FaceID{}
	for root, darts := range pieces {
		if root == 0 { // the unbounded ground
			continue
		}
		shared := map[FaceID]float64{}
		for _, k := range darts {
			shared[d.l.face[d.p.cell[k.twin()]]] += lineLength(d.p.points(k.item()), measure.NearM)
		}
		p := regionProblem(Hairline, slices.Sorted(maps.Keys(shared)), tracePolygons(d.walks(darts)))
		if p.WidthM() >= HairlineM {
			continue
		}
		heir[root] = p.Faces[0]
		for _, f := range p.Faces {
			if shared[f] > shared[heir[root]] {
				heir[root] = f
			}
		}
		if len(p.Faces) > 1 {
			d.found = append(d.found, p)
		}
	}
	for c := range d.l.face { // only now, so that the order cannot matter
		if f, ok := heir[d.groups.Find(int32(c))]; ok && d.l.cover[c] == noRings {
			d.l.face[c] = f
		}
	}
}
