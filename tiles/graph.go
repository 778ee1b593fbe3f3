package tiles

import "slices"

// graph is the tile's planar graph of pixels: every line piece once, with what
// lies on its two sides.
type graph struct {
	edges []edge
	extra []sides // further contributions to an edge, linked by next
	slots []int32 // open hash from node pair to edge + 1
	back  []int32
	start []int32    // per node, into out
	out   []int32    // half-edges leaving a node, counter-clockwise
	place []int32    // of a half-edge in out
	sides [4][]int32 // scratch: nodes on each side of the box
	fill  []int32    // scratch for link
	ls    []int32    // scratch for settle
	rs    []int32
}

// edge joins nodes u < v. Its half-edge 2i runs u→v with face l on the left,
// half-edge 2i+1 runs back with face r on the left (mathematical left, y down).
type edge struct {
	u, v, l, r int32
	next       int32 // into extra, + 1
	box        bool  // lies on the clip box
}

type sides struct{ l, r, next int32 }

func (g *graph) reset() {
	g.edges, g.extra = g.edges[:0], g.extra[:0]
	g.resize(smallTable)
}

func (g *graph) resize(n int) {
	if len(g.back) < n {
		g.back = make([]int32, n)
	}
	g.slots = g.back[:n]
	clear(g.slots)
}

func (g *graph) find(u, v int32) int {
	mask := len(g.slots) - 1
	h := (uint64(uint32(u))<<32 | uint64(uint32(v))) * 0x9e3779b97f4a7c15
	for s := int(h>>40) & mask; ; s = (s + 1) & mask {
		if i := g.slots[s]; i == 0 || g.edges[i-1].u == u && g.edges[i-1].v == v {
			return s
		}
	}
}

// add lays one line piece from a to b over what is there already.
func (g *graph) add(a, b, l, r int32) {
	if a > b {
		a, b, l, r = b, a, r, l
	}
	e := g.at(a, b)
	if e.l == unset {
		e.l, e.r = l, r
		return
	}
	g.extra = append(g.extra, sides{l, r, e.next})
	e.next = int32(len(g.extra))
}

const unset = -4

// at returns the edge between a < b, new and unset if need be.
func (g *graph) at(a, b int32) *edge {
	if 2*len(g.edges) >= len(g.slots) {
		g.resize(4 * len(g.slots))
		for i := range g.edges {
			g.slots[g.find(g.edges[i].u, g.edges[i].v)] = int32(i + 1)
		}
	}
	s := g.find(a, b)
	if g.slots[s] == 0 {
		g.edges = append(g.edges, edge{u: a, v: b, l: unset, r: unset})
		g.slots[s] = int32(len(g.edges))
	}
	return &g.edges[g.slots[s]-1]
}

// buildGraph draws every segment through the pixels it passes and adds the
// outline of the clip box.
func (w *workspace) buildGraph() {
	g := &w.graph
	g.reset()
	next := w.snap.passes
	for i := range w.segs {
		s := &w.segs[i]
		from := s.na
		for len(next) > 0 && next[0].seg == int32(i) {
			g.add(from, next[0].node, s.l, s.r)
			from = next[0].node
			next = next[1:]
		}
		g.add(from, s.nb, s.l, s.r)
	}
	for i := range g.edges {
		g.settle(&g.edges[i])
	}
	w.addBox()
	g.link(w.nodes.at)
}

// settle reduces several pieces on one edge to the faces that remain left and
// right of them all: a face between two pieces has been squeezed to nothing.
func (g *graph) settle(e *edge) {
	if e.next == 0 {
		return
	}
	ls, rs := append(g.ls[:0], e.l), append(g.rs[:0], e.r)
	for n := e.next; n != 0; n = g.extra[n-1].next {
		ls, rs = append(ls, g.extra[n-1].l), append(rs, g.extra[n-1].r)
	}
	for i := 0; i < len(ls); {
		if j := slices.Index(rs, ls[i]); j >= 0 {
			ls, rs = slices.Delete(ls, i, i+1), slices.Delete(rs, j, j+1)
			continue
		}
		i++
	}
	g.ls, g.rs = ls, rs
	if len(ls) == 0 {
		e.l, e.r = unset, unset
		return
	}
	e.l, e.r = slices.Min(ls), slices.Min(rs)
}

// addBox adds the four sides of the clip box, cut at every node on them.
func (w *workspace) addBox() {
	lo, hi := w.frame.lo, w.frame.hi
	for _, p := range [...]pixel{{lo, lo}, {hi, lo}, {hi, hi}, {lo, hi}} {
		w.nodes.add(p.x, p.y)
	}
	at := w.nodes.at
	// Nodes on the four sides, to be walked so that the box is on the
	// mathematical left.
	sides := &w.graph.sides
	for k := range sides {
		sides[k] = sides[k][:0]
	}
	for i, p := range at {
		if p.x > lo && p.x < hi && p.y > lo && p.y < hi {
			continue
		}
		for k, on := range [4]bool{p.y == lo, p.x == hi, p.y == hi, p.x == lo} {
			if on {
				sides[k] = append(sides[k], int32(i))
			}
		}
	}
	along := [4]func(pixel) int32{
		func(p pixel) int32 { return p.x },
		func(p pixel) int32 { return p.y },
		func(p pixel) int32 { return -p.x },
		func(p pixel) int32 { return -p.y },
	}
	for k, line := range sides {
		slices.SortFunc(line, func(a, b int32) int { return int(along[k](at[a]) - along[k](at[b])) })
		for i := 1; i < len(line); i++ {
			w.graph.addBoxEdge(line[i-1], line[i])
		}
	}
}

func (g *graph) addBoxEdge(a, b int32) {
	swapped := a > b
	if swapped {
		a, b = b, a
	}
	e := g.at(a, b)
	e.box = true
	inner, outer := &e.l, &e.r
	if swapped {
		inner, outer = outer, inner
	}
	*outer = beyond
	if *inner == unset {
		*inner = unknown
	}
}

// link lists the half-edges around each node, counter-clockwise. Edges that
// vanished are left out.
func (g *graph) link(at []pixel) {
	g.start = zeroed(g.start, len(at)+1)
	for i := range g.edges {
		if e := &g.edges[i]; e.l != unset {
			g.start[e.u]++
			g.start[e.v]++
		}
	}
	g.out = sized(g.out, int(sumUp(g.start)))
	g.place = sized(g.place, 2*len(g.edges))
	g.fill = append(g.fill[:0], g.start...)
	for i := range g.edges {
		if e := &g.edges[i]; e.l != unset {
			g.out[g.fill[e.u]] = int32(2 * i)
			g.out[g.fill[e.v]] = int32(2*i + 1)
			g.fill[e.u]++
			g.fill[e.v]++
		}
	}
	for n := range at {
		out := g.out[g.start[n]:g.start[n+1]]
		if len(out) > 2 {
			g.sortAround(at, int32(n), out)
		}
	}
	for i, h := range g.out {
		g.place[h] = int32(i)
	}
}

func (g *graph) sortAround(at []pixel, n int32, out []int32) {
	c := at[n]
	for i := 1; i < len(out); i++ {
		h := out[i]
		p := at[g.head(h)]
		j := i
		for ; j > 0 && angleLess(p.x-c.x, p.y-c.y, at[g.head(out[j-1])].x-c.x, at[g.head(out[j-1])].y-c.y); j-- {
			out[j] = out[j-1]
		}
		out[j] = h
	}
}

// angleLess orders directions counter-clockwise, from just past -x round to -x.
func angleLess(ax, ay, bx, by int32) bool {
	if (ay < 0) != (by < 0) {
		return ay < 0
	}
	if c := int64(ax)*int64(by) - int64(ay)*int64(bx); c != 0 {
		return c > 0
	}
	return ax > bx // 0° and 180°
}

// head and tail are the nodes that a half-edge runs to and from, left is what
// lies on its left.
func (g *graph) head(h int32) int32 {
	if h&1 == 0 {
		return g.edges[h>>1].v
	}
	return g.edges[h>>1].u
}

func (g *graph) tail(h int32) int32 { return g.head(h ^ 1) }

func (g *graph) left(h int32) int32 {
	if h&1 == 0 {
		return g.edges[h>>1].l
	}
	return g.edges[h>>1].r
}
