package tiles

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// anySegments draws lines that do not cross and rounds their ends, as arcs are
// rounded: many of them along the axes, on the pixels' edges, and so close
// together that rounding makes them cross.
func anySegments(t *rapid.T, w *workspace) {
	step := rapid.SampledFrom([]int64{1, 4, 32}).Draw(t, "step") // of rounding, in quarters of a fine point
	lo, hi := int64(w.frame.lo)<<fineBits*4, int64(w.frame.hi)<<fineBits*4
	var drawn [][4]int64
	at := func(name string) (x, y int64) {
		for k, v := range [2]*int64{&x, &y} {
			*v = rapid.Int64Range(lo, hi).Draw(t, name)
			if rapid.Bool().Draw(t, "onEdge") {
				*v = *v&^(4*fineOne-1) + 4*fineHalf
			}
			if len(drawn) > 0 && k == 1 && rapid.Bool().Draw(t, "beside") {
				l := rapid.SampledFrom(drawn).Draw(t, "line")
				part := rapid.Int64Range(0, 64).Draw(t, "part")
				x = l[0] + (l[2]-l[0])*part/64 + rapid.Int64Range(-8, 8).Draw(t, "offX")
				y = l[1] + (l[3]-l[1])*part/64 + rapid.Int64Range(-8, 8).Draw(t, "offY")
			}
		}
		return min(max(x, lo), hi), min(max(y, lo), hi)
	}
	for range rapid.IntRange(1, 40).Draw(t, "segments") {
		ax, ay := at("a")
		bx, by := at("b")
		if rapid.Bool().Draw(t, "short") {
			bx = min(max(ax+rapid.Int64Range(-12000, 12000).Draw(t, "dx"), lo), hi)
			by = min(max(ay+rapid.Int64Range(-12000, 12000).Draw(t, "dy"), lo), hi)
		}
		switch rapid.IntRange(0, 5).Draw(t, "axis") {
		case 0:
			bx = ax
		case 1:
			by = ay
		}
		line := [4]int64{ax, ay, bx, by}
		if slices.ContainsFunc(drawn, func(l [4]int64) bool { return touching(l, line) }) {
			continue
		}
		drawn = append(drawn, line)
		var r [4]int32
		for k, v := range line {
			r[k] = int32((v + 2*step) / (4 * step) * step) // to whole fine points, or to every so manieth
			r[k] = min(max(r[k], w.frame.lo<<fineBits), w.frame.hi<<fineBits)
		}
		if na, nb := w.node(r[0], r[1]), w.node(r[2], r[3]); na != nb {
			w.segs = append(w.segs, segment{r[0], r[1], r[2], r[3], na, nb, 0, 1, 4 + 2*int32(step)})
		}
	}
}

// touching tells whether two lines have a point in common other than an end of
// both.
func touching(a, b [4]int64) bool {
	turn := func(l [4]int64, x, y int64) int { return cmp.Compare((l[2]-l[0])*(y-l[1]), (l[3]-l[1])*(x-l[0])) }
	p, q := turn(a, b[0], b[1]), turn(a, b[2], b[3])
	r, s := turn(b, a[0], a[1]), turn(b, a[2], a[3])
	if p == 0 && q == 0 {
		return true // on one line; who cares whether they overlap
	}
	for _, i := range [2]int{0, 2} {
		for _, j := range [2]int{0, 2} {
			if a[i] == b[j] && a[i+1] == b[j+1] {
				return false
			}
		}
	}
	return p*q <= 0 && r*s <= 0
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
		w.buildGraph()
		edges := map[directed]int{}
		for _, e := range w.graph.edges {
			pts := w.graph.points(&e)
			for i := 1; i < len(pts); i++ {
				edges[directed{pts[i-1].x, pts[i-1].y, pts[i].x, pts[i].y}] = 1
			}
		}
		checkPlanar(t, "snapped", edges)
	})
}
