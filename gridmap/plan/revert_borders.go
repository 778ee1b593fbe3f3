package plan

import (
	"fmt"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// borders brings back where the borders of atoms ran: first the nodes, then
// the lines between them; twice, since one may be in the way of another.
func (r *reverting) borders() {
	for range 2 {
		r.nodes()
		r.lines()
	}
	for f := range r.was.owner.len() {
		id := r.was.atom(f).id
		i, there := r.b.face(id)
		if !there || !sameGround(r.was.topo.FacePolygon(topology.FaceID(f)), r.b.topo.FacePolygon(topology.FaceID(i))) {
			r.missed++
		}
	}
}

// sameGround tells whether two shapes hold the same ground, as far as their
// area and extent tell.
func sameGround(a, b spatial.MultiPolygon) bool {
	return areaCM2(a) == areaCM2(b) && a.Box() == b.Box()
}

// side is the atom on a side of a line; 0 is outside.
func (b *Board) sideAtom(f topology.FaceID) gridmap.AtomID {
	if f < 0 {
		return 0
	}
	return b.atom(int32(f)).id
}

// arcs calls fn with each line and the atoms on its left and right.
func (b *Board) eachArc(fn func(arc topology.Arc, left, right gridmap.AtomID)) {
	for id := range topology.ArcID(b.topo.NumArcs()) {
		if arc := b.topo.Arc(id); len(arc.Points) > 0 {
			fn(arc, b.sideAtom(arc.Left), b.sideAtom(arc.Right))
		}
	}
}

// meetings lists where lines meet, by the atoms around: only where no other
// meeting has the same.
func (b *Board) meetings() map[string]spatial.Point {
	around := map[spatial.Point][]gridmap.AtomID{}
	b.eachArc(func(arc topology.Arc, left, right gridmap.AtomID) {
		for _, end := range [2]spatial.Point{arc.Points[0], arc.Points[len(arc.Points)-1]} {
			around[end] = append(around[end], left, right)
		}
	})
	at, twice := map[string]spatial.Point{}, map[string]bool{}
	for p, atoms := range around {
		slices.Sort(atoms)
		key := fmt.Sprint(slices.Compact(atoms))
		if _, there := at[key]; there {
			twice[key] = true
		}
		at[key] = p
	}
	for key := range twice {
		delete(at, key)
	}
	return at
}

func (r *reverting) nodes() {
	now := r.b.meetings()
	was := r.was.meetings()
	for _, key := range sortedKeys(was) {
		if at, there := now[key]; there && at != was[key] {
			r.do(MoveNode, moveBody{lonLat(at), lonLat(was[key])})
		}
	}
}

// pair is two atoms beside each other, the lower first.
type pair struct{ low, high gridmap.AtomID }

// lines lists the border between each two atoms where it is one line, with the
// lower atom on its left.
func (b *Board) lines() map[pair][]spatial.Point {
	out, many := map[pair][]spatial.Point{}, map[pair]bool{}
	b.eachArc(func(arc topology.Arc, left, right gridmap.AtomID) {
		k, points := pair{left, right}, arc.Points
		if left > right {
			k, points = pair{right, left}, slices.Clone(points)
			slices.Reverse(points)
		}
		if _, there := out[k]; there {
			many[k] = true
		}
		out[k] = points
	})
	for k := range many {
		delete(out, k)
	}
	return out
}

func (r *reverting) lines() {
	now := r.b.lines()
	was := r.was.lines()
	for _, k := range sortedKeys(was) {
		is, there := now[k]
		want := was[k]
		if !there || slices.Equal(is, want) || is[0] != want[0] || is[len(is)-1] != want[len(want)-1] {
			continue
		}
		r.do(ReshapeArc, reshapeBody{Old: asLine(is), Points: asLine(want)})
	}
}

// sortedKeys puts keys in an order that is the same every time.
func sortedKeys[K comparable, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	text := make(map[K]string, len(m))
	for k := range m {
		keys, text[k] = append(keys, k), fmt.Sprint(k)
	}
	slices.SortFunc(keys, func(a, b K) int {
		switch {
		case text[a] < text[b]:
			return -1
		case text[a] > text[b]:
			return 1
		}
		return 0
	})
	return keys
}
