package topology

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"cloudgrid/spatial"
)

// meeting is a lattice point at which edge e must be split, and edge f too
// when the two cross.
type meeting struct {
	e, f     uint32
	at       spatial.Point
	crossing bool
}

// boxed is an edge with its box: what the search for meetings passes around.
type boxed struct {
	box spatial.Box
	e   uint32
}

// stripEdges is how many edges one strip of the search should hold: about 2 MB
// of boxed edges, which stays in a core's cache.
const stripEdges = 100_000

// findMeetings returns every place where two edges meet other than at a common
// end, looking only at pairs of which at least one edge is numbered fresh or
// higher. With snap, passing a vertex's pixel counts as meeting it; otherwise
// only touching it does. The order is fixed.
func (g *graph) findMeetings(fresh int, snap bool) []meeting {
	strips := g.strips()
	found := make([][]meeting, len(strips))
	var wg sync.WaitGroup
	jobs := make(chan int)
	for range min(runtime.GOMAXPROCS(0), len(strips)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range jobs {
				s := meetingSearch{g: g, fresh: uint32(fresh), snap: snap}
				s.search(g.boxes(strips[i]), 0)
				found[i] = s.found
			}
		}()
	}
	for i := range strips {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	return sortMeetings(slices.Concat(found...))
}

func sortMeetings(ms []meeting) []meeting {
	slices.SortFunc(ms, func(a, b meeting) int {
		switch {
		case a.e != b.e:
			return cmp.Compare(a.e, b.e)
		case a.f != b.f:
			return cmp.Compare(a.f, b.f)
		case a.at != b.at && a.at.Less(b.at):
			return -1
		case a.at != b.at:
			return 1
		}
		return 0
	})
	return slices.Compact(ms)
}

// strips deals the edges into vertical strips of about equal number; an edge
// is in every strip that it touches.
func (g *graph) strips() [][]uint32 {
	n := len(g.edges)
	k := n/stripEdges + 1
	if k == 1 {
		all := make([]uint32, n)
		for i := range all {
			all[i] = uint32(i)
		}
		return [][]uint32{all}
	}
	sample := make([]int32, 0, 64*k)
	for i := 0; i < n; i += n/(64*k) + 1 {
		sample = append(sample, g.verts.pts[g.edges[i].u].X)
	}
	slices.Sort(sample)
	bounds := make([]int32, k-1)
	for i := range bounds {
		bounds[i] = sample[(i+1)*len(sample)/k]
	}
	strips := make([][]uint32, k)
	for i := range g.edges {
		a, b := g.endpoints(uint32(i))
		s, _ := slices.BinarySearch(bounds, min(a.X, b.X))
		for ; s < k; s++ {
			strips[s] = append(strips[s], uint32(i))
			if s == k-1 || bounds[s] >= max(a.X, b.X) {
				break
			}
		}
	}
	return strips
}

func (g *graph) boxes(edges []uint32) []boxed {
	out := make([]boxed, len(edges))
	for i, e := range edges {
		a, b := g.endpoints(e)
		out[i] = boxed{boxOf2(a, b), e}
	}
	return out
}

func boxOf2(a, b spatial.Point) spatial.Box {
	return spatial.Box{
		Min: spatial.Point{X: min(a.X, b.X), Y: min(a.Y, b.Y)},
		Max: spatial.Point{X: max(a.X, b.X), Y: max(a.Y, b.Y)},
	}
}

// meetingSearch finds meetings by halving space until few edges are left.
type meetingSearch struct {
	g     *graph
	fresh uint32
	snap  bool
	found []meeting
}

const leafEdges = 24

func (s *meetingSearch) search(es []boxed, depth int) {
	if !slices.ContainsFunc(es, func(b boxed) bool { return b.e >= s.fresh }) {
		return
	}
	if len(es) <= leafEdges || depth > 60 {
		s.sweep(es)
		return
	}
	low, high := halve(es)
	if len(low) == len(es) || len(high) == len(es) || len(low)+len(high) > len(es)*7/4 {
		s.sweep(es)
		return
	}
	s.search(low, depth+1)
	s.search(high, depth+1)
}

// halve deals the edges to both sides of the mean along the longer axis; those
// across it go to both.
func halve(es []boxed) (low, high []boxed) {
	all := spatial.EmptyBox()
	var sumX, sumY int64
	for _, e := range es {
		all = all.Union(e.box)
		sumX += int64(e.box.Min.X) + int64(e.box.Max.X)
		sumY += int64(e.box.Min.Y) + int64(e.box.Max.Y)
	}
	n := 2 * int64(len(es))
	byX := int64(all.Max.X)-int64(all.Min.X) >= int64(all.Max.Y)-int64(all.Min.Y)
	midX, midY := int32(sumX/n), int32(sumY/n)
	low = make([]boxed, 0, len(es)*5/8)
	high = make([]boxed, 0, len(es)*5/8)
	for _, e := range es {
		if byX && e.box.Min.X <= midX || !byX && e.box.Min.Y <= midY {
			low = append(low, e)
		}
		if byX && e.box.Max.X >= midX || !byX && e.box.Max.Y >= midY {
			high = append(high, e)
		}
	}
	return low, high
}

// sweep tests all pairs whose boxes touch.
func (s *meetingSearch) sweep(es []boxed) {
	slices.SortFunc(es, func(a, b boxed) int {
		if a.box.Min.X != b.box.Min.X {
			return cmp.Compare(a.box.Min.X, b.box.Min.X)
		}
		return cmp.Compare(a.e, b.e)
	})
	for i, e := range es {
		for _, f := range es[i+1:] {
			if f.box.Min.X > e.box.Max.X {
				break
			}
			if f.box.Min.Y <= e.box.Max.Y && f.box.Max.Y >= e.box.Min.Y && (e.e >= s.fresh || f.e >= s.fresh) {
				s.pair(min(e.e, f.e), max(e.e, f.e))
			}
		}
	}
}

// pair notes where edges e and f meet.
func (s *meetingSearch) pair(e, f uint32) {
	ee, ff := s.g.edges[e], s.g.edges[f]
	a, b := s.g.endpoints(e)
	c, d := s.g.endpoints(f)
	shared := ee.u == ff.u || ee.u == ff.v || ee.v == ff.u || ee.v == ff.v
	if ff.u != ee.u && ff.u != ee.v && s.meets(a, b, c) {
		s.found = append(s.found, meeting{e: e, f: e, at: c})
		shared = true
	}
	if ff.v != ee.u && ff.v != ee.v && s.meets(a, b, d) {
		s.found = append(s.found, meeting{e: e, f: e, at: d})
		shared = true
	}
	if ee.u != ff.u && ee.u != ff.v && s.meets(c, d, a) {
		s.found = append(s.found, meeting{e: f, f: f, at: a})
		shared = true
	}
	if ee.v != ff.u && ee.v != ff.v && s.meets(c, d, b) {
		s.found = append(s.found, meeting{e: f, f: f, at: b})
		shared = true
	}
	if !shared && properCrossing(a, b, c, d) {
		s.found = append(s.found, meeting{e: e, f: f, at: crossingPoint(a, b, c, d), crossing: true})
	}
}

func (s *meetingSearch) meets(a, b, p spatial.Point) bool {
	if s.snap {
		return passesPixel(a, b, p)
	}
	return spatial.OnSegment(a, b, p)
}
