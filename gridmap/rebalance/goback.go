package rebalance

// proposeReturn offers now and then, where touched grids count, to undo all
// that a touched grid has lost and gained: shift by shift that hardly happens,
// since all but the last of them are worth nothing. It reports whether it did.
func (s *search) proposeReturn() bool {
	r := s.rng.next()
	if r&0x3F != 0 {
		return false
	}
	g := s.lessTouched(r)
	if g < 0 {
		return true
	}
	thr := s.threshold(r)
	s.undo = s.undo[:0]
	mark := s.mark()
	total := 0.0
	for progress := true; progress && s.tally.changes[g] > 0; {
		progress = false
		for _, u := range s.tally.homes[g] {
			progress = s.tryHome(u, &total) || progress
		}
		for i := len(s.mem[g]) - 1; i >= 0; i-- {
			if i < len(s.mem[g]) {
				progress = s.tryHome(s.mem[g][i], &total) || progress
			}
		}
	}
	if s.tally.changes[g] > 0 || total > thr {
		s.rollback(mark)
		return true
	}
	s.keep()
	return true
}

// lessTouched draws two touched grids and returns the one with fewer changes;
// -1 when it meets none.
func (s *search) lessTouched(r uint64) int32 {
	best := int32(-1)
	for _, bits := range []uint32{uint32(r >> 9), uint32(r >> 32)} {
		g := pick(bits<<1, len(s.mem))
		if c := s.tally.changes[g]; c > 0 && (best < 0 || c < s.tally.changes[best]) {
			best = g
		}
	}
	return best
}

// tryHome moves u to its home if it is away, may leave, and touches it.
func (s *search) tryHome(u int32, total *float64) bool {
	g, t := s.asg[u], s.a.home[u]
	if t < 0 || t == g || s.a.frozen[u] {
		return false
	}
	m := shift{u: u, g: g, t: t, load: s.a.load[u]}
	beside := len(s.mem[t]) == 0
	for _, v := range s.a.nbr[s.a.off[u]:s.a.off[u+1]] {
		beside = beside || s.asg[v] == t
	}
	if !beside {
		return false
	}
	var same uint64
	same, m.border = s.scan(u, t)
	if !s.loose(u, same) {
		return false
	}
	m.moved = s.movedBy(u, g, t)
	s.weigh(&m, 1)
	*total += m.energy
	s.applyTry(&m)
	return true
}
