package tessellate

import (
	"slices"

	"cloudgrid/spatial"
)

// triangle has its corners counter-clockwise; across[i] is the triangle beyond
// the edge that faces corner i, or none, and piece[i] the noded piece that runs
// along that edge, or none.
type triangle struct{ corner, across, piece [3]int32 }

const none int32 = -1

func next(i int) int { return (i + 1) % 3 }
func prev(i int) int { return (i + 2) % 3 }

func (t *triangle) indexOf(v int32) int {
	for i := range 3 {
		if t.corner[i] == v {
			return i
		}
	}
	return -1
}

func (t *triangle) indexAcross(n int32) int {
	for i := range 3 {
		if t.across[i] == n {
			return i
		}
	}
	return -1
}

// mesh is a constrained Delaunay triangulation of lattice points. Its last four
// vertices are the corners of a rectangle far around the others.
type mesh struct {
	plane
	pts  []spatial.Point
	tris []triangle
	at   []int32 // vertex → one of its triangles
	last int32
	todo []int32
}

// newMesh triangulates distinct points. Their order decides between equally
// good triangulations.
func newMesh(pts []spatial.Point, pl plane) *mesh {
	n := int32(len(pts))
	box := spatial.EmptyBox()
	for _, p := range pts {
		box = box.Extend(p)
	}
	pad := max(box.Max.X-box.Min.X, box.Max.Y-box.Min.Y) + 16
	x0, y0, x1, y1 := box.Min.X-pad, box.Min.Y-pad, box.Max.X+pad, box.Max.Y+pad
	m := &mesh{
		plane: pl,
		pts:   append(slices.Clone(pts), spatial.Point{X: x0, Y: y0}, spatial.Point{X: x1, Y: y0}, spatial.Point{X: x1, Y: y1}, spatial.Point{X: x0, Y: y1}),
		at:    make([]int32, n+4),
	}
	free := [3]int32{none, none, none}
	m.tris = make([]triangle, 0, 2*n+8)
	m.tris = append(m.tris,
		triangle{[3]int32{n, n + 1, n + 2}, [3]int32{none, 1, none}, free},
		triangle{[3]int32{n, n + 2, n + 3}, [3]int32{none, none, 0}, free})
	m.seen(0)
	m.seen(1)
	for _, v := range insertionOrder(pts, box) {
		m.insert(v)
	}
	return m
}

// insertionOrder walks the points along a Z-curve, row by row of cells turned
// about, so that each is near the one before.
func insertionOrder(pts []spatial.Point, box spatial.Box) []int32 {
	keys := make([]uint64, len(pts))
	for i, p := range pts {
		keys[i] = zKey(uint32(p.X-box.Min.X), uint32(p.Y-box.Min.Y))
	}
	order := make([]int32, len(pts))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		if keys[a] < keys[b] {
			return -1
		}
		return 1
	})
	return order
}

// zKey interleaves the bits of both coordinates.
func zKey(x, y uint32) uint64 { return spread(x) | spread(y)<<1 }

func spread(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	return (x | x<<1) & 0x5555555555555555
}

func (m *mesh) seen(t int32) {
	for _, v := range m.tris[t].corner {
		m.at[v] = t
	}
}

func (m *mesh) orient(a, b, c int32) int { return spatial.Orient(m.pts[a], m.pts[b], m.pts[c]) }

// locate walks to the triangle that holds v, on edge i of it when i ≥ 0.
func (m *mesh) locate(v int32) (t int32, edge int) {
	t = m.last
walk:
	for {
		edge = -1
		c := &m.tris[t]
		for i := range 3 {
			switch o := m.orient(c.corner[next(i)], c.corner[prev(i)], v); {
			case o < 0:
				t = c.across[i]
				continue walk
			case o == 0:
				edge = i
			}
		}
		return t, edge
	}
}

func (m *mesh) insert(v int32) {
	t, edge := m.locate(v)
	m.splitInner(t, v)
	if edge >= 0 {
		// The corner opposite the edge that v lies on now has a flat triangle
		// before it: flipping that edge away makes it right.
		m.flattenAt(v)
	}
	m.legalize(v)
	m.last = m.at[v]
}

// splitInner puts v into triangle t.
func (m *mesh) splitInner(t, v int32) {
	o := m.tris[t]
	u := int32(len(m.tris))
	ids := [3]int32{t, u, u + 1}
	m.tris = append(m.tris, triangle{}, triangle{})
	for i := range 3 {
		// Triangle i is v and the edge facing corner i.
		m.tris[ids[i]] = triangle{
			corner: [3]int32{v, o.corner[next(i)], o.corner[prev(i)]},
			across: [3]int32{o.across[i], ids[next(i)], ids[prev(i)]},
			piece:  [3]int32{o.piece[i], none, none},
		}
		if n := o.across[i]; n >= 0 {
			nb := &m.tris[n]
			nb.across[m.sideOf(nb, o.corner[next(i)], o.corner[prev(i)])] = ids[i]
		}
		m.seen(ids[i])
	}
	m.todo = append(m.todo[:0], ids[:]...)
}

// sideOf is the side of t that faces neither a nor b.
func (m *mesh) sideOf(t *triangle, a, b int32) int {
	for i := range 3 {
		if t.corner[i] != a && t.corner[i] != b {
			return i
		}
	}
	return -1
}

// flattenAt flips the edge of the flat triangle at v.
func (m *mesh) flattenAt(v int32) {
	for _, t := range m.todo {
		c := &m.tris[t]
		if m.orient(c.corner[0], c.corner[1], c.corner[2]) == 0 {
			m.todo = append(m.todo, m.flip(t, c.indexOf(v)))
			return
		}
	}
}

// legalize flips edges around v, from the triangles in todo, until all circles
// are empty again.
func (m *mesh) legalize(v int32) {
	for len(m.todo) > 0 {
		t := m.todo[len(m.todo)-1]
		m.todo = m.todo[:len(m.todo)-1]
		c := &m.tris[t]
		i := c.indexOf(v)
		n := c.across[i]
		if n < 0 {
			continue
		}
		o := &m.tris[n]
		d := o.corner[o.indexAcross(t)]
		if m.inCircle(m.pts[c.corner[0]], m.pts[c.corner[1]], m.pts[c.corner[2]], m.pts[d]) {
			m.todo = append(m.todo, t, m.flip(t, i))
		}
	}
}

// flip turns the edge of t that faces its corner i; both new triangles have
// that corner first. It returns the other one.
func (m *mesh) flip(t int32, i int) int32 {
	u := m.tris[t].across[i]
	a, b := m.tris[t], m.tris[u]
	j := b.indexAcross(t)
	p, q, r, d := a.corner[i], a.corner[next(i)], a.corner[prev(i)], b.corner[j]
	m.tris[t] = triangle{
		[3]int32{p, q, d},
		[3]int32{b.across[next(j)], u, a.across[prev(i)]},
		[3]int32{b.piece[next(j)], none, a.piece[prev(i)]},
	}
	m.tris[u] = triangle{
		[3]int32{p, d, r},
		[3]int32{b.across[prev(j)], a.across[next(i)], t},
		[3]int32{b.piece[prev(j)], a.piece[next(i)], none},
	}
	if n := b.across[next(j)]; n >= 0 {
		m.tris[n].across[m.tris[n].indexAcross(u)] = t
	}
	if n := a.across[next(i)]; n >= 0 {
		m.tris[n].across[m.tris[n].indexAcross(t)] = u
	}
	m.seen(t)
	m.seen(u)
	return u
}
