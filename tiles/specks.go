package tiles

// speckArea2 is twice the area, in square units, up to which ground enclosed by
// the coverage but outside it is drawn as part of a neighbour: at most 2×2
// pixels of a 512-pixel tile. Rounding pinches such specks off narrow inlets,
// where they would look like gaps.
const speckArea2 = 32

// fillSpecks gives each speck to the face with the longest border on it.
func (w *workspace) fillSpecks() {
	t, g := &w.trace, &w.graph
	t.seen, t.inc = sizedBool(t.seen, 2*len(g.edges)), sizedBool(t.inc, len(g.edges))
	clear(t.seen)
	for i := range g.edges {
		t.inc[i] = g.edges[i].l != unset
	}
	for start := range int32(2 * len(g.edges)) {
		if !t.inc[start>>1] || t.seen[start] || g.left(start) != outside {
			continue
		}
		area2, atBox := int64(0), false
		t.path = t.path[:0]
		for h := start; ; {
			area2 += g.area2(h)
			atBox = atBox || g.edges[h>>1].box
			t.seen[h] = true
			t.path = append(t.path, h)
			if h = w.next(h); h == start {
				break
			}
		}
		if area2 > 0 && area2 <= speckArea2 && !atBox {
			w.giveSpeck(t.path)
		}
	}
}

func (w *workspace) giveSpeck(outline []int32) {
	g := &w.graph
	length := map[int32]int64{}
	to, most := int32(outside), int64(0)
	for _, h := range outline {
		f := g.left(h ^ 1)
		pts := g.points(&g.edges[h>>1])
		for i := 1; i < len(pts); i++ {
			length[f] += abs(int64(pts[i].x-pts[i-1].x)) + abs(int64(pts[i].y-pts[i-1].y))
		}
		if n := length[f]; f >= 0 && (n > most || n == most && f < to) {
			to, most = f, n
		}
	}
	for _, h := range outline {
		if e := &g.edges[h>>1]; h&1 == 0 {
			e.l = to
		} else {
			e.r = to
		}
	}
}

// area2 is what a half-edge adds to twice the area of a ring that it is part of.
func (g *graph) area2(h int32) (sum int64) {
	pts := g.points(&g.edges[h>>1])
	for i := 1; i < len(pts); i++ {
		sum += int64(pts[i-1].x)*int64(pts[i].y) - int64(pts[i].x)*int64(pts[i-1].y)
	}
	if h&1 == 1 {
		return -sum
	}
	return sum
}
