package tiles

import (
	"testing"

	"pgregory.net/rapid"
)

// anySegments draws segments of all lengths, many of them along the axes and
// on the pixels' edges.
func anySegments(t *rapid.T, w *workspace) {
	lo, hi := w.frame.lo<<fineBits, w.frame.hi<<fineBits
	at := func(name string) int32 {
		v := rapid.Int32Range(lo, hi).Draw(t, name)
		if rapid.Bool().Draw(t, "onEdge") {
			v = v&^(fineOne-1) + fineHalf
		}
		return min(v, hi)
	}
	for range rapid.IntRange(1, 40).Draw(t, "segments") {
		ax, ay := at("ax"), at("ay")
		bx, by := at("bx"), at("by")
		if rapid.Bool().Draw(t, "short") {
			bx = min(max(ax+rapid.Int32Range(-3000, 3000).Draw(t, "dx"), lo), hi)
			by = min(max(ay+rapid.Int32Range(-3000, 3000).Draw(t, "dy"), lo), hi)
		}
		switch rapid.IntRange(0, 3).Draw(t, "axis") {
		case 0:
			bx = ax
		case 1:
			by = ay
		}
		if na, nb := w.node(ax, ay), w.node(bx, by); na != nb {
			w.segs = append(w.segs, segment{ax, ay, bx, by, na, nb, 0, 1})
		}
	}
}

func TestEverySegmentPassesExactlyTheHotPixelsOnItsWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := new(workspace)
		w.reset(uint8(rapid.SampledFrom([]int{5, 8, 12}).Draw(t, "z")))
		anySegments(t, w)
		if len(w.segs) == 0 {
			return
		}
		w.snapAll()
		found := map[[2]int32]bool{}
		for _, p := range w.snap.passes {
			found[[2]int32{p.seg, p.node}] = true
		}
		for i := range w.segs {
			g := &w.segs[i]
			for n, at := range w.nodes.at {
				x0, y0 := at.x<<fineBits-fineHalf, at.y<<fineBits-fineHalf
				on := max(g.ax, g.bx) >= x0 && min(g.ax, g.bx) < x0+fineOne && max(g.ay, g.by) >= y0 && min(g.ay, g.by) < y0+fineOne &&
					g.na != int32(n) && g.nb != int32(n) && g.entersSquare(x0, y0)
				if on != found[[2]int32{int32(i), int32(n)}] {
					t.Fatalf("segment %+v through pixel %v: %v, found %v", *g, at, on, !on)
				}
			}
			for j := range i { // crossings are hot
				if x, y, ok := crossing(g, &w.segs[j]); ok {
					if s := w.nodes.find(toPixel(x), toPixel(y)); w.nodes.slots[s] == 0 {
						t.Fatalf("the crossing of %+v and %+v is not hot", *g, w.segs[j])
					}
				}
			}
		}
	})
}

func TestSnappedLinesNeverCross(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := new(workspace)
		w.reset(10)
		anySegments(t, w)
		if len(w.segs) == 0 {
			return
		}
		w.snapAll()
		w.graph.reset()
		w.buildGraph()
		edges := map[directed]int{}
		for _, e := range w.graph.edges {
			a, b := w.nodes.at[e.u], w.nodes.at[e.v]
			edges[directed{a.x, a.y, b.x, b.y}] = 1
		}
		checkPlanar(t, "snapped", edges)
	})
}
