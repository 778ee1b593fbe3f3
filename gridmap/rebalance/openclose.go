package rebalance

// proposeOpenOrClose does, now and then, and more often while something is out
// of bounds, what single shifts find hard; it reports whether it did.
func (s *search) proposeOpenOrClose(g int32) bool {
	r := s.rng.next()
	seldom := uint64(0x3FF)
	if s.violation > 0 {
		seldom = 0xFF
	}
	if r&seldom != 0 {
		return false
	}
	thr := s.threshold(r)
	if r>>10&7 == 0 {
		s.proposeClose(g, thr)
	} else {
		s.proposeOpen(g, thr)
	}
	return true
}

// proposeOpen offers a compact part of grid g, heavy enough to be a grid of
// its own, to an empty slot; seldom when g is not overloaded.
func (s *search) proposeOpen(g int32, thr float64) {
	slot := s.emptySlot()
	if slot < 0 || (s.sum[g] <= s.a.hi[g] && s.rng.next()&15 != 0) || !s.connected(g) {
		return
	}
	u := s.mem[g][s.rng.below(len(s.mem[g]))]
	want := s.a.lo[slot]
	if spare := s.sum[g] - s.a.lo[g] - want; spare > 0 { // both stay above the minimum
		want += int32(s.rng.below(int(min(spare, s.a.hi[slot]-want)) + 1))
	}
	if part := s.ball(u, want); part != nil {
		s.group = part
		s.tryGroup(part, slot, thr)
	}
}

// emptySlot returns a grid without units that may stay so, -1 when all are taken.
func (s *search) emptySlot() int32 {
	for g := len(s.mem) - 1; g >= 0; g-- {
		if len(s.mem[g]) == 0 && s.a.mayEmpty[g] {
			return int32(g)
		}
	}
	return -1
}

// ball grows breadth first from u inside its grid until the load reaches
// want, and adds whatever that would cut off from the heaviest rest. Nil when
// nothing would be left.
func (s *search) ball(u, want int32) []int32 {
	g := s.asg[u]
	s.stamp++
	part := append(s.group[:0], u)
	s.inGroup[u] = s.stamp
	load := s.a.load[u]
	for i := 0; i < len(part) && load < want; i++ {
		v := part[i]
		for _, w := range s.a.nbr[s.a.off[v]:s.a.off[v+1]] {
			if s.asg[w] == g && s.inGroup[w] != s.stamp && load < want {
				s.inGroup[w] = s.stamp
				load += s.a.load[w]
				part = append(part, w)
			}
		}
	}
	if len(part) == len(s.mem[g]) {
		return nil
	}
	return s.addCutOff(part, g)
}

// addCutOff appends to part the pieces of the rest of grid g but the heaviest.
func (s *search) addCutOff(part []int32, g int32) []int32 {
	bestFrom, bestTo, bestLoad := 0, 0, int32(-1)
	from := len(part)
	for _, u := range s.mem[g] {
		if s.inGroup[u] == s.stamp {
			continue
		}
		start := len(part)
		s.inGroup[u] = s.stamp
		part = append(part, u)
		load := int32(0)
		for i := start; i < len(part); i++ {
			v := part[i]
			load += s.a.load[v]
			for _, w := range s.a.nbr[s.a.off[v]:s.a.off[v+1]] {
				if s.asg[w] == g && s.inGroup[w] != s.stamp {
					s.inGroup[w] = s.stamp
					part = append(part, w)
				}
			}
		}
		if load > bestLoad {
			bestFrom, bestTo, bestLoad = start, len(part), load
		}
	}
	if bestTo == from {
		return nil
	}
	return append(part[:bestFrom], part[bestTo:]...)
}

// proposeClose hands every unit of grid g to the neighbour where it costs
// least, and takes it back unless the whole is acceptable.
func (s *search) proposeClose(g int32, thr float64) {
	s.undo = s.undo[:0]
	mark := s.mark()
	total := 0.0
	for progress := true; progress && len(s.mem[g]) > 0; {
		progress = false
		for i := len(s.mem[g]) - 1; i >= 0; i-- {
			if i >= len(s.mem[g]) {
				continue
			}
			m, ok := s.cheapest(s.mem[g][i])
			if !ok {
				continue
			}
			total += m.energy
			s.applyTry(&m)
			progress = true
		}
	}
	if len(s.mem[g]) > 0 || total > thr {
		s.rollback(mark)
		return
	}
	s.keep()
}

// cheapest is the best shift of u alone into a grid it touches.
func (s *search) cheapest(u int32) (best shift, ok bool) {
	g := s.asg[u]
	if s.a.frozen[u] {
		return best, false
	}
	last := g
	for _, v := range s.a.nbr[s.a.off[u]:s.a.off[u+1]] {
		t := s.asg[v]
		if t == g || t == last {
			continue
		}
		last = t
		m := shift{u: u, g: g, t: t, load: s.a.load[u]}
		_, m.border = s.scan(u, t)
		m.moved = s.movedBy(u, g, t)
		s.weigh(&m, 1)
		if !ok || m.energy < best.energy {
			best, ok = m, true
		}
	}
	return best, ok
}
