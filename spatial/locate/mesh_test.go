package locate

import (
	"math/rand/v2"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// arcsCoverage is a coverage made of given arcs.
type arcsCoverage struct {
	faces int
	arcs  []topology.Arc
}

func (c arcsCoverage) NumFaces() int                      { return c.faces }
func (c arcsCoverage) NumArcs() int                       { return len(c.arcs) }
func (c arcsCoverage) Arc(id topology.ArcID) topology.Arc { return c.arcs[id] }

// mesh is a triangulated lattice whose triangles carry faces: with random
// labels it has holes, enclaves, parts and faces that touch in a point.
type mesh struct {
	n     int // vertices a side
	at    []spatial.Point
	label [][2]topology.FaceID // two triangles per square
}

type side struct {
	a, b        int
	left, right topology.FaceID
}

func newMesh(rng *rand.Rand, n, faces int) *mesh {
	m := &mesh{n: n, at: make([]spatial.Point, n*n), label: make([][2]topology.FaceID, (n-1)*(n-1))}
	gap := int32(1 + rng.IntN(5))
	for i := range m.at {
		m.at[i] = spatial.Point{X: int32(i%n) * gap, Y: int32(i/n) * gap}
	}
	any := func() topology.FaceID { return topology.FaceID(rng.IntN(faces+1) - 1) }
	for i := range m.label {
		l := [2]topology.FaceID{any(), any()}
		switch {
		case i > 0 && rng.IntN(3) > 0:
			l[0] = m.label[i-1][1]
		case i >= n-1 && rng.IntN(2) > 0:
			l[0] = m.label[i-n+1][1]
		}
		if rng.IntN(2) > 0 {
			l[1] = l[0]
		}
		m.label[i] = l
	}
	for range 3 * len(m.at) {
		m.nudge(rng, gap)
	}
	m.shear(rng)
	return m
}

// corners returns a triangle, counter-clockwise: 0 south-east, 1 north-west of
// the square's diagonal.
func (m *mesh) corners(square, half int) [3]int {
	a := square/(m.n-1)*m.n + square%(m.n-1)
	if half == 0 {
		return [3]int{a, a + 1, a + m.n + 1}
	}
	return [3]int{a, a + m.n + 1, a + m.n}
}

func (m *mesh) sound() bool {
	for sq := range m.label {
		for h := range 2 {
			c := m.corners(sq, h)
			if spatial.Orient(m.at[c[0]], m.at[c[1]], m.at[c[2]]) <= 0 {
				return false
			}
		}
	}
	return true
}

// nudge moves an inner vertex if no triangle turns over. The rim stays: a fold
// of it over another part of itself would turn no triangle over.
func (m *mesh) nudge(rng *rand.Rand, gap int32) {
	i := rng.IntN(len(m.at))
	if x, y := i%m.n, i/m.n; x == 0 || y == 0 || x == m.n-1 || y == m.n-1 {
		return
	}
	old := m.at[i]
	m.at[i] = spatial.Point{X: old.X + rng.Int32N(2*gap+1) - gap, Y: old.Y + rng.Int32N(2*gap+1) - gap}
	if !m.sound() {
		m.at[i] = old
	}
}

// shear applies a random integer map of positive determinant.
func (m *mesh) shear(rng *rand.Rand) {
	maps := [][4]int32{{1, 0, 0, 1}, {1, 1, 0, 1}, {0, -1, 1, 0}, {1, 0, -2, 1}, {2, 1, 1, 1}, {-1, 0, 0, -1}}
	k := maps[rng.IntN(len(maps))]
	for i, p := range m.at {
		m.at[i] = spatial.Point{X: k[0]*p.X + k[1]*p.Y, Y: k[2]*p.X + k[3]*p.Y}
	}
}

func (m *mesh) scale(f int32) {
	for i, p := range m.at {
		m.at[i] = spatial.Point{X: p.X * f, Y: p.Y * f}
	}
}

// sides lists the mesh edges between different faces.
func (m *mesh) sides() []side {
	leftOf := make(map[[2]int]topology.FaceID)
	for sq, l := range m.label {
		for h := range 2 {
			c := m.corners(sq, h)
			for k := range 3 {
				leftOf[[2]int{c[k], c[(k+1)%3]}] = l[h]
			}
		}
	}
	var out []side
	for a := range m.at {
		for _, b := range []int{a + 1, a + m.n, a + m.n + 1} {
			l, ok1 := leftOf[[2]int{a, b}]
			r, ok2 := leftOf[[2]int{b, a}]
			if !ok1 {
				l = topology.Outside
			}
			if !ok2 {
				r = topology.Outside
			}
			if (ok1 || ok2) && l != r {
				out = append(out, side{a, b, l, r})
			}
		}
	}
	return out
}

// coverage joins the sides to arcs, in random order and direction, some of them
// cut in the middle.
func (m *mesh) coverage(rng *rand.Rand, faces int) arcsCoverage {
	sides := m.sides()
	rng.Shuffle(len(sides), func(i, j int) { sides[i], sides[j] = sides[j], sides[i] })
	degree := make(map[int]int)
	for i, s := range sides {
		degree[s.a]++
		degree[s.b]++
		if rng.IntN(2) == 0 {
			sides[i] = side{s.b, s.a, s.right, s.left}
		}
	}
	c := arcsCoverage{faces: faces}
	used := make([]bool, len(sides))
	for i, s := range sides {
		if used[i] {
			continue
		}
		used[i] = true
		line := []int{s.a, s.b}
		for line[0] != line[len(line)-1] && degree[line[len(line)-1]] == 2 && rng.IntN(8) > 0 {
			j, next := joining(sides, used, line[len(line)-1])
			if j < 0 {
				break
			}
			used[j] = true
			line = append(line, next)
		}
		arc := topology.Arc{Left: s.left, Right: s.right}
		for _, v := range line {
			arc.Points = append(arc.Points, m.at[v])
		}
		c.arcs = append(c.arcs, arc)
	}
	return c
}

// segments makes an arc of every side, always in the same direction.
func (m *mesh) segments(faces int) arcsCoverage {
	c := arcsCoverage{faces: faces}
	for _, s := range m.sides() {
		c.arcs = append(c.arcs, topology.Arc{Left: s.left, Right: s.right, Points: []spatial.Point{m.at[s.a], m.at[s.b]}})
	}
	return c
}

func joining(sides []side, used []bool, v int) (index, next int) {
	for j, s := range sides {
		switch {
		case used[j]:
		case s.a == v:
			return j, s.b
		case s.b == v:
			return j, s.a
		}
	}
	return -1, 0
}

// queries are all lattice points of and around a small mesh, or those next to
// the vertices of a scaled one.
func (m *mesh) queries(rng *rand.Rand, f int32) []spatial.Point {
	box := spatial.EmptyBox()
	for _, p := range m.at {
		box = box.Extend(p)
	}
	var qs []spatial.Point
	if f == 1 {
		for y := box.Min.Y - 2; y <= box.Max.Y+2; y++ {
			for x := box.Min.X - 2; x <= box.Max.X+2; x++ {
				qs = append(qs, spatial.Point{X: x, Y: y})
			}
		}
		return qs
	}
	for _, p := range m.at {
		qs = append(qs, p)
		for range 6 {
			q := spatial.Point{X: p.X + rng.Int32N(5) - 2, Y: p.Y + rng.Int32N(5) - 2}
			r := spatial.Point{X: p.X + (rng.Int32N(9)-4)*f/4, Y: p.Y + (rng.Int32N(9)-4)*f/4}
			qs = append(qs, q, r)
		}
	}
	return qs
}
