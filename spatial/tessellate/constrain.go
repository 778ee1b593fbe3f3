package tessellate

import "errors"

// errWarped says that noding did not part all lines, which rounding makes
// thinkable but no data is known to do.
var errWarped = errors.New("lines cross after noding")

// constrain makes the line from u to v, which passes no vertex, an edge of the
// mesh and marks it with its piece (Sloan, A fast algorithm for generating
// constrained Delaunay triangulations, 1993).
func (m *mesh) constrain(u, v, piece int32) error {
	if t, i := m.edge(u, v); t >= 0 {
		m.mark(t, i, piece)
		return nil
	}
	crossing, err := m.crossing(u, v)
	if err != nil {
		return err
	}
	fresh, err := m.flipAway(u, v, crossing)
	if err != nil {
		return err
	}
	t, i := m.edge(u, v)
	if t < 0 {
		return errWarped
	}
	m.mark(t, i, piece)
	m.restore(fresh)
	return nil
}

func (m *mesh) mark(t int32, i int, piece int32) {
	n := m.tris[t].across[i]
	m.tris[t].piece[i] = piece
	m.tris[n].piece[m.tris[n].indexAcross(t)] = piece
}

// edge finds the triangle with an edge from a to b, and the side it is. The
// fan around a corner of the rectangle is open: it is looked at from b.
func (m *mesh) edge(a, b int32) (t int32, side int) {
	if int(a) >= len(m.pts)-4 && int(b) < len(m.pts)-4 {
		t, side = m.edge(b, a)
		if t < 0 {
			return none, 0
		}
		n := m.tris[t].across[side]
		return n, m.tris[n].indexAcross(t)
	}
	t = m.at[a]
	for start := t; ; {
		c := &m.tris[t]
		i := c.indexOf(a)
		if c.corner[next(i)] == b {
			return t, prev(i)
		}
		if t = c.across[next(i)]; t == start || t < 0 {
			return none, 0
		}
	}
}

// crossing lists the edges that the line from u to v crosses.
func (m *mesh) crossing(u, v int32) ([][2]int32, error) {
	t := m.at[u]
	var i int
	for start := t; ; {
		c := &m.tris[t]
		i = c.indexOf(u)
		if m.orient(u, c.corner[next(i)], v) > 0 && m.orient(u, c.corner[prev(i)], v) < 0 {
			break
		}
		if t = c.across[next(i)]; t == start || t < 0 {
			return nil, errWarped
		}
	}
	var out [][2]int32
	for {
		c := &m.tris[t]
		if c.piece[i] != none {
			return nil, errWarped
		}
		out = append(out, [2]int32{c.corner[next(i)], c.corner[prev(i)]})
		n := c.across[i]
		o := &m.tris[n]
		j := o.indexAcross(t)
		d := o.corner[j]
		if d == v {
			return out, nil
		}
		switch m.orient(u, v, d) {
		case 0:
			return nil, errWarped
		case 1: // d is on the left: the line leaves between d and the right corner
			i = next(j)
			if m.orient(u, v, o.corner[i]) < 0 {
				i = prev(j)
			}
		default:
			i = next(j)
			if m.orient(u, v, o.corner[i]) > 0 {
				i = prev(j)
			}
		}
		t = n
	}
}

// flipAway flips the crossing edges until none crosses u–v; it returns the
// edges that came instead.
func (m *mesh) flipAway(u, v int32, queue [][2]int32) (fresh [][2]int32, err error) {
	for left := 64 * (len(queue) + 4) * (len(queue) + 4); len(queue) > 0; left-- {
		if left == 0 {
			return nil, errWarped
		}
		e := queue[0]
		queue = queue[1:]
		t, i := m.edge(e[0], e[1])
		if t < 0 {
			return nil, errWarped
		}
		p, d := m.tris[t].corner[i], m.opposite(t, i)
		if !m.convex(p, e[0], d, e[1]) {
			queue = append(queue, e)
			continue
		}
		m.flip(t, i)
		f := [2]int32{p, d}
		if m.between(u, v, p, d) {
			queue = append(queue, f)
		} else {
			fresh = append(fresh, f)
		}
	}
	return fresh, nil
}

func (m *mesh) opposite(t int32, i int) int32 {
	n := &m.tris[m.tris[t].across[i]]
	return n.corner[n.indexAcross(t)]
}

// convex tells whether the quadrangle is strictly convex.
func (m *mesh) convex(a, b, c, d int32) bool {
	return m.orient(a, b, c)*m.orient(a, d, c) < 0 && m.orient(b, c, d)*m.orient(b, a, d) < 0
}

// between tells whether p–d crosses u–v inside both.
func (m *mesh) between(u, v, p, d int32) bool {
	if p == u || p == v || d == u || d == v {
		return false
	}
	return m.orient(u, v, p)*m.orient(u, v, d) < 0
}

// restore flips the fresh edges where that empties a circle.
func (m *mesh) restore(fresh [][2]int32) {
	for round := 0; round < 32; round++ {
		flipped := false
		for k, e := range fresh {
			t, i := m.edge(e[0], e[1])
			if t < 0 || m.tris[t].piece[i] != none || m.tris[t].across[i] < 0 {
				continue
			}
			c := m.tris[t].corner
			d := m.opposite(t, i)
			if p := c[i]; m.convex(p, e[0], d, e[1]) && m.inCircle(m.pts[c[0]], m.pts[c[1]], m.pts[c[2]], m.pts[d]) {
				m.flip(t, i)
				fresh[k] = [2]int32{p, d}
				flipped = true
			}
		}
		if !flipped {
			return
		}
	}
}
