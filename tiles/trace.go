package tiles

// tracer walks the outlines of one level's features in the graph.
type tracer struct {
	side  []int32 // per half-edge: the feature on its left, or outside/beyond/unknown
	inc   []bool  // per edge: drawn at this level
	seen  []bool  // per half-edge
	on    []int32 // per node: position + 1 on the path being walked
	path  []int32 // nodes
	pts   []pixel // of all rings, each from its least point on
	rings []ring
	spare []ring  // scratch for order
	idx   []int32 // scratch for order
}

// ring is a simple closed line in tracer.pts: an exterior when area2 is
// positive, a hole when negative (MVT's winding).
type ring struct {
	label    int32
	from, to int32
	area2    int64
	parent   int32 // of a hole: its exterior's index; -1 not known yet
}

// traceLevel finds the rings of all features of a level in the tile. of maps
// faces to features (-1 none); at answers which face is at the tile's centre,
// for tiles without a border. Rings come out grouped: by feature, exteriors
// from west to east, each followed by its holes.
func (w *workspace) traceLevel(of []int32, at func() int32) []ring {
	t, g := &w.trace, &w.graph
	t.pts, t.rings = t.pts[:0], t.rings[:0]
	t.side, t.inc = sized(t.side, 2*len(g.edges)), sizedBool(t.inc, len(g.edges))
	group := func(face int32) int32 {
		if face < 0 {
			return face
		}
		return of[face]
	}
	borders := false
	for i := range g.edges {
		e := &g.edges[i]
		l, r := group(e.l), group(e.r)
		t.side[2*i], t.side[2*i+1] = l, r
		t.inc[i] = e.l != unset && (e.box || l != r)
		borders = borders || t.inc[i] && !e.box
	}
	w.labelBox(borders, group, at)
	if !w.walkAll() {
		w.repair()
	}
	t.adopt()
	t.order()
	return t.rings
}

// labelBox decides what lies inside the clip box where no border of the level
// reaches it.
func (w *workspace) labelBox(borders bool, group func(int32) int32, at func() int32) {
	t, g := &w.trace, &w.graph
	known := false
	for i := range g.edges {
		if e := &g.edges[i]; e.box && t.inc[i] {
			known = known || t.side[2*i] != unknown && t.side[2*i] != beyond || t.side[2*i+1] != unknown && t.side[2*i+1] != beyond
		}
	}
	touched := false // a border reaches the box: its outline then carries labels
	if borders {
		for i := range g.edges {
			if e := &g.edges[i]; t.inc[i] && !e.box && (w.frame.onEdge(w.nodes.at[e.u]) || w.frame.onEdge(w.nodes.at[e.v])) {
				touched = true
				break
			}
		}
	}
	if touched {
		return
	}
	label := int32(unknown)
	switch {
	case borders:
		label = w.leftOfAll()
	case known:
	default:
		for i := range g.edges { // all faces here are in one feature
			if e := &g.edges[i]; e.l != unset && !e.box {
				label = group(e.l)
				break
			}
		}
		if label == unknown {
			label = group(at())
		}
	}
	if label == unknown {
		return
	}
	for i := range g.edges {
		if g.edges[i].box {
			for _, h := range [2]int{2 * i, 2*i + 1} {
				if t.side[h] == unknown {
					t.side[h] = label
				}
			}
		}
	}
}

// leftOfAll returns what lies west of the westernmost border of the level.
func (w *workspace) leftOfAll() int32 {
	t, g := &w.trace, &w.graph
	best := int32(-1)
	for i := range g.edges {
		if !t.inc[i] || g.edges[i].box {
			continue
		}
		for _, n := range [2]int32{g.edges[i].u, g.edges[i].v} {
			if best < 0 || lessPixel(w.nodes.at[n], w.nodes.at[best]) {
				best = n
			}
		}
	}
	last := int32(-1) // the half-edge before -x, counter-clockwise
	c := w.nodes.at[best]
	for _, h := range g.out[g.start[best]:g.start[best+1]] {
		if !t.inc[h>>1] {
			continue
		}
		p := w.nodes.at[g.head(h)]
		if last >= 0 {
			if q := w.nodes.at[g.head(last)]; !angleLess(q.x-c.x, q.y-c.y, p.x-c.x, p.y-c.y) {
				continue
			}
		}
		last = h
	}
	return t.side[last]
}

func lessPixel(a, b pixel) bool { return a.x < b.x || a.x == b.x && a.y < b.y }

// next returns the half-edge after h on the outline of what lies on h's left.
func (w *workspace) next(h int32) int32 {
	t, g := &w.trace, &w.graph
	n := g.head(h)
	from, to := g.start[n], g.start[n+1]
	for i := g.place[h^1]; ; {
		if i--; i < from {
			i = to - 1
		}
		if t.inc[g.out[i]>>1] {
			return g.out[i]
		}
	}
}

// walkAll walks the outline of every feature; false when an outline's sides
// disagree, which repair settles.
func (w *workspace) walkAll() bool {
	t, g := &w.trace, &w.graph
	t.seen = sizedBool(t.seen, 2*len(g.edges))
	clear(t.seen)
	t.on = zeroed(t.on, len(w.nodes.at))
	for start := range int32(2 * len(g.edges)) {
		if label := t.side[start]; label >= 0 && t.inc[start>>1] && !t.seen[start] {
			if !w.walk(start, label) {
				return false
			}
		}
	}
	return true
}

// walk follows one outline and adds its rings: where it comes back to a node,
// the loop since then is a ring of its own.
func (w *workspace) walk(start, label int32) bool {
	t, g := &w.trace, &w.graph
	t.path = t.path[:0]
	first := len(t.rings)
	for h := start; ; {
		if s := t.side[h]; s != label && s != unknown {
			return false
		}
		t.seen[h] = true
		n := g.tail(h)
		if i := t.on[n]; i > 0 {
			t.closeLoop(w.nodes.at, t.path[i-1:], label)
			for _, m := range t.path[i-1:] {
				t.on[m] = 0
			}
			t.path = t.path[:i-1]
		}
		t.path = append(t.path, n)
		t.on[n] = int32(len(t.path))
		if h = w.next(h); h == start {
			break
		}
	}
	t.closeLoop(w.nodes.at, t.path, label)
	for _, m := range t.path {
		t.on[m] = 0
	}
	t.tie(first)
	return true
}

func sizedBool(s []bool, n int) []bool {
	if cap(s) < n {
		return make([]bool, n, n+n/4)
	}
	return s[:n]
}
