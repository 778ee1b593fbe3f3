package rebalance

// hops sets the weights of overload and underload: a household too many
// weighs more the more grids lie between it and the nearest grid with room,
// because it must be handed on once for each. The weights only guide the
// search; they bound nothing.
func (s *search) hops() {
	k := s.a.k()
	if cap(s.beside) < k*k {
		s.beside = make([]bool, k*k)
	}
	s.beside = s.beside[:k*k]
	clear(s.beside)
	for u, g := range s.asg {
		for _, v := range s.a.nbr[s.a.off[u]:s.a.off[u+1]] {
			s.beside[int(g)*k+int(s.asg[v])] = true
		}
	}
	s.spread(s.wOver, func(g int32) bool { return s.sum[g] < s.a.hi[g] })
	s.spread(s.wUnder, func(g int32) bool { return s.sum[g] > s.a.lo[g] })
	for g := range s.pen {
		s.pen[g] = s.penalty(int32(g), s.sum[g], len(s.mem[g]))
	}
}

// hopWeight is what each further hop adds; 0.2 to 0.5 did best on the
// benchmark streets, 1 worse than nothing.
const hopWeight = 0.3

// spread sets w to 1 + hopWeight for every hop beyond the first to the nearest
// grid that is good, breadth first over grids side by side.
func (s *search) spread(w []float64, good func(g int32) bool) {
	k := len(w)
	queue := s.queue[:0]
	for g := range w {
		w[g] = 0
		if len(s.mem[g]) > 0 && good(int32(g)) {
			w[g] = 1
			queue = append(queue, int32(g))
		}
	}
	for i := 0; i < len(queue); i++ {
		g := queue[i]
		for h := range k {
			if w[h] == 0 && s.beside[int(g)*k+h] {
				w[h] = w[g] + hopWeight
				queue = append(queue, int32(h))
			}
		}
	}
	for g := range w {
		w[g] = max(1, w[g]-hopWeight)
	}
	s.queue = queue
}
