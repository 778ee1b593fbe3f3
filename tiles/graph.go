package tiles

import "slices"

// graph is the tile's planar graph: lines through pixels, each once, with what
// lies on its two sides. A line runs on through the nodes where nothing else
// meets it.
type graph struct {
	edges []edge
	pts   []pixel // of all edges
	start []int32 // per node, into out
	out   []int32 // half-edges leaving a node, counter-clockwise
	place []int32 // of a half-edge in out

	degree []int32    // scratch: per node, how many line pieces end there
	sides  [4][]int32 // scratch: nodes on each side of the box
	fill   []int32    // scratch for link
	ls, rs []int32    // scratch for merge
}

// edge is a line from node u to v, which may be the same. Its half-edge 2i runs
// u→v with face l on the left, half-edge 2i+1 runs back with face r on the left
// (mathematical left, y down).
type edge struct {
	u, v, l, r int32
	from, to   int32 // its points, both ends included
	box        bool  // lies on the clip box
}

const unset = -4 // the sides of an edge that vanished

// buildGraph draws every segment through the pixels it passes and adds the
// outline of the clip box.
func (w *workspace) buildGraph() {
	g := &w.graph
	g.edges, g.pts = g.edges[:0], g.pts[:0]
	g.degree = zeroed(g.degree, len(w.nodes.at))
	for i := range w.segs {
		g.degree[w.segs[i].na]++
		g.degree[w.segs[i].nb]++
	}
	for i := range w.snap.passes {
		g.degree[w.snap.passes[i].node] += 2
	}
	before, next := int32(-1), w.snap.passes // the node before the last one of the open edge
	for i := range w.segs {
		s := &w.segs[i]
		to := s.nb
		if len(next) > 0 && next[0].seg == int32(i) {
			to = next[0].node
		}
		if i == 0 || !w.runsOn(&w.segs[i-1], s) || before == to {
			w.beginEdge(s.na, s.l, s.r)
		}
		before = s.na
		for len(next) > 0 && next[0].seg == int32(i) {
			w.extendEdge(next[0].node)
			w.beginEdge(next[0].node, s.l, s.r)
			before, next = next[0].node, next[1:]
		}
		w.extendEdge(s.nb)
	}
	w.addBox()
	g.link(len(w.nodes.at))
}

// runsOn tells whether nothing but two segments meet at the node between them,
// and they part the same faces.
func (w *workspace) runsOn(a, b *segment) bool {
	return a.nb == b.na && w.graph.degree[b.na] == 2 && a.l == b.l && a.r == b.r && !w.frame.onEdge(w.nodes.at[b.na])
}

func (w *workspace) beginEdge(node, l, r int32) {
	g := &w.graph
	from := int32(len(g.pts))
	g.edges = append(g.edges, edge{u: node, l: l, r: r, from: from})
	g.pts = append(g.pts, w.nodes.at[node])
}

func (w *workspace) extendEdge(node int32) {
	g := &w.graph
	g.pts = append(g.pts, w.nodes.at[node])
	e := &g.edges[len(g.edges)-1]
	e.v, e.to = node, int32(len(g.pts))
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
			w.beginEdge(line[i-1], unknown, beyond)
			w.extendEdge(line[i])
			w.graph.edges[len(w.graph.edges)-1].box = true
		}
	}
}

// link lists the half-edges around each node, counter-clockwise, and merges
// those that lie on each other.
func (g *graph) link(nodes int) {
	g.start = zeroed(g.start, nodes+1)
	for i := range g.edges {
		g.start[g.edges[i].u]++
		g.start[g.edges[i].v]++
	}
	g.out = sized(g.out, int(sumUp(g.start)))
	g.place = sized(g.place, 2*len(g.edges))
	g.fill = append(g.fill[:0], g.start...)
	for i := range g.edges {
		e := &g.edges[i]
		g.out[g.fill[e.u]] = int32(2 * i)
		g.fill[e.u]++
		g.out[g.fill[e.v]] = int32(2*i + 1)
		g.fill[e.v]++
	}
	for n := range nodes {
		out := g.out[g.start[n]:g.start[n+1]]
		if len(out) > 1 {
			g.sortAround(out)
			g.mergeAround(int32(n), out)
		}
	}
	for i, h := range g.out {
		g.place[h] = int32(i)
	}
}

func (g *graph) sortAround(out []int32) {
	if len(out) == 2 {
		return
	}
	for i := 1; i < len(out); i++ {
		h := out[i]
		x, y := g.direction(h)
		j := i
		for ; j > 0; j-- {
			if px, py := g.direction(out[j-1]); !angleLess(x, y, px, py) {
				break
			}
			out[j] = out[j-1]
		}
		out[j] = h
	}
}

// direction is where a half-edge leaves its tail for.
func (g *graph) direction(h int32) (x, y int32) {
	e := &g.edges[h>>1]
	a, b := g.pts[e.from], g.pts[e.from+1]
	if h&1 == 1 {
		a, b = g.pts[e.to-1], g.pts[e.to-2]
	}
	return b.x - a.x, b.y - a.y
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

// mergeAround merges edges that lie on each other: single line pieces, since
// lines end where others join them. Both ends see them; the lesser one merges.
func (g *graph) mergeAround(n int32, out []int32) {
	for i := 0; i+1 < len(out); {
		k := i + 1
		for k < len(out) && g.single(out[i]) && g.single(out[k]) && g.head(out[k]) == g.head(out[i]) {
			k++
		}
		if k-i > 1 && n < g.head(out[i]) {
			g.merge(out[i:k])
		}
		i = k
	}
}

func (g *graph) single(h int32) bool { return g.edges[h>>1].to-g.edges[h>>1].from == 2 }

// merge reduces several edges between two nodes, given as half-edges from one
// of them, to the faces that remain left and right of them all: a face between
// two has been squeezed to nothing. The first stays, or none.
func (g *graph) merge(same []int32) {
	ls, rs := g.ls[:0], g.rs[:0]
	box := int32(-1)
	for _, h := range same {
		if g.edges[h>>1].box {
			box = h
			continue
		}
		ls, rs = append(ls, g.left(h)), append(rs, g.left(h^1))
	}
	for i := 0; i < len(ls); {
		if j := slices.Index(rs, ls[i]); j >= 0 {
			ls, rs = slices.Delete(ls, i, i+1), slices.Delete(rs, j, j+1)
			continue
		}
		i++
	}
	g.ls, g.rs = ls, rs
	l, r := int32(unset), int32(unset)
	if len(ls) > 0 {
		l, r = slices.Min(ls), slices.Min(rs)
	}
	if box >= 0 {
		inner, outer := &l, &r
		if g.left(box) == beyond {
			inner, outer = outer, inner
		}
		if *outer = beyond; *inner == unset {
			*inner = unknown
		}
	}
	for i, h := range same {
		e := &g.edges[h>>1]
		if e.l, e.r, e.box = unset, unset, false; i == 0 {
			if e.l, e.r, e.box = l, r, box >= 0; h&1 == 1 {
				e.l, e.r = r, l
			}
		}
	}
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

// points returns those of an edge, from u to v.
func (g *graph) points(e *edge) []pixel { return g.pts[e.from:e.to] }

// along appends the points of a half-edge in its direction, but for the last.
func (g *graph) along(dst []pixel, h int32) []pixel {
	pts := g.points(&g.edges[h>>1])
	if h&1 == 0 {
		return append(dst, pts[:len(pts)-1]...)
	}
	for i := len(pts) - 1; i > 0; i-- {
		dst = append(dst, pts[i])
	}
	return dst
}
