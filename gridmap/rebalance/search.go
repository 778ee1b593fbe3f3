package rebalance

import "math"

// search anneals one area. Its energy is, in households,
//
//	moved + lambda * sum of overload and underload, weighted by grid + mu * border + tally
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
func (s *search) score() float64 {
	score := s.moved + keepBorder*s.mu*s.border + s.balance*s.soft
	if s.tally != nil {
		score += s.tally.worth()
	}
	return score
}

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
	if s.tally != nil && s.tally.touchWorth > 0 && s.proposeReturn() {
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
