package rebalance

import (
	"math"
)

// search anneals one area. Its energy is, in households,
//
//	moved + lambda * sum of overload and underload, weighted by grid + mu * border
//
// and it keeps the best assignment seen by (violation, moved + mu * border).
type search struct {
	*state
	a      *area
	rng    rng
	negLog *quantiles

	mu       float64   // households per metre of border
	balance  float64   // households per unit of load off the middle of the range
	canOpen  bool      // grids may open and close
	moveCost []float64 // what each unit costs when away from home
	lambda   float64   // households per unit of load out of bounds
	unit     float64   // households that a unit of load stands for, about
	wOver    []float64 // weight of a grid's overload
	wUnder   []float64
	pen      []float64 // lambda-free weighted penalty of each grid
	temp     float64   // households

	violation int64   // load out of bounds, all grids
	moved     float64 // households away from home
	border    float64 // border cost, metres
	soft      float64 // load off the middle, all grids; kept only when balance counts

	best          []int32
	bestViolation int64
	bestScore     float64
	feasibleSeen  bool // since the last time the annealer asked

	group   []int32
	inGroup []uint32
	stamp   uint32
	undo    []step
	beside  []bool // scratch of hops: which grids touch
	queue   []int32
}

// step is a shift made for a try, with the versions that its grids had.
type step struct {
	u, from                int32
	versionFrom, versionTo uint32
}

func newSearch(a *area, seed rng, table *quantiles) *search {
	k := a.k()
	s := &search{
		state: newState(a), a: a, rng: seed, negLog: table, unit: 1, lambda: 2,
		wOver: make([]float64, k), wUnder: make([]float64, k), pen: make([]float64, k),
		best: make([]int32, a.n()), inGroup: make([]uint32, a.n()),
	}
	for g := range s.wOver {
		s.wOver[g], s.wUnder[g] = 1, 1
	}
	s.setMoveCost(false)
	s.forget()
	return s
}

// forget drops the best plan, because what counts has changed.
func (s *search) forget() {
	s.bestViolation, s.bestScore = math.MaxInt64, math.Inf(1)
}

// restart loads an assignment and counts everything anew.
func (s *search) restart(asg []int32) {
	s.load(asg)
	s.violation, s.moved, s.border, s.soft = 0, 0, 0, 0
	for g := range s.sum {
		if s.balance > 0 {
			s.soft += s.off(int32(g), s.sum[g], len(s.mem[g]))
		}
		s.violation += int64(s.out(int32(g), s.sum[g], len(s.mem[g])))
		s.pen[g] = s.penalty(int32(g), s.sum[g], len(s.mem[g]))
	}
	for u := range s.asg {
		if s.asg[u] != s.a.home[u] {
			s.moved += s.moveCost[u]
		}
		for i := s.a.off[u]; i < s.a.off[u+1]; i++ {
			if v := s.a.nbr[i]; int(v) > u && s.asg[v] != s.asg[u] {
				s.border += float64(s.a.cost[i])
			}
		}
	}
	s.keep()
}

// emptyCost is what moving a building without households counts: not nothing,
// or plans would scatter them, and less than any household.
const emptyCost = 0.3

// setMoveCost says what each unit costs when it is away from home.
func (s *search) setMoveCost(homeless bool) {
	s.moveCost = make([]float64, s.a.n())
	for u := range s.moveCost {
		if !homeless && s.a.home[u] >= 0 {
			s.moveCost[u] = max(float64(s.a.hh[u]), emptyCost)
		}
	}
}

// out is the load out of bounds of grid g if it held n units of load l.
func (s *search) out(g, l int32, n int) int32 {
	switch {
	case n == 0 && s.a.mayEmpty[g]:
		return 0
	case l > s.a.hi[g]:
		return l - s.a.hi[g]
	case l < s.a.lo[g]:
		return s.a.lo[g] - l
	}
	return 0
}

func (s *search) penalty(g, l int32, n int) float64 {
	switch {
	case n == 0 && s.a.mayEmpty[g]:
		return 0
	case l > s.a.hi[g]:
		return float64(l-s.a.hi[g]) * s.wOver[g]
	case l < s.a.lo[g]:
		return float64(s.a.lo[g]-l) * s.wUnder[g]
	}
	return 0
}

// off is how far load l of grid g lies off the middle of its range.
func (s *search) off(g, l int32, n int) float64 {
	if n == 0 && s.a.mayEmpty[g] {
		return 0
	}
	return math.Abs(float64(l) - (float64(s.a.lo[g])+float64(s.a.hi[g]))/2)
}

// score is what the search minimises among plans of the same violation.
//
// Border weighs less here than on the way: the search meets many plans of
// nearly the same border, and among those the fewest moved households count.
func (s *search) score() float64 { return s.moved + keepBorder*s.mu*s.border + s.balance*s.soft }

const keepBorder = 0.4

// keep remembers the present assignment when it is the best so far.
func (s *search) keep() {
	if s.violation == 0 {
		s.feasibleSeen = true
	}
	if s.violation > s.bestViolation {
		return
	}
	sc := s.score()
	if s.violation == s.bestViolation && sc >= s.bestScore-1e-6 {
		return
	}
	s.bestViolation, s.bestScore = s.violation, sc
	copy(s.best, s.asg)
}

// threshold draws the most that the energy may rise.
func (s *search) threshold(r uint64) float64 {
	return s.temp * s.negLog[r>>52]
}

// quantiles holds -ln(u) at 4096 steps of u, so that a draw costs one look-up.
type quantiles [4096]float64

func newQuantiles() *quantiles {
	var t quantiles
	for i := range t {
		t[i] = -math.Log((float64(i) + 0.5) / float64(len(t)))
	}
	return &t
}

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

// weigh fills in what moving units of the given load from g to t changes.
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

// propose tries one random change: a shift, the start of a chain, or the
// shift of a whole part of a grid.
func (s *search) propose() {
	r := s.rng.next()
	a := s.a
	u := a.movable[pick(uint32(r), len(a.movable))]
	deg := int(a.off[u+1] - a.off[u])
	if deg == 0 {
		return
	}
	v := a.nbr[a.off[u]+pick(uint32(r>>20), deg)]
	g, t := s.asg[u], s.asg[v]
	if s.canOpen && s.proposeOpenOrClose(g) {
		return
	}
	if g == t {
		return
	}
	r = s.rng.next()
	thr := s.threshold(r)
	if r&127 == 0 {
		s.proposeSubtree(u, t, thr)
		return
	}
	m := shift{u: u, g: g, t: t, load: a.load[u]}
	var same uint64
	same, m.border = s.scan(u, t)
	m.moved = s.movedBy(u, g, t)
	s.weigh(&m, 1)
	if m.energy <= thr {
		if s.loose(u, same) {
			s.apply(&m)
			s.keep()
		} else if len(s.mem[g]) > 1 {
			if part := s.release(u, s.group); part != nil {
				s.group = part
				s.tryGroup(part, t, thr)
			}
		}
		return
	}
	if m.energy > thr+chainReach*s.temp+s.lambda*float64(m.load)*2 {
		return
	}
	if s.loose(u, same) {
		s.chain(m, thr)
	}
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
