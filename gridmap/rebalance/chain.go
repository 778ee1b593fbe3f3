package rebalance

import "math"

// step is a shift made for a try, with the versions that its grids had.
type step struct {
	u, from                int32
	versionFrom, versionTo uint32
}

// chainLength is the most shifts in a chain; longer ones cost more than they
// find. chainReach is how many temperatures above the threshold a chain may
// be while it is under way.
const (
	chainLength = 4
	chainReach  = 4
)

// chain applies the shift m for a try and looks for further shifts, out of
// the grid that m filled, that make the whole acceptable; otherwise all is
// taken back.
func (s *search) chain(m shift, thr float64) {
	s.undo = s.undo[:0]
	mark := s.mark()
	total := m.energy
	done := false
	s.applyTry(&m)
	for step := 1; step < chainLength && !done; step++ {
		b, found := s.eject(m.t, m.u, thr-total)
		if !found {
			break
		}
		total += b.energy
		s.applyTry(&b)
		done = total <= thr
		m = b
	}
	if done {
		s.keep()
		return
	}
	s.rollback(mark)
}

// marked is what rollback restores beside the undone shifts.
type marked struct {
	violation           int64
	moved, border, soft float64
	builds              int
}

func (s *search) mark() marked {
	return marked{s.violation, s.moved, s.border, s.soft, s.builds}
}

// rollback takes back the shifts in undo, the last first. If no tree was
// built meanwhile, those of before are valid again.
func (s *search) rollback(m marked) {
	for i := len(s.undo) - 1; i >= 0; i-- {
		st := s.undo[i]
		g := s.asg[st.u]
		s.move(st.u, st.from)
		s.pen[g] = s.penalty(g, s.sum[g], len(s.mem[g]))
		s.pen[st.from] = s.penalty(st.from, s.sum[st.from], len(s.mem[st.from]))
		if s.builds == m.builds {
			s.version[st.from], s.version[g] = st.versionFrom, st.versionTo
		}
	}
	s.violation, s.moved, s.border, s.soft = m.violation, m.moved, m.border, m.soft
}

func (s *search) applyTry(m *shift) {
	s.undo = append(s.undo, step{m.u, m.g, s.version[m.g], s.version[m.t]})
	s.apply(m)
}

// eject looks through grid g, which has just taken in joined, for a unit to
// send on: the first, from a random one on, whose energy is within limit, or
// else the one with the least.
func (s *search) eject(g, joined int32, limit float64) (best shift, found bool) {
	units := s.mem[g]
	n := len(units)
	at := s.rng.below(n)
	least := math.Inf(1)
	for range n {
		u := units[at]
		if at++; at == n {
			at = 0
		}
		if u == joined || s.a.frozen[u] {
			continue
		}
		l := s.a.load[u]
		most := min(least, limit+chainReach*s.temp) + s.mu*maxBorderGainM +
			s.lambda*(s.pen[g]-s.penalty(g, s.sum[g]-l, n-1))
		if s.tally != nil {
			most += s.tally.most(u)
		}
		if s.a.home[u] == g && s.moveCost[u] > most {
			continue
		}
		last := g
		for _, v := range s.a.nbr[s.a.off[u]:s.a.off[u+1]] {
			t := s.asg[v]
			if t == g || t == last {
				continue
			}
			last = t
			m := shift{u: u, g: g, t: t, load: l, moved: s.movedBy(u, g, t)}
			if m.moved > most {
				continue
			}
			var same uint64
			same, m.border = s.scan(u, t)
			s.weigh(&m, 1)
			if m.energy < least && s.loose(u, same) {
				best, least, found = m, m.energy, true
				if least <= limit {
					return best, true
				}
			}
		}
	}
	return best, found
}

// maxBorderGainM is how much shorter one shift can make the border; a guess
// that only prunes.
const maxBorderGainM = 150
