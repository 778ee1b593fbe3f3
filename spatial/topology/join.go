package topology

// A dart is a line and the direction in which to walk it: the line's number
// doubled, plus one for backwards.
type dart uint32

func (d dart) item() int      { return int(d >> 1) }
func (d dart) backward() bool { return d&1 == 1 }
func (d dart) twin() dart     { return d ^ 1 }

// chains are runs of lines joined end to end wherever exactly two meet.
type chains struct {
	darts []dart
	start []uint32 // of chain i in darts; one more at the end
	free  []bool   // chain i is closed and meets no other line
}

func (c *chains) len() int         { return len(c.free) }
func (c *chains) run(i int) []dart { return c.darts[c.start[i]:c.start[i+1]] }
func (c *chains) close(isFree bool) {
	c.start = append(c.start, uint32(len(c.darts)))
	c.free = append(c.free, isFree)
}

// joinLines joins n lines between numbered nodes into maximal chains that end
// at nodes where other than two line ends meet. Lines are taken in order, so
// the result depends on nothing else.
//
// A node for which fixed (nil: none) tells true ends chains whatever its number.
func joinLines(n, nodes int, ends func(i int) (from, to uint32), fixed func(node uint32) bool) *chains {
	star := newStars(n, nodes, ends)
	c := &chains{darts: make([]dart, 0, n), start: []uint32{0}}
	done := make([]bool, n)
	through := func(v uint32) bool { return star.degree(v) == 2 && (fixed == nil || !fixed(v)) }
	follow := func(d dart, stop uint32) {
		for {
			done[d.item()] = true
			c.darts = append(c.darts, d)
			from, to := ends(d.item())
			if d.backward() {
				to = from
			}
			if to == stop || !through(to) {
				return
			}
			out := star.at(to)
			d = out[0] ^ out[1] ^ d.twin() // the other of the two
		}
	}
	const never = ^uint32(0)
	for v := range uint32(nodes) {
		if through(v) {
			continue
		}
		for _, d := range star.at(v) {
			if !done[d.item()] {
				follow(d, never)
				c.close(false)
			}
		}
	}
	for i := range n {
		if !done[i] {
			from, _ := ends(i)
			follow(dart(2*i), from)
			c.close(true)
		}
	}
	return c
}

// stars lists, for every node, the darts that leave it.
type stars struct {
	start []uint32
	out   []dart
}

func newStars(n, nodes int, ends func(i int) (from, to uint32)) *stars {
	s := &stars{start: make([]uint32, nodes+1), out: make([]dart, 2*n)}
	for i := range n {
		from, to := ends(i)
		s.start[from]++
		s.start[to]++
	}
	sum := uint32(0)
	for v, k := range s.start {
		sum += k
		s.start[v] = sum
	}
	for i := n - 1; i >= 0; i-- { // from the back: lists end up in line order
		from, to := ends(i)
		s.start[to]--
		s.out[s.start[to]] = dart(2*i + 1)
		s.start[from]--
		s.out[s.start[from]] = dart(2 * i)
	}
	return s
}

func (s *stars) degree(v uint32) int { return int(s.start[v+1] - s.start[v]) }
func (s *stars) at(v uint32) []dart  { return s.out[s.start[v]:s.start[v+1]] }
