package topology

import (
	"cmp"
	"slices"

	"cloudgrid/spatial"
)

// Noding rounds: so many that snap to pixels, then so many that only remove
// true crossings. Real data settle in two to four; the bounds only guarantee
// an end.
const (
	snapRounds  = 40
	exactRounds = 200
)

// node splits edges until they meet at vertices only: every crossing becomes a
// vertex, and an edge that passes the pixel of a vertex goes through it. This
// is iterated snap rounding (Halperin and Packer 2002): nothing moves by more
// than a lattice step a round, and a second run changes nothing.
func (g *graph) node() {
	fresh := 0
	for round := range snapRounds + exactRounds {
		found := g.findMeetings(fresh, round < snapRounds)
		if len(found) == 0 {
			return
		}
		if round == 0 { // later crossings are the work of rounding
			g.noteCrossings(found)
		}
		fresh = g.splitEdges(found)
	}
	g.warped = true
}

// splitEdges replaces every edge that a meeting lies on by its pieces, merging
// pieces with what already runs there. It returns the first new edge.
func (g *graph) splitEdges(found []meeting) (fresh int) {
	type cut struct{ e, v uint32 }
	cuts := make([]cut, 0, 2*len(found))
	for _, m := range found {
		v := g.verts.number(m.at)
		cuts = append(cuts, cut{m.e, v})
		if m.crossing {
			cuts = append(cuts, cut{m.f, v})
		}
	}
	slices.SortFunc(cuts, func(a, b cut) int {
		if a.e != b.e {
			return cmp.Compare(a.e, b.e)
		}
		return cmp.Compare(a.v, b.v)
	})
	cuts = slices.Compact(cuts)

	pieces := map[[2]uint32]ringSet{}
	gone := map[uint32]bool{}
	for len(cuts) > 0 {
		n := 1
		for n < len(cuts) && cuts[n].e == cuts[0].e {
			n++
		}
		e := g.edges[cuts[0].e]
		vs := []uint32{e.u}
		for _, c := range cuts[:n] {
			if c.v != e.u && c.v != e.v {
				vs = append(vs, c.v)
			}
		}
		if len(vs) > 1 {
			gone[cuts[0].e] = true
			g.addPieces(pieces, e, append(vs, e.v))
		}
		cuts = cuts[n:]
	}
	return g.replaceEdges(gone, pieces)
}

// addPieces adds the run of vertices, sorted along the edge, to the pieces.
func (g *graph) addPieces(pieces map[[2]uint32]ringSet, e edge, vs []uint32) {
	a, b := g.verts.pts[e.u], g.verts.pts[e.v]
	along := func(v uint32) wide {
		p := g.verts.pts[v]
		return mul(int64(b.X)-int64(a.X), int64(p.X)-int64(a.X)).
			add(mul(int64(b.Y)-int64(a.Y), int64(p.Y)-int64(a.Y)))
	}
	slices.SortFunc(vs[1:len(vs)-1], func(v, w uint32) int {
		if c := along(v).cmp(along(w)); c != 0 {
			return c
		}
		if g.verts.pts[v].Less(g.verts.pts[w]) {
			return -1
		}
		return 1
	})
	for i := 1; i < len(vs); i++ {
		key := [2]uint32{min(vs[i-1], vs[i]), max(vs[i-1], vs[i])}
		if old, ok := pieces[key]; ok {
			pieces[key] = g.mergeRings(key, old, e.rings)
		} else {
			pieces[key] = e.rings
		}
	}
}

// mergeRings returns what is left of two coinciding edges.
func (g *graph) mergeRings(key [2]uint32, p, q ringSet) ringSet {
	_, both := g.sets.compare(p, q)
	for _, r := range both {
		g.spikes = append(g.spikes, spike{g.verts.pts[key[0]], g.verts.pts[key[1]], r})
	}
	return g.sets.xor(p, q)
}

// replaceEdges drops the gone edges and appends the pieces in a fixed order.
func (g *graph) replaceEdges(gone map[uint32]bool, pieces map[[2]uint32]ringSet) (fresh int) {
	kept := g.edges[:0]
	for i, e := range g.edges {
		if gone[uint32(i)] {
			continue
		}
		key := [2]uint32{e.u, e.v}
		if old, ok := pieces[key]; ok {
			pieces[key] = g.mergeRings(key, old, e.rings)
			continue
		}
		kept = append(kept, e)
	}
	fresh = len(kept)
	for key, rings := range pieces {
		if rings != noRings {
			kept = append(kept, edge{key[0], key[1], rings})
		}
	}
	slices.SortFunc(kept[fresh:], func(a, b edge) int {
		if a.u != b.u {
			return cmp.Compare(a.u, b.u)
		}
		return cmp.Compare(a.v, b.v)
	})
	g.edges = kept
	return fresh
}

// noteCrossings remembers where a ring crosses itself, for the report.
func (g *graph) noteCrossings(found []meeting) {
	for _, m := range found {
		if !m.crossing {
			continue
		}
		if _, both := g.sets.compare(g.edges[m.e].rings, g.edges[m.f].rings); len(both) > 0 {
			g.crosses = append(g.crosses, cross{m.at, g.sets.of(both)})
		}
	}
}

// endpoints returns the ends of an edge.
func (g *graph) endpoints(e uint32) (a, b spatial.Point) {
	return g.verts.pts[g.edges[e].u], g.verts.pts[g.edges[e].v]
}
