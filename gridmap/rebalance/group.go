package rebalance

// proposeSubtree offers the part of u's grid below u to grid t.
func (s *search) proposeSubtree(u, t int32, thr float64) {
	part := s.subtree(u)
	if len(part) == 0 || len(part) == len(s.mem[s.asg[u]]) {
		return
	}
	s.group = append(s.group[:0], part...)
	s.tryGroup(s.group, t, thr)
}

// tryGroup moves all units of group, which leave a connected rest, to grid t
// if the energy allows; t touches at least one of them.
func (s *search) tryGroup(group []int32, t int32, thr float64) {
	s.stamp++
	g := s.asg[group[0]]
	m := shift{u: group[0], g: g, t: t}
	for _, u := range group {
		if s.a.frozen[u] {
			return
		}
		m.load += s.a.load[u]
		m.moved += s.movedBy(u, g, t)
		s.inGroup[u] = s.stamp
	}
	if s.tally != nil {
		s.tally.gather(group, g, t)
	}
	s.weigh(&m, len(group))
	if m.energy > thr+s.mu*2000 {
		return
	}
	for _, u := range group {
		for i := s.a.off[u]; i < s.a.off[u+1]; i++ {
			v := s.a.nbr[i]
			if s.inGroup[v] == s.stamp {
				continue
			}
			switch s.asg[v] {
			case g:
				m.border += float64(s.a.cost[i])
			case t:
				m.border -= float64(s.a.cost[i])
			}
		}
	}
	s.weigh(&m, len(group))
	if m.energy > thr {
		return
	}
	s.account(&m, len(group))
	for _, u := range group {
		s.move(u, t)
	}
	s.keep()
}
