package tiles

// tracer walks the outlines of one level's features in the graph.
type tracer struct {
	side  []int32 // per half-edge: the feature on its left, or outside/beyond/unknown
	inc   []bool  // per edge: drawn at this level
	seen  []bool  // per half-edge
	on    []int32 // per node: position + 1 on the path being walked
	path  []int32 // half-edges
	pts   []pixel // of all rings, each from its least point on
	turn  []pixel // scratch for closeLoop
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
	var least pixel
	at, k := int32(-1), 0 // the edge with the westernmost point, and which it is
	for i := range g.edges {
		if e := &g.edges[i]; t.inc[i] && !e.box {
			for j, p := range g.points(e) {
				if at < 0 || lessPixel(p, least) {
					at, k, least = int32(i), j, p
				}
			}
		}
	}
	e := &g.edges[at]
	pts := g.points(e)
	if k > 0 && k < len(pts)-1 { // inside a line: of its two ways from there, the last before -x
		a, b := pts[k-1], pts[k+1]
		if angleLess(a.x-least.x, a.y-least.y, b.x-least.x, b.y-least.y) {
			return t.side[2*at]
		}
		return t.side[2*at+1]
	}
	node := e.u
	if k > 0 {
		node = e.v
	}
	last := int32(-1) // the half-edge before -x, counter-clockwise
	for _, h := range g.out[g.start[node]:g.start[node+1]] {
		if !t.inc[h>>1] {
			continue
		}
		if last >= 0 {
			px, py := g.direction(h)
			if qx, qy := g.direction(last); !angleLess(qx, qy, px, py) {
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
			w.closeLoop(t.path[i-1:], label)
			t.path = t.path[:i-1]
		}
		t.path = append(t.path, h)
		t.on[n] = int32(len(t.path))
		if h = w.next(h); h == start {
			break
		}
	}
	w.closeLoop(t.path, label)
	t.tie(first)
	return true
}

func sizedBool(s []bool, n int) []bool {
	if cap(s) < n {
		return make([]bool, n, n+n/4)
	}
	return s[:n]
}
