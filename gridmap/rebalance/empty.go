package rebalance

import (
	"math"
	"slices"
)

// emptyGrids lists the grids that a balance has to fill: no atom is in them,
// and nothing forbids that one comes.
func (p *Problem) emptyGrids() (empty []int32) {
	used := make([]bool, len(p.Grids))
	for _, g := range p.Initial {
		if g >= 0 {
			used[g] = true
		}
	}
	for g, grid := range p.Grids {
		if !used[g] && !grid.fixed() {
			empty = append(empty, int32(g))
		}
	}
	return empty
}

// placeEmpty gives each empty grid to the area of its community that has most
// load beyond what its grids should hold, and brings the means in line. A grid
// that no area has an atom to spare for stays without.
func (p *Problem) placeEmpty(areas []*area, mean map[int32]float64) {
	byCommunity := map[int32][]int32{}
	var order []int32
	for _, g := range p.emptyGrids() {
		c := p.Grids[g].Community
		if byCommunity[c] == nil {
			order = append(order, c)
		}
		byCommunity[c] = append(byCommunity[c], g)
	}
	for _, c := range order {
		load, grids := p.judged(c)
		fair := float64(load) / float64(grids+len(byCommunity[c]))
		for _, g := range byCommunity[c] {
			if a := roomiest(areas, c, fair); a != nil {
				a.grids = append(a.grids, g)
				grids++
			}
		}
		if grids > 0 {
			mean[c] = float64(load) / float64(grids)
		}
	}
}

// judged returns what the mean of community c is made of: the load that will
// be in grids that are not dedicated, and how many of these hold atoms.
func (p *Problem) judged(c int32) (load int64, grids int) {
	seen := map[int32]bool{}
	for i, g := range p.Initial {
		if p.Atoms[i].Community != c || g >= 0 && p.Grids[g].Dedicated {
			continue
		}
		load += int64(p.Atoms[i].Load)
		if g >= 0 && !seen[g] {
			seen[g] = true
			grids++
		}
	}
	return load, grids
}

// roomiest is the area of community c, with a unit to spare, whose load is
// furthest above fair times its grids; nil when no area has a unit to spare.
func roomiest(areas []*area, c int32, fair float64) (best *area) {
	most := math.Inf(-1)
	for _, a := range areas {
		if a.community != c || a.n() <= a.k() || len(a.movable) == 0 {
			continue
		}
		if excess := float64(a.totalLoad()) - fair*float64(a.k()); excess > most {
			best, most = a, excess
		}
	}
	return best
}

// seedEmpty starts the grids that hold nothing and should: each at the
// unit farthest from the middle of the heaviest grid that can give one up, grown
// from there to about an even share. The search does the rest.
func (a *area) seedEmpty(start []int32) {
	if len(start) == 0 || slices.Contains(start, -1) {
		return
	}
	s := newState(a)
	s.load(start)
	share := float64(a.totalLoad()) / float64(a.k())
	for g := range s.mem {
		if len(s.mem[g]) > 0 || a.mayEmpty[g] {
			continue
		}
		if u := s.spare(); u >= 0 {
			s.move(u, int32(g))
			s.growFrom(u, share)
		}
	}
	copy(start, s.asg)
}

// spare finds the unit to start an empty grid at; -1 when no grid can give up
// any unit.
func (s *state) spare() int32 {
	order := make([]int32, 0, len(s.mem))
	for g := range s.mem {
		order = append(order, int32(g))
	}
	slices.SortStableFunc(order, func(g, h int32) int { return int(s.sum[h]) - int(s.sum[g]) })
	for _, g := range order {
		var x, y float64
		for _, u := range s.mem[g] {
			x += s.a.xM[u] / float64(len(s.mem[g]))
			y += s.a.yM[u] / float64(len(s.mem[g]))
		}
		best, far := int32(-1), -1.0
		for _, u := range s.mem[g] {
			if d := math.Hypot(s.a.xM[u]-x, s.a.yM[u]-y); (d > far || d == far && u < best) && s.canGive(u) {
				best, far = u, d
			}
		}
		if best >= 0 {
			return best
		}
	}
	return -1
}

// canGive tells whether u may leave its grid, which stays in one piece.
func (s *state) canGive(u int32) bool {
	return !s.a.frozen[u] && len(s.mem[s.asg[u]]) > 1 && s.looseByWalk(u)
}

// growFrom takes units into the grid of seed, from the heaviest grid beside it
// first and there the nearest, while that brings it nearer to share.
func (s *state) growFrom(seed int32, share float64) {
	g := s.asg[seed]
	for {
		best, near := int32(-1), 0.0
		for _, u := range s.mem[g] {
			for _, v := range s.a.nbr[s.a.off[u]:s.a.off[u+1]] {
				h := s.asg[v]
				if h == g || v == best || float64(s.sum[g])+float64(s.a.load[v])/2 > share || s.sum[h] <= s.sum[g] {
					continue
				}
				d := math.Hypot(s.a.xM[v]-s.a.xM[seed], s.a.yM[v]-s.a.yM[seed])
				heavier := best < 0 || s.sum[h] > s.sum[s.asg[best]]
				same := best >= 0 && s.sum[h] == s.sum[s.asg[best]]
				if (heavier || same && (d < near || d == near && v < best)) && s.canGive(v) {
					best, near = v, d
				}
			}
		}
		if best < 0 {
			return
		}
		s.move(best, g)
	}
}

// addEmpty names the empty grids that no area had an atom to spare for. More
// grids than atoms to share out proves that there is no way.
func (r *Result) addEmpty(q *Problem, jobs []*job) {
	placed := map[int32]bool{}
	for _, j := range jobs {
		for _, g := range j.grids {
			placed[g] = true
		}
	}
	atoms, grids := map[int32]int{}, map[int32]int{}
	for i, a := range q.Atoms {
		atoms[a.Community] += btoi(!q.inFixedGrid(int32(i)))
	}
	for _, g := range q.Grids {
		grids[g.Community] += btoi(!g.fixed())
	}
	for _, g := range q.emptyGrids() {
		if c := q.Grids[g].Community; !placed[g] {
			r.Feasible = false
			r.Obstacles = append(r.Obstacles, Obstacle{Kind: EmptyGrid, Community: c, Grid: g, Atom: -1, Proven: atoms[c] < grids[c]})
		}
	}
}
