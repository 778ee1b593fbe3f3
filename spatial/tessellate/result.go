package tessellate

import (
	"cmp"
	"slices"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"
)

// result draws the atoms, gives slivers away, and numbers what is left.
func (s *survey) result(opt Options) *Result {
	owners, polygons := shapes(s.straighten(s.halves()))
	fine, _ := topology.Build(polygons)
	kinds := s.kindsOf(owners)
	group, absorbed := absorb(fine, kinds, opt)
	group, n := orderGroups(fine, group)
	r := &Result{Topology: fine.Dissolve(group, n), Atoms: make([]Atom, n), Absorbed: absorbed}
	s.fill(r, owners, kinds, group)
	r.Notes = s.notes
	slices.SortFunc(r.Notes, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Other, b.Other), comparePoints(a.At, b.At))
	})
	return r
}

func (s *survey) kindsOf(owners []int32) []Kind {
	nb, nc := int32(len(s.buildings)), int32(len(s.compounds))
	compounds := map[int32]bool{}
	for c := range nc {
		compounds[s.owners.Find(nb+c)] = true
	}
	kinds := make([]Kind, len(owners))
	for i, o := range owners {
		switch {
		case o >= nb+nc:
			kinds[i] = Ground
		case compounds[o]:
			kinds[i] = Compound
		default:
			kinds[i] = Building
		}
	}
	return kinds
}

// absorb gives ground that is too small or too narrow to the neighbour with
// the longest shared border, the smallest first; group says which face each
// belongs to then, or -1 for one without ground.
func absorb(t *topology.Topology, kinds []Kind, opt Options) (group []int32, absorbed int) {
	n := t.NumFaces()
	group = make([]int32, n)
	shared := make([]map[int32]float64, n) // border lengths of joined faces
	outer := make([]float64, n)
	area := make([]float64, n)
	for f := range n {
		group[f] = int32(f)
		shared[f] = map[int32]float64{}
		if kinds[f] == Ground {
			area[f] = measure.AreaM2(t.FacePolygon(topology.FaceID(f)))
		}
	}
	for _, b := range t.Adjacency(measure.NearM, true) {
		if b.A == topology.Outside {
			outer[b.B] += b.LengthM
			continue
		}
		shared[b.A][int32(b.B)] += b.LengthM
		shared[b.B][int32(b.A)] += b.LengthM
	}
	var small []int32
	for f := range n {
		if kinds[f] == Ground {
			small = append(small, int32(f))
		}
	}
	slices.SortFunc(small, func(a, b int32) int { return cmp.Or(cmp.Compare(area[a], area[b]), cmp.Compare(a, b)) })
	for _, f := range small {
		if group[f] != f || kinds[f] != Ground {
			continue
		}
		around := outer[f]
		to := none
		for _, g := range sortedKeys(shared[f]) {
			around += shared[f][g]
			if to == none || shared[f][g] > shared[f][to] {
				to = g
			}
		}
		if to == none || area[f] >= opt.MinGroundM2 && 2*area[f] >= opt.MinWidthM*around {
			continue
		}
		give(group, shared, f, to)
		area[to] += area[f]
		outer[to] += outer[f]
		absorbed++
	}
	for f := range group {
		for group[f] != group[group[f]] {
			group[f] = group[group[f]]
		}
	}
	return group, absorbed
}

// give joins face f to face to, which takes its neighbours over.
func give(group []int32, shared []map[int32]float64, f, to int32) {
	group[f] = to
	for _, g := range sortedKeys(shared[f]) {
		l := shared[f][g]
		delete(shared[g], f)
		if g != to {
			shared[to][g] += l
			shared[g][to] += l
		}
	}
	shared[f] = nil
}

func sortedKeys(m map[int32]float64) []int32 {
	keys := make([]int32, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// orderGroups numbers the groups by their least points; faces without ground
// belong to none.
func orderGroups(t *topology.Topology, group []int32) ([]int32, int) {
	least := map[int32]spatial.Point{}
	for f, g := range group {
		for _, a := range t.FaceArcs(topology.FaceID(f)) {
			for _, p := range t.Arc(a).Points {
				if q, ok := least[g]; !ok || p.Less(q) {
					least[g] = p
				}
			}
		}
	}
	order := make([]int32, 0, len(least))
	for g := range least {
		order = append(order, g)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(comparePoints(least[a], least[b]), cmp.Compare(a, b)) })
	rank := map[int32]int32{}
	for i, g := range order {
		rank[g] = int32(i)
	}
	out := make([]int32, len(group))
	for f, g := range group {
		out[f] = -1
		if r, ok := rank[g]; ok && len(t.FaceArcs(topology.FaceID(f))) > 0 {
			out[f] = r
		}
	}
	return out, len(order)
}

// fill says what each atom is and what stands in it.
func (s *survey) fill(r *Result, owners []int32, kinds []Kind, group []int32) {
	atomOf := map[int32]int32{}
	for f, o := range owners {
		if g := group[f]; g >= 0 {
			atomOf[o] = g
			if a := &r.Atoms[g]; a.Kind == "" || kinds[f] != Ground {
				a.Kind = kinds[f]
			}
		}
	}
	for own, i := range s.buildings {
		if g, ok := atomOf[s.owners.Find(int32(own))]; ok {
			r.Atoms[g].Buildings = append(r.Atoms[g].Buildings, i)
		}
	}
	for own, i := range s.compounds {
		if g, ok := atomOf[s.owners.Find(int32(len(s.buildings)+own))]; ok && !s.opt.SplitCompounds {
			r.Atoms[g].Compounds = append(r.Atoms[g].Compounds, i)
		} else if !ok && !s.opt.SplitCompounds {
			s.notes = append(s.notes, Note{CompoundOutside, i, none, s.in.Compounds[i].Box().Min})
		}
	}
	for i := range r.Atoms {
		slices.Sort(r.Atoms[i].Buildings)
		slices.Sort(r.Atoms[i].Compounds)
	}
}
