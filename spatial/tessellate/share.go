package tessellate

import (
	"cmp"
	"container/heap"
	"math"

	"cloudgrid/spatial"
	"cloudgrid/spatial/disjoint"
)

// shareGround gives every corner of every triangle within the outline an owner.
// The corners at one vertex between two barriers share one, so a border leaves
// the middle of an edge on one side of a barrier without a word on the other.
func (s *survey) shareGround() {
	s.corner = make([]int32, 3*len(s.mesh.tris))
	free := make([]bool, len(s.mesh.tris))
	for t := range s.mesh.tris {
		o := none
		if c := s.cover(int32(t)); c.inside {
			o = s.ownerOf(c)
			free[t] = o == none
		}
		for i := range 3 {
			s.corner[3*t+i] = o
		}
	}
	sectors := s.sectors(free)
	dist := s.spread(free, sectors)
	s.settleOpen(free, sectors, dist)
}

// ownerOf is whose the ground under a cover is without asking for the nearest.
func (s *survey) ownerOf(c *cover) int32 {
	if len(c.buildings) > 0 {
		return s.owners.Find(c.buildings[0])
	}
	if len(c.compounds) > 0 && !s.opt.SplitCompounds {
		return s.owners.Find(int32(len(s.buildings)) + c.compounds[0])
	}
	return none
}

// sectors joins the corners of free triangles at one vertex that no barrier
// parts: 3·triangle+i, joined.
func (s *survey) sectors(free []bool) disjoint.Sets {
	f := disjoint.New(3 * len(s.mesh.tris))
	for t := range s.mesh.tris {
		if !free[t] {
			continue
		}
		c := &s.mesh.tris[t]
		for i, n := range c.across {
			if n < 0 || int32(t) > n || c.piece[i] != none {
				continue
			}
			o := &s.mesh.tris[n]
			for _, j := range [2]int{next(i), prev(i)} {
				f.Join(int32(3*t+j), 3*n+int32(o.indexOf(c.corner[j])))
			}
		}
	}
	return f
}

// reach is how far a sector is from its owner over open ground.
type reach struct {
	distM         float64
	owner, sector int32
}

func (a reach) compare(b reach) int {
	return cmp.Or(cmp.Compare(a.distM, b.distM), cmp.Compare(a.owner, b.owner), cmp.Compare(a.sector, b.sector))
}

type reachHeap []reach

func (h reachHeap) Len() int           { return len(h) }
func (h reachHeap) Less(i, j int) bool { return h[i].compare(h[j]) < 0 }
func (h reachHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *reachHeap) Push(x any)        { *h = append(*h, x.(reach)) }
func (h *reachHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// spread finds the nearest owner of every sector along the edges of the mesh
// (Dijkstra from all buildings at once) and leaves it in s.corner; it returns
// which sectors were reached.
func (s *survey) spread(free []bool, sectors disjoint.Sets) (reached []bool) {
	links := s.links(free, sectors)
	best := make([]float64, len(sectors))
	reached = make([]bool, len(sectors))
	var h reachHeap
	for t := range s.mesh.tris {
		for i, v := range s.mesh.tris[t].corner {
			sec := sectors.Find(int32(3*t + i))
			if !free[t] || best[sec] < 0 {
				continue
			}
			best[sec] = math.Inf(1)
			if b := s.vertex[v]; b != none {
				h = append(h, reach{0, s.owners.Find(b), sec})
				best[sec] = -1 // queued once
			}
		}
	}
	heap.Init(&h)
	for len(h) > 0 {
		r := heap.Pop(&h).(reach)
		if reached[r.sector] {
			continue
		}
		reached[r.sector] = true
		s.corner[r.sector] = r.owner
		for _, l := range links.from(r.sector) {
			d := r.distM + l.lengthM
			if !reached[l.to] && d <= best[l.to] {
				best[l.to] = d
				heap.Push(&h, reach{d, r.owner, l.to})
			}
		}
	}
	return reached
}

type link struct {
	to      int32
	lengthM float64
}

// linkTable lists the links of each sector.
type linkTable struct {
	start []int32
	links []link
}

func (l *linkTable) from(sector int32) []link { return l.links[l.start[sector]:l.start[sector+1]] }

// links are the edges of free triangles, both ways.
func (s *survey) links(free []bool, sectors disjoint.Sets) *linkTable {
	l := &linkTable{start: make([]int32, len(sectors)+1)}
	each := func(do func(a, b int32, p, q spatial.Point)) {
		for t := range s.mesh.tris {
			if !free[t] {
				continue
			}
			c := s.mesh.tris[t].corner
			for i := range 3 {
				a, b := sectors.Find(int32(3*t+i)), sectors.Find(int32(3*t+next(i)))
				do(a, b, s.mesh.pts[c[i]], s.mesh.pts[c[next(i)]])
				do(b, a, s.mesh.pts[c[i]], s.mesh.pts[c[next(i)]])
			}
		}
	}
	each(func(a, _ int32, _, _ spatial.Point) { l.start[a]++ })
	sum := int32(0)
	for i, k := range l.start {
		sum += k
		l.start[i] = sum
	}
	l.links = make([]link, sum)
	each(func(a, b int32, p, q spatial.Point) {
		l.start[a]--
		l.links[l.start[a]] = link{b, math.Hypot(float64(p.X-q.X)*s.frame.EastM, float64(p.Y-q.Y)*s.frame.NorthM)}
	})
	return l
}

// settleOpen makes an owner of each piece of open ground that no building
// reached, and writes the owners of sectors to all their corners.
func (s *survey) settleOpen(free []bool, sectors disjoint.Sets, reached []bool) {
	seen := make([]bool, len(free))
	for t := range s.mesh.tris {
		if free[t] && !seen[t] && !reached[sectors.Find(int32(3*t))] {
			s.floodOpen(int32(t), free, seen, sectors)
		}
	}
	for t := range s.mesh.tris {
		for i := range 3 {
			if free[t] {
				s.corner[3*t+i] = s.corner[sectors.Find(int32(3*t+i))]
			}
		}
	}
}

// floodOpen gives the ground around t, up to the barriers, an owner of its own.
func (s *survey) floodOpen(t int32, free, seen []bool, sectors disjoint.Sets) {
	o := int32(len(s.owners))
	s.owners = append(s.owners, o)
	seen[t] = true
	queue := []int32{t}
	for len(queue) > 0 {
		t := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		c := &s.mesh.tris[t]
		for i, n := range c.across {
			s.corner[sectors.Find(3*t+int32(i))] = o
			if n >= 0 && c.piece[i] == none && free[n] && !seen[n] {
				seen[n] = true
				queue = append(queue, n)
			}
		}
	}
}
