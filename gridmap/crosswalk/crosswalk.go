// Package crosswalk lays two networks side by side (多网合一): how much of each
// grid of the one lies in which grids of the other, where they contradict each
// other, and which grid of the other to merge each into.
package crosswalk

import (
	"cmp"
	"slices"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/district"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// Side is a network at a level (-1: the grids that own the ground).
type Side struct {
	Net   *atlas.Net
	Level int
}

// of is the grid at the side's level for one that owns ground.
func (s Side) of(leaf int32) int32 {
	if leaf == atlas.None || s.Level < 0 {
		return leaf
	}
	return s.Net.Ancestor(leaf, s.Level)
}

// Pair is the ground that a grid of A and one of B share. Either may be
// atlas.None: ground of the one network that the other does not cover.
type Pair struct {
	A, B           int32
	Atoms          int
	Weight         int64   // of the count asked for
	AreaM2         float64 // ellipsoidal
	ShareA, ShareB float64 // of the grid's weight or, where that is 0, of its area
}

// Proposal is the grid of B in which most of a grid of A lies.
type Proposal struct {
	A, B   int32
	Share  float64 // of A
	Moves  int64   // weight of A that lies elsewhere and would change hands
	Clean  bool    // all of it lies in B
	Merged int     // grids of A that go to the same B
}

// Report is two networks side by side.
type Report struct {
	Pairs     []Pair // by A, then the largest share
	Conflicts []Pair // borders that cross: neither grid lies within the other
	Proposals []Proposal
	ByPoint   int // atoms that B does not know, placed by a point in them
}

// tolerance is the share below which a strip does not count as a border that
// crosses: a hairline of two surveys.
const tolerance = 0.001

// Between compares two networks of one snapshot, atom by atom of A: exactly where
// both are made of the same atoms; an atom that B does not know goes where a
// point inside of it lies. Ground of B that A does not cover is left out. weight
// names a count; one that nothing has weighs nothing.
func Between(a *atlas.Atlas, x, y Side, weight string) Report {
	t := tally{a: a, x: x, y: y, key: slices.Index(a.CountKeys(), weight), cells: map[[2]int32]*Pair{}}
	t.atoms()
	var r Report
	r.ByPoint = t.byPoint
	for _, p := range t.cells {
		r.Pairs = append(r.Pairs, *p)
	}
	shares(r.Pairs)
	slices.SortFunc(r.Pairs, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(p.A, q.A), cmp.Compare(q.ShareA, p.ShareA), cmp.Compare(p.B, q.B))
	})
	r.Conflicts = conflicts(r.Pairs)
	r.Proposals = proposals(r.Pairs)
	return r
}

type tally struct {
	a       *atlas.Atlas
	x, y    Side
	key     int // of the weight in the atoms' counts; -1: none
	cells   map[[2]int32]*Pair
	byPoint int
}

func (t *tally) atoms() {
	topo, atoms, owner := t.x.Net.Ground()
	_, theirs, theirOwner := t.y.Net.Ground()
	other := make(map[int32]int32, len(theirs))
	for f, atom := range theirs {
		other[atom] = theirOwner[f]
	}
	for f, atom := range atoms {
		if owner[f] == atlas.None {
			continue
		}
		ground := topo.FacePolygon(topology.FaceID(f))
		leaf, known := other[atom]
		if !known {
			t.byPoint++
			leaf = t.y.Net.Resolve(atlas.Ask{Point: district.Inside(ground), Level: -1}).Grid
		}
		at := [2]int32{t.x.of(owner[f]), t.y.of(leaf)}
		p := t.cells[at]
		if p == nil {
			p = &Pair{A: at[0], B: at[1]}
			t.cells[at] = p
		}
		p.Atoms++
		p.AreaM2 += measure.AreaM2(ground)
		if t.key >= 0 {
			p.Weight += t.a.AtomCounts(atom)[t.key]
		}
	}
}

// shares fills in what part of each grid a pair is.
func shares(pairs []Pair) {
	type sum struct {
		weight int64
		areaM2 float64
	}
	ofA, ofB := map[int32]sum{}, map[int32]sum{}
	for _, p := range pairs {
		a, b := ofA[p.A], ofB[p.B]
		ofA[p.A] = sum{a.weight + p.Weight, a.areaM2 + p.AreaM2}
		ofB[p.B] = sum{b.weight + p.Weight, b.areaM2 + p.AreaM2}
	}
	part := func(p Pair, s sum) float64 {
		switch {
		case s.weight > 0:
			return float64(p.Weight) / float64(s.weight)
		case s.areaM2 > 0:
			return p.AreaM2 / s.areaM2
		}
		return 0
	}
	for i := range pairs {
		p := &pairs[i]
		p.ShareA, p.ShareB = part(*p, ofA[p.A]), part(*p, ofB[p.B])
	}
}

// conflicts are the pairs of which neither grid lies within the other: one
// cannot be made of the other by merging alone. Ground that B lacks is one too.
func conflicts(pairs []Pair) (list []Pair) {
	for _, p := range pairs {
		whole := p.ShareA > 1-tolerance || p.ShareB > 1-tolerance
		if p.B == atlas.None || !whole && p.ShareA > tolerance && p.ShareB > tolerance {
			list = append(list, p)
		}
	}
	return list
}

// proposals name for each grid of A the grid of B with most of it, ground that B
// lacks aside; pairs are by A, the largest share first.
func proposals(pairs []Pair) (list []Proposal) {
	for len(pairs) > 0 {
		own := pairs
		if end := slices.IndexFunc(pairs, func(p Pair) bool { return p.A != pairs[0].A }); end >= 0 {
			own = pairs[:end]
		}
		pairs = pairs[len(own):]
		best, moves := own[0], int64(0)
		if best.B == atlas.None && len(own) > 1 {
			best = own[1]
		}
		for _, p := range own {
			if p.B != best.B {
				moves += p.Weight
			}
		}
		list = append(list, Proposal{A: best.A, B: best.B, Share: best.ShareA, Moves: moves, Clean: len(own) == 1 && best.B != atlas.None})
	}
	merged := map[int32]int{}
	for _, p := range list {
		merged[p.B]++
	}
	for i := range list {
		list[i].Merged = merged[list[i].B]
	}
	return list
}

// Find finds a side by the codes of its network and level; empty ones are the
// main network and the grids that own the ground.
func Find(a *atlas.Atlas, network, level string) (Side, error) {
	s := Side{Net: a.Main(), Level: -1}
	if network != "" {
		s.Net = a.Net(network)
	}
	if s.Net == nil {
		return s, gridmap.Errorf(gridmap.NotFound, "没有网 %q (no such network)", network)
	}
	if level != "" {
		l, ok := s.Net.Level(level)
		if !ok {
			return s, gridmap.Errorf(gridmap.NotFound, "网 %s 没有层级 %q (no such level)", s.Net.Network.Code, level)
		}
		s.Level = l.Rank
	}
	return s, nil
}
