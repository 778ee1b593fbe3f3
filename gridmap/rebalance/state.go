package rebalance

// state is one assignment of an area's units to its grids, with what the
// search needs to change it quickly.
type state struct {
	a   *area
	asg []int32   // grid of each unit
	sum []int32   // load of each grid
	mem [][]int32 // units of each grid, in no order
	pos []int32   // index of each unit in its grid's mem

	// Depth-first trees of grids, built when asked for: see tree.
	version   []uint32 // changes when the grid's members change
	built     []uint32 // version the tree was built for
	clock     uint32
	builds    int       // how many trees were built so far
	order     [][]int32 // preorder
	idx       []int32   // index of each unit in its grid's preorder; -1 while building
	low       []int32
	size      []int32 // units in the subtree
	parent    []int32
	next      []int32  // scratch: next slot to visit
	walked    []uint32 // stamps of looseByWalk
	walk      []int32
	walkStamp uint32
	cut       []bool // the grid would fall apart without the unit

	tally *tally // nil where it does not count
}

func newState(a *area) *state {
	n, k := a.n(), a.k()
	return &state{
		a: a, asg: make([]int32, n), sum: make([]int32, k), mem: make([][]int32, k), pos: make([]int32, n),
		version: make([]uint32, k), built: make([]uint32, k), order: make([][]int32, k),
		idx: make([]int32, n), low: make([]int32, n), size: make([]int32, n), parent: make([]int32, n), next: make([]int32, n), cut: make([]bool, n), walked: make([]uint32, n),
	}
}

// load replaces the assignment.
func (s *state) load(asg []int32) {
	copy(s.asg, asg)
	for g := range s.mem {
		s.mem[g] = s.mem[g][:0]
		s.sum[g] = 0
		s.touchGrid(int32(g))
	}
	for u, g := range asg {
		if g < 0 {
			continue
		}
		s.pos[u] = int32(len(s.mem[g]))
		s.mem[g] = append(s.mem[g], int32(u))
		s.sum[g] += s.a.load[u]
	}
	if s.tally != nil {
		s.tally.load(asg)
	}
}

func (s *state) touchGrid(g int32) {
	s.clock++
	s.version[g] = s.clock
}

// move puts unit u into grid t, whatever that does to contiguity.
func (s *state) move(u, t int32) {
	g := s.asg[u]
	m := s.mem[g]
	last := m[len(m)-1]
	i := s.pos[u]
	m[i] = last
	s.pos[last] = i
	s.mem[g] = m[:len(m)-1]
	s.pos[u] = int32(len(s.mem[t]))
	s.mem[t] = append(s.mem[t], u)
	l := s.a.load[u]
	s.sum[g] -= l
	s.sum[t] += l
	s.asg[u] = t
	s.clock += 2
	s.version[g] = s.clock
	s.version[t] = s.clock - 1
	if s.tally != nil {
		s.tally.move(u, g, t)
	}
}

// looseLocally reports whether u's neighbours inside its own grid hold
// together among themselves, so that u can leave without splitting the grid;
// false means "not seen here", not "no". Same is the bit mask of u's slots
// whose unit is in the same grid, not 0.
func (s *state) looseLocally(u int32, same uint64) bool {
	if same&(same-1) == 0 {
		return true
	}
	touch := s.a.touch[s.a.off[u]:s.a.off[u+1]]
	seen := same & -same
	todo := seen
	for todo != 0 {
		j := trailing(todo)
		todo &= todo - 1
		fresh := touch[j] & same &^ seen
		seen |= fresh
		todo |= fresh
		if seen == same {
			return true
		}
	}
	return false
}

// looseByWalk reports whether the rest of u's grid holds together without u,
// by walking from one of u's neighbours until all others in the grid are met.
func (s *state) looseByWalk(u int32) bool {
	g := s.asg[u]
	a := s.a
	s.walkStamp += 2
	mark := s.walkStamp
	s.walked[u] = mark
	queue := s.walk[:0]
	missing := -1
	for _, v := range a.nbr[a.off[u]:a.off[u+1]] {
		if s.asg[v] != g {
			continue
		}
		if missing++; missing == 0 {
			queue = append(queue, v)
			s.walked[v] = mark
		} else {
			s.walked[v] = mark - 1 // wanted
		}
	}
	for i := 0; i < len(queue) && missing > 0; i++ {
		v := queue[i]
		for _, w := range a.nbr[a.off[v]:a.off[v+1]] {
			if s.asg[w] != g || s.walked[w] == mark {
				continue
			}
			if s.walked[w] == mark-1 {
				missing--
			}
			s.walked[w] = mark
			queue = append(queue, w)
		}
	}
	s.walk = queue
	return missing == 0
}

// tree makes sure that grid g's depth-first tree is current.
func (s *state) tree(g int32, root int32) {
	if s.built[g] == s.version[g] && len(s.order[g]) == len(s.mem[g]) {
		return
	}
	s.rebuild(g, root)
}

// rebuild walks grid g depth first from root (Tarjan 1972): preorder, low
// points and subtree sizes, from which cut units and hanging parts follow.
func (s *state) rebuild(g, root int32) {
	a := s.a
	for _, u := range s.mem[g] {
		s.idx[u] = -1
	}
	ord := s.order[g][:0]
	s.idx[root], s.low[root], s.parent[root] = 0, 0, -1
	s.next[root], s.cut[root] = a.off[root], false
	branches := 0
	ord = append(ord, root)
	u := root
	for {
		if s.next[u] < a.off[u+1] {
			v := a.nbr[s.next[u]]
			s.next[u]++
			if s.asg[v] != g {
				continue
			}
			if d := s.idx[v]; d < 0 {
				d = int32(len(ord))
				s.idx[v], s.low[v], s.parent[v] = d, d, u
				s.next[v], s.cut[v] = a.off[v], false
				ord = append(ord, v)
				u = v
			} else if d < s.low[u] {
				s.low[u] = d
			}
			continue
		}
		s.size[u] = int32(len(ord)) - s.idx[u]
		p := s.parent[u]
		if p < 0 {
			break
		}
		switch {
		case p == root:
			branches++
			s.cut[p] = branches > 1
		case s.low[u] >= s.idx[p]:
			s.cut[p] = true
		}
		if s.low[u] < s.low[p] {
			s.low[p] = s.low[u]
		}
		u = p
	}
	s.order[g] = ord
	s.built[g] = s.version[g]
	s.builds++
}

// connected reports whether grid g is in one piece (an empty one is).
func (s *state) connected(g int32) bool {
	if len(s.mem[g]) == 0 {
		return true
	}
	s.tree(g, s.mem[g][0])
	return len(s.order[g]) == len(s.mem[g])
}

// release returns in dst the units that leave with u when u leaves its grid
// so that the rest stays in one piece: u alone when it is no cut unit,
// otherwise u and every part it would cut off but the heaviest. Nil when the
// grid is not in one piece already.
func (s *state) release(u int32, dst []int32) []int32 {
	g := s.asg[u]
	s.tree(g, s.mem[g][0])
	ord := s.order[g]
	if len(ord) != len(s.mem[g]) {
		return nil
	}
	dst = append(dst[:0], u)
	d := s.idx[u]
	end := d + s.size[u]
	root := s.parent[u] < 0
	// parts hanging from u: children whose subtree reaches no higher than u
	var restLoad int32
	keepStart, keepLoad := int32(-1), int32(-1)
	hanging := 0
	restLoad = s.sum[g] - s.a.load[u]
	for c := d + 1; c < end; c += s.size[ord[c]] {
		v := ord[c]
		if s.low[v] < d {
			continue
		}
		hanging++
		l := s.loadOf(ord[c : c+s.size[v]])
		restLoad -= l
		if l > keepLoad {
			keepStart, keepLoad = c, l
		}
	}
	if hanging == 0 || (root && hanging == 1) {
		return dst
	}
	keepRest := !root && restLoad >= keepLoad
	if !keepRest && !root {
		// the part above u and u's other children leave with u
		dst = append(dst, ord[:d]...)
		dst = append(dst, ord[end:]...)
	}
	for c := d + 1; c < end; c += s.size[ord[c]] {
		v := ord[c]
		part := ord[c : c+s.size[v]]
		hangs := s.low[v] >= d
		if (hangs && (keepRest || c != keepStart)) || (!hangs && !keepRest) {
			dst = append(dst, part...)
		}
	}
	return dst
}

func (s *state) loadOf(units []int32) (sum int32) {
	for _, u := range units {
		sum += s.a.load[u]
	}
	return sum
}

// subtree returns the units below and including u in its grid's tree: they
// hold together, and so does what remains of the grid.
func (s *state) subtree(u int32) []int32 {
	g := s.asg[u]
	s.tree(g, s.mem[g][0])
	if len(s.order[g]) != len(s.mem[g]) {
		return nil
	}
	return s.order[g][s.idx[u] : s.idx[u]+s.size[u]]
}
