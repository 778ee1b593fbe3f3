package rebalance

// scan looks at unit u's slots: which neighbours share its grid, and by how
// much the border grows when u alone goes to grid t.
func (s *search) scan(u, t int32) (same uint64, border float64) {
	g := s.asg[u]
	lo := s.a.off[u]
	row := s.a.nbr[lo:s.a.off[u+1]]
	cost := s.a.cost[lo:s.a.off[u+1]]
	var d float32
	for j, v := range row {
		switch s.asg[v] {
		case g:
			same |= 1 << (uint(j) & 63)
			d += cost[j]
		case t:
			d -= cost[j]
		}
	}
	return same, float64(d)
}

// movedBy is the change of the moved households when u goes from g to t.
func (s *search) movedBy(u, g, t int32) float64 {
	switch s.a.home[u] {
	case g:
		return s.moveCost[u]
	case t:
		return -s.moveCost[u]
	}
	return 0
}

// loose reports whether u can leave its grid without splitting or emptying it.
func (s *search) loose(u int32, same uint64) bool {
	g := s.asg[u]
	if len(s.mem[g]) == 1 {
		return s.a.mayEmpty[g]
	}
	if s.looseNear(u, same) {
		return true
	}
	if s.built[g] == s.version[g] {
		return !s.cut[u] && len(s.order[g]) == len(s.mem[g])
	}
	return s.looseByWalk(u)
}

// looseNear is loose as far as u's neighbours show it; it may say no where
// loose says yes.
func (s *search) looseNear(u int32, same uint64) bool {
	return same != 0 && s.a.off[u+1]-s.a.off[u] <= 64 && s.looseLocally(u, same)
}

// shift is one unit going to one grid, and what that changes.
type shift struct {
	u, g, t int32
	load    int32
	moved   float64
	border  float64
	penG    float64
	penT    float64
	soft    float64
	energy  float64
}

// weigh fills in what moving units of the given load from g to t changes; a
// tally must have gathered them when they are several.
func (s *search) weigh(m *shift, count int) {
	lg, lt := s.sum[m.g]-m.load, s.sum[m.t]+m.load
	ng, nt := len(s.mem[m.g])-count, len(s.mem[m.t])+count
	m.penG, m.penT = s.penalty(m.g, lg, ng), s.penalty(m.t, lt, nt)
	m.energy = m.moved + s.mu*m.border + s.lambda*(m.penG+m.penT-s.pen[m.g]-s.pen[m.t])
	if s.balance > 0 {
		m.soft = s.off(m.g, lg, ng) + s.off(m.t, lt, nt) -
			s.off(m.g, s.sum[m.g], len(s.mem[m.g])) - s.off(m.t, s.sum[m.t], len(s.mem[m.t]))
		m.energy += s.balance * m.soft
	}
	if s.tally != nil {
		m.energy += s.tally.gain(m, count)
	}
}

// apply makes the shift m of unit m.u real.
func (s *search) apply(m *shift) {
	s.account(m, 1)
	s.move(m.u, m.t)
}

func (s *search) account(m *shift, count int) {
	g, t := m.g, m.t
	lg, lt := s.sum[g]-m.load, s.sum[t]+m.load
	ng, nt := len(s.mem[g])-count, len(s.mem[t])+count
	s.violation += int64(s.out(g, lg, ng) + s.out(t, lt, nt) -
		s.out(g, s.sum[g], len(s.mem[g])) - s.out(t, s.sum[t], len(s.mem[t])))
	s.pen[g], s.pen[t] = m.penG, m.penT
	s.moved += m.moved
	s.border += m.border
	s.soft += m.soft
}
