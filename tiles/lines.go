package tiles

import (
	"cmp"
	"slices"
)

// addBorders adds one feature per level with all lines whose highest separated
// level it is; atoms come as one level below the last.
func (w *workspace) addBorders(p *Pyramid, t Tile) {
	w.rankEdges(len(p.src.Levels)+1, func(e *edge) int32 { return p.highest(e.l, e.r, t.Z) })
	for level := range int32(len(p.src.Levels) + 1) {
		lines := w.chains(level)
		if len(lines) == 0 {
			continue
		}
		for i := range lines {
			lines[i].canonical()
		}
		e := &w.enc
		e.lines(lines)
		e.tags = e.tags[:0]
		e.tag(e.borders.key("level"), e.borders.integer(int64(level)))
		e.feature(&e.borders, uint64(level)+1, typeLine)
	}
}

// addAtomEdges adds one feature for each two atoms that share a border, and for
// each that borders on the outside. Walking its lines, the atom with the lesser
// id is on the left hand.
func (w *workspace) addAtomEdges(p *Pyramid) {
	g, a := &w.graph, p.src.Atoms
	type pair struct{ left, right int32 } // features; right -1 for the outside
	var pairs []pair
	number := map[pair]int32{}
	w.rankEdges(0, func(e *edge) int32 {
		k := pair{atomOf(a, e.r), atomOf(a, e.l)} // on the map, where y runs down, left is right
		if k.left == k.right {
			return -1
		}
		if k.left < 0 || k.right >= 0 && a.IDs[k.right] < a.IDs[k.left] {
			k.left, k.right = k.right, k.left
		}
		n, known := number[k]
		if !known {
			n = int32(len(pairs))
			number[k], pairs = n, append(pairs, k)
		}
		return n
	})
	order := make([]int32, len(pairs))
	for i := range order {
		order[i] = int32(i)
	}
	id := func(f int32) uint64 {
		if f < 0 {
			return 0
		}
		return a.IDs[f]
	}
	slices.SortFunc(order, func(i, j int32) int {
		return cmp.Or(cmp.Compare(id(pairs[i].left), id(pairs[j].left)), cmp.Compare(id(pairs[i].right), id(pairs[j].right)),
			cmp.Compare(pairs[i].right, pairs[j].right))
	})
	for _, n := range order {
		k := pairs[n]
		lines := w.chains(n)
		for i := range lines {
			if h := lines[i].first; atomOf(a, g.left(h^1)) != k.left {
				slices.Reverse(lines[i].pts)
			}
			lines[i].turnLoop()
		}
		e := &w.enc
		e.lines(lines)
		e.tags = e.tags[:0]
		e.tag(e.atomEdges.key("left"), e.atomEdges.integer(int64(a.IDs[k.left])))
		if k.right >= 0 {
			e.tag(e.atomEdges.key("right"), e.atomEdges.integer(int64(a.IDs[k.right])))
		}
		e.feature(&e.atomEdges, EdgeID(id(k.left), id(k.right)), typeLine)
	}
}

// highest returns the topmost level, of those shown at zoom z, that separates
// two faces; -1 for none.
func (p *Pyramid) highest(a, b int32, z uint8) int32 {
	of := func(level *Level, face int32) int32 {
		if face < 0 {
			return -1
		}
		return level.Of[face]
	}
	for i := range p.src.Levels {
		if l := &p.src.Levels[i]; z >= l.MinZoom && of(l, a) != of(l, b) {
			return int32(i)
		}
	}
	if l := p.src.Atoms; l != nil && z >= l.MinZoom && of(l, a) != of(l, b) {
		return int32(len(p.src.Levels))
	}
	return -1
}

// EdgeID is the id of the feature of the border between two atoms, or between
// one and the outside, 0: the same in every tile and edition, and a number that
// JavaScript counts exactly. Two pairs of a million share one with a chance of
// some thousandths.
func EdgeID(left, right uint64) uint64 {
	x := left*0x9e3779b97f4a7c15 ^ right
	for range 2 { // the finaliser of splitmix64, twice
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
	}
	return 1 + x>>12
}

func atomOf(l *Level, face int32) int32 {
	if face < 0 {
		return -1
	}
	return l.Of[face]
}

// rankEdges gives every edge of the graph a rank, -1 for those to leave out, and
// lists the edges of each.
func (w *workspace) rankEdges(ranks int, rankOf func(e *edge) int32) {
	g, c := &w.graph, &w.chain
	c.rank, c.start = sized(c.rank, len(g.edges)), c.start[:0]
	for range ranks + 1 {
		c.start = append(c.start, 0)
	}
	for i := range g.edges {
		c.rank[i] = -1
		if e := &g.edges[i]; e.l != unset && !e.box {
			r := rankOf(e)
			c.rank[i] = r
			for int(r)+1 >= len(c.start) {
				c.start = append(c.start, 0)
			}
			if r >= 0 {
				c.start[r]++
			}
		}
	}
	c.edges = sized(c.edges, int(sumUp(c.start)))
	at := append(w.snap.ends[:0], c.start...)
	for i, r := range c.rank[:len(g.edges)] {
		if r >= 0 {
			c.edges[at[r]] = int32(i)
			at[r]++
		}
	}
	w.snap.ends = at
	c.seen = sizedBool(c.seen, len(g.edges))
	clear(c.seen)
}

// chainer holds what chains are made from.
type chainer struct {
	rank  []int32 // per edge
	start []int32 // per rank, into edges
	edges []int32
	seen  []bool // per edge
}

// chain is a line through the graph, from the tail of half-edge first on.
type chain struct {
	first int32
	pts   []pixel
}

// chains joins the edges of one rank into lines, through nodes where nothing
// else of that rank meets.
func (w *workspace) chains(rank int32) (lines []chain) {
	g, c := &w.graph, &w.chain
	degree := func(n int32) (d int) {
		for _, h := range g.out[g.start[n]:g.start[n+1]] {
			if c.rank[h>>1] == rank {
				d++
			}
		}
		return d
	}
	follow := func(h int32) chain {
		line := chain{first: h}
		for {
			c.seen[h>>1] = true
			n := g.head(h)
			line.pts = g.along(line.pts, h)
			if degree(n) != 2 {
				line.pts = append(line.pts, w.nodes.at[n])
				return line
			}
			back := h ^ 1
			for _, o := range g.out[g.start[n]:g.start[n+1]] {
				if c.rank[o>>1] == rank && o != back {
					h = o
				}
			}
			if c.seen[h>>1] {
				line.pts = append(line.pts, w.nodes.at[n])
				return line
			}
		}
	}
	for _, loops := range [...]bool{false, true} { // open lines first, what is left are loops
		for _, e := range c.edges[c.start[rank]:c.start[rank+1]] {
			for h := 2 * e; h <= 2*e+1; h++ {
				if !c.seen[e] && (loops || degree(g.tail(h)) != 2) {
					lines = append(lines, follow(h))
				}
			}
		}
	}
	return lines
}

// lines puts lines into e.geom, in order of their points.
func (e *encoder) lines(lines []chain) {
	slices.SortFunc(lines, func(a, b chain) int { return slices.CompareFunc(a.pts, b.pts, comparePixels) })
	e.geom = e.geom[:0]
	var pn pen
	for _, l := range lines {
		e.line(&pn, l.pts, false)
	}
}

func comparePixels(a, b pixel) int {
	if a.x != b.x {
		return int(a.x - b.x)
	}
	return int(a.y - b.y)
}

// canonical turns a line so that it does not depend on where it was picked up:
// from its lesser end or, a loop, from its least point towards the lesser side.
func (l *chain) canonical() {
	n := len(l.pts)
	if loop := l.turnLoop(); loop && lessPixel(l.pts[n-2], l.pts[1]) || !loop && lessPixel(l.pts[n-1], l.pts[0]) {
		slices.Reverse(l.pts)
	}
}

// turnLoop lets a loop begin at its least point; false for a line that is none.
func (l *chain) turnLoop() bool {
	n := len(l.pts)
	if l.pts[0] != l.pts[n-1] {
		return false
	}
	ring := l.pts[:n-1]
	least := 0
	for i, p := range ring {
		if lessPixel(p, ring[least]) {
			least = i
		}
	}
	turned := append(slices.Clone(ring[least:]), ring[:least]...)
	l.pts = append(turned, turned[0])
	return true
}
