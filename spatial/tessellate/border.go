package tessellate

import (
	"cmp"
	"slices"

	"cloudgrid/spatial"
)

// half is a piece of border walked with its owner on the left.
type half struct {
	owner    int32
	from, to spatial.Point
}

// halves returns the borders of all owners. Both owners along a border walk
// the same points, so that what is drawn from them is a coverage.
func (s *survey) halves() []half {
	var out []half
	add := func(owner int32, a, b spatial.Point) {
		if owner != none && a != b {
			out = append(out, half{owner, a, b})
		}
	}
	for t := range s.mesh.tris {
		if !s.cover(int32(t)).inside {
			continue
		}
		for i := range 3 {
			s.sideHalves(int32(t), i, add)
		}
		s.innerHalves(int32(t), add)
	}
	return out
}

// sideHalves adds what of side i of t is border. A side is cut in its middle
// if its ends differ on either side of it.
func (s *survey) sideHalves(t int32, i int, add func(int32, spatial.Point, spatial.Point)) {
	c := &s.mesh.tris[t]
	u, v := c.corner[next(i)], c.corner[prev(i)]
	lu, lv := s.corner[3*t+int32(next(i))], s.corner[3*t+int32(prev(i))]
	ru, rv := none, none
	if n := c.across[i]; n >= 0 {
		o := &s.mesh.tris[n]
		ru, rv = s.corner[3*n+int32(o.indexOf(u))], s.corner[3*n+int32(o.indexOf(v))]
	}
	p, q := s.mesh.pts[u], s.mesh.pts[v]
	if lu == lv && ru == rv {
		if lu != ru {
			add(lu, p, q)
		}
		return
	}
	m := middle(p, q)
	if lu != ru {
		add(lu, p, m)
	}
	if lv != rv {
		add(lv, m, q)
	}
}

// innerHalves adds the borders within t: from the middles of its sides to each
// other, or to the centre where three owners meet.
func (s *survey) innerHalves(t int32, add func(int32, spatial.Point, spatial.Point)) {
	c := &s.mesh.tris[t]
	var p, m [3]spatial.Point // m[i] is the middle of the side facing corner i
	var l [3]int32
	for i := range 3 {
		p[i], l[i] = s.mesh.pts[c.corner[i]], s.corner[3*t+int32(i)]
	}
	for i := range 3 {
		m[i] = middle(p[next(i)], p[prev(i)])
	}
	if l[0] != l[1] && l[1] != l[2] && l[2] != l[0] {
		centre := spatial.Point{X: third(p[0].X, p[1].X, p[2].X), Y: third(p[0].Y, p[1].Y, p[2].Y)}
		for i := range 3 {
			add(l[i], m[prev(i)], centre)
			add(l[i], centre, m[next(i)])
		}
		return
	}
	for i := range 3 {
		if l[i] != l[next(i)] && l[i] != l[prev(i)] {
			add(l[i], m[prev(i)], m[next(i)])
			add(l[next(i)], m[next(i)], m[prev(i)])
		}
	}
}

// middle is the lattice point next to the middle, the same from both ends.
func middle(a, b spatial.Point) spatial.Point {
	return spatial.Point{X: int32((int64(a.X) + int64(b.X)) >> 1), Y: int32((int64(a.Y) + int64(b.Y)) >> 1)}
}

func third(a, b, c int32) int32 { return int32((int64(a) + int64(b) + int64(c)) / 3) }

func compareHalves(a, b half) int {
	return cmp.Or(cmp.Compare(a.owner, b.owner), comparePoints(a.from, b.from), comparePoints(a.to, b.to))
}

// shapes strings the halves of each owner into polygons; halves are sorted.
func shapes(hs []half) (owners []int32, out []spatial.MultiPolygon) {
	for len(hs) > 0 {
		n := 1
		for n < len(hs) && hs[n].owner == hs[0].owner {
			n++
		}
		owners = append(owners, hs[0].owner)
		out = append(out, nest(rings(hs[:n])))
		hs = hs[n:]
	}
	return owners, out
}

// rings walks the halves of one owner, taking the leftmost way where several
// lead on, so that a ring that touches itself falls apart at that point.
func rings(hs []half) []spatial.Ring {
	used := make([]bool, len(hs))
	var out []spatial.Ring
	for i := range hs {
		var r spatial.Ring
		for k := i; k >= 0 && !used[k]; k = onward(hs, used, k) {
			used[k] = true
			r = append(r, hs[k].from)
		}
		if len(r) > 2 {
			out = append(out, r)
		}
	}
	return out
}

// onward returns the half that goes on from half k: the first clockwise from
// the way back.
func onward(hs []half, used []bool, k int) int {
	at := hs[k].to
	j, _ := slices.BinarySearchFunc(hs, at, func(h half, p spatial.Point) int { return comparePoints(h.from, p) })
	best := -1
	for ; j < len(hs) && hs[j].from == at; j++ {
		if !used[j] && (best < 0 || clockwise(at, hs[k].from, hs[j].to, hs[best].to)) {
			best = j
		}
	}
	return best
}

// clockwise tells whether p comes before q when turning clockwise around o from
// the direction of back.
func clockwise(o, back, p, q spatial.Point) bool {
	half := func(x spatial.Point) int { // 0 right of the way back, 1 left of it or straight on
		switch s := spatial.Orient(o, back, x); {
		case s < 0:
			return 0
		case s > 0:
			return 2
		}
		if (int64(x.X)-int64(o.X))*(int64(back.X)-int64(o.X))+(int64(x.Y)-int64(o.Y))*(int64(back.Y)-int64(o.Y)) < 0 {
			return 1 // straight on
		}
		return 3 // the way back itself, last
	}
	if a, b := half(p), half(q); a != b {
		return a < b
	}
	return spatial.Orient(o, p, q) < 0
}

// nest makes polygons of rings that have their ground on the left.
func nest(rs []spatial.Ring) spatial.MultiPolygon {
	var outer, holes []spatial.Ring
	for _, r := range rs {
		if r.CCW() {
			outer = append(outer, r)
		} else {
			holes = append(holes, r)
		}
	}
	return spatial.Nest(outer, holes)
}
