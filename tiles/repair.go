package tiles

// repair settles a level whose outlines disagree about what they enclose. It
// happens where ground thinner than the rounding of projection was turned
// inside out: each outline is then given to the feature with most of its
// length, borders between equals are dropped, and all is walked again. The
// result is a coverage whatever the input was.
func (w *workspace) repair() {
	t, g := &w.trace, &w.graph
	for range 8 {
		w.vote()
		for i := range g.edges {
			if t.inc[i] && !g.edges[i].box && t.side[2*i] == t.side[2*i+1] {
				t.inc[i] = false
			}
		}
		t.pts, t.rings = t.pts[:0], t.rings[:0]
		if w.walkAll() {
			return
		}
	}
	t.pts, t.rings = t.pts[:0], t.rings[:0]
}

// vote gives all half-edges of an outline the label that most of its length
// has; the lesser label of equals.
func (w *workspace) vote() {
	t, g := &w.trace, &w.graph
	clear(t.seen)
	votes := map[int32]int64{}
	for start := range int32(2 * len(g.edges)) {
		if !t.inc[start>>1] || t.seen[start] || t.side[start] == beyond {
			continue
		}
		clear(votes)
		for h := start; ; {
			t.seen[h] = true
			if s := t.side[h]; s != unknown && s != beyond {
				pts := g.points(&g.edges[h>>1])
				for i := 1; i < len(pts); i++ {
					votes[s] += max(abs(int64(pts[i].x-pts[i-1].x)), abs(int64(pts[i].y-pts[i-1].y)))
				}
			}
			if h = w.next(h); h == start {
				break
			}
		}
		best, most := int32(unknown), int64(0)
		for label, n := range votes {
			if n > most || n == most && label < best {
				best, most = label, n
			}
		}
		if best == unknown {
			continue
		}
		for h := start; ; {
			t.side[h] = best
			if h = w.next(h); h == start {
				break
			}
		}
	}
}

func abs(v int64) int64 { return max(v, -v) }
