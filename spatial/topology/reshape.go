package topology

import (
	"slices"

	"cloudgrid/spatial"
)

// reshape gives arcs new points, if everything stays where it was: no border
// meets another anew, none is jumped over, no face turns inside out.
func (t *Topology) reshape(shapes map[ArcID][]spatial.Point) (*Topology, Change, error) {
	p := patch{set: map[ArcID]parted{}}
	for id, pts := range shapes {
		old := t.Arc(id)
		pts = slices.Compact(pts)
		if len(pts) < 2 || len(pts) < 4 && pts[0] == pts[len(pts)-1] {
			return nil, Change{}, refuse(TooFewPoints, old.Points[0], id, Outside)
		}
		p.set[id] = parted{Arc: Arc{old.Left, old.Right, pts}}
	}
	n, c := t.apply(p)
	for _, id := range c.Changed {
		was, now := t.Arc(id).Points, n.Arc(id).Points
		if err := n.clear(id, was, t); err != nil {
			return nil, Change{}, err
		}
		if !sameTurn(t.starAt(was[0]), n.starAt(now[0])) ||
			!sameTurn(t.starAt(was[len(was)-1]), n.starAt(now[len(now)-1])) {
			return nil, Change{}, refuse(WouldPass, now[0], id, Outside)
		}
	}
	for _, f := range c.Faces {
		if a, b := countRings(t.FacePolygon(f)), countRings(n.FacePolygon(f)); a != b {
			return nil, Change{}, refuse(WouldVanish, n.FaceBox(f).Min, -1, f)
		}
	}
	return n, c, nil
}

func countRings(m spatial.MultiPolygon) [2]int {
	holes := 0
	for _, p := range m {
		holes += len(p) - 1
	}
	return [2]int{len(m), holes}
}

// clear checks an arc with new points against all arcs around it: it may meet
// them at common ends only, and nothing may lie in the ground it swept over.
func (t *Topology) clear(id ArcID, old []spatial.Point, before *Topology) error {
	pts := t.Arc(id).Points
	box := boxOfPoints(pts).Union(boxOfPoints(old))
	swept := sweptRing(old, pts)
	sweptBox := swept.Box()
	for _, other := range t.ArcsIn(box) {
		if at, ok := t.meet(id, other); ok {
			return refuse(WouldCross, at, other, Outside)
		}
		if other == id {
			continue
		}
		if at, ok := sweptOver(swept, sweptBox, pts, t.Arc(other).Points, before.Arc(other).Points); ok {
			return refuse(WouldPass, at, other, Outside)
		}
	}
	return nil
}

// sweptRing returns the ring between the old and the new course of a line,
// without what both have in common at the start and the end.
func sweptRing(old, now []spatial.Point) spatial.Ring {
	for len(old) > 1 && len(now) > 1 && old[0] == now[0] && old[1] == now[1] {
		old, now = old[1:], now[1:]
	}
	for i, j := len(old), len(now); i > 1 && j > 1 && old[i-1] == now[j-1] && old[i-2] == now[j-2]; {
		i, j = i-1, j-1
		old, now = old[:i], now[:j]
	}
	return slices.Concat(old, reversedPoints(now))
}

// starAt returns the darts that leave p, counter-clockwise.
func (t *Topology) starAt(p spatial.Point) []dart {
	var out []dart
	for _, id := range t.arcsAt(p) {
		pts := t.Arc(id).Points
		if pts[0] == p {
			out = append(out, dart(2*id))
		}
		if pts[len(pts)-1] == p {
			out = append(out, dart(2*id+1))
		}
	}
	slices.SortFunc(out, func(a, b dart) int {
		return byAngle(p, t.dartPoint(a, 1), t.dartPoint(b, 1))
	})
	return out
}

func (t *Topology) dartPoint(d dart, k int) spatial.Point {
	return walk{t.Arc(ArcID(d.item())).Points, d.backward()}.at(k)
}

// sameTurn tells whether two stars list the same darts in the same order
// around.
func sameTurn(a, b []dart) bool {
	if len(a) != len(b) || len(a) == 0 {
		return len(a) == len(b)
	}
	k := slices.Index(b, a[0])
	return k >= 0 && slices.Equal(a, slices.Concat(b[k:], b[:k]))
}

// sweptOver tells whether an arc that drew pts anew passed over the other arc
// q, which was there before. A line of two points between the same nodes has no
// vertex to tell by; jumping it changes the order around the nodes.
func sweptOver(swept spatial.Ring, box spatial.Box, pts, q, was []spatial.Point) (at spatial.Point, ok bool) {
	common := func(k int) bool {
		moving := len(q) == len(was) && q[k] != was[k] // its other lines are swept themselves
		return moving || q[k] == pts[0] || q[k] == pts[len(pts)-1]
	}
	for k, v := range q {
		if box.Contains(v) && !common(k) && swept.Side(v) >= 0 {
			return v, true
		}
	}
	return at, false
}

func reversedPoints(pts []spatial.Point) []spatial.Point {
	r := slices.Clone(pts)
	slices.Reverse(r)
	return r
}

// meet returns a place where two arcs (or one with itself) meet other than at
// ends of both.
func (t *Topology) meet(a, b ArcID) (spatial.Point, bool) {
	p, q := t.Arc(a).Points, t.Arc(b).Points
	g := &graph{verts: newVertices(len(p) + len(q))}
	inside := map[uint32]bool{}
	add := func(pts []spatial.Point) (at spatial.Point, bad bool) {
		for i, v := range pts {
			k := g.verts.number(v)
			end := i == 0 || i == len(pts)-1
			if seen, ok := inside[k]; ok && (seen || !end) {
				return v, true
			}
			inside[k] = !end
			if i > 0 {
				prev := g.verts.number(pts[i-1])
				g.edges = append(g.edges, edge{min(prev, k), max(prev, k), noRings})
			}
		}
		return at, false
	}
	if at, bad := add(p); bad {
		return at, true
	}
	fresh := len(g.edges)
	if a != b {
		if at, bad := add(q); bad {
			return at, true
		}
		if len(p) == 2 && len(q) == 2 && g.edges[0] == g.edges[1] {
			return p[0], true
		}
	} else {
		fresh = 0
	}
	ms := g.findMeetings(fresh, true)
	if len(ms) == 0 {
		return spatial.Point{}, false
	}
	return ms[0].at, true
}
