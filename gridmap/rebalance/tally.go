package rebalance

// tally keeps count of what a plan is asked for besides few moved households,
// balance and short borders: short walks, and few grids touched. Both are kept
// as whole numbers for the assignment at hand, so that after any number of
// moves they are what counting anew gives. A search that is asked for neither
// has no tally.
type tally struct {
	a *area

	walkWorth float64   // households per household-step; 0 leaves walking out
	points    []cluster // by unit
	groups    []cluster // by grid
	walk      []int64   // by grid: how far its households have to go, household-steps
	walked    int64     // all grids

	touchWorth float64   // households per touched grid; 0 leaves them out
	homes      [][]int32 // by grid: the units whose home it is
	changes    []int32   // by grid: units that it lost or gained
	touched    int       // grids with changes

	part   cluster // what gather has added up
	partG  int32   // and how the changes of the grid left,
	partT  int32   // and of the grid joined, would differ
	stepM  float64 // metres in a step
	factor float64 // on both worths; 0 while limits are met first
}

// newTally returns the tally of a search of j, nil when there is nothing to
// tally. Where homes do not count, or nothing has one, all grids are touched
// alike; the most balanced plan touches what it must.
func (j *job) newTally() *tally {
	walks := j.weights.WalkPerKm > 0
	touches := j.weights.TouchedGrid > 0 && j.mode != ShortestBorder && j.mode != MostBalanced && !j.fresh()
	if !walks && !touches {
		return nil
	}
	t := &tally{a: j.area, changes: make([]int32, j.k()), factor: 1}
	if walks {
		t.points, t.stepM = j.points, j.stepM
		t.groups, t.walk = make([]cluster, j.k()), make([]int64, j.k())
		t.walkWorth = j.weights.WalkPerKm / 1000 * t.stepM
	}
	if touches {
		t.touchWorth = j.weights.TouchedGrid
		t.homes = make([][]int32, j.k())
		for u, h := range j.home {
			if h >= 0 {
				t.homes[h] = append(t.homes[h], int32(u))
			}
		}
	}
	return t
}

// load counts an assignment anew.
func (t *tally) load(asg []int32) {
	clear(t.groups)
	clear(t.changes)
	for u, g := range asg {
		if t.walkWorth > 0 && g >= 0 {
			t.groups[g].add(t.points[u], 1)
		}
		if h := t.a.home[u]; h != g {
			if h >= 0 {
				t.changes[h]++
			}
			if g >= 0 {
				t.changes[g]++
			}
		}
	}
	t.walked, t.touched = 0, 0
	for g := range t.walk {
		t.walk[g] = t.groups[g].walk()
		t.walked += t.walk[g]
	}
	for _, c := range t.changes {
		t.touched += btoi(c > 0)
	}
}

// move is told that unit u has gone from grid g to grid to.
func (t *tally) move(u, g, to int32) {
	if t.walkWorth > 0 {
		t.groups[g].add(t.points[u], -1)
		t.groups[to].add(t.points[u], 1)
		t.walked -= t.walk[g] + t.walk[to]
		t.walk[g], t.walk[to] = t.groups[g].walk(), t.groups[to].walk()
		t.walked += t.walk[g] + t.walk[to]
	}
	left, joined := t.strange(u, g, to)
	t.change(g, left)
	t.change(to, joined)
}

func (t *tally) change(g, by int32) {
	t.touched -= btoi(t.changes[g] > 0)
	t.changes[g] += by
	t.touched += btoi(t.changes[g] > 0)
}

// strange says by how much the changes of g and to grow when u goes from the
// one to the other: what comes home is no change any more.
func (t *tally) strange(u, g, to int32) (left, joined int32) {
	left, joined = -1, 1
	switch t.a.home[u] {
	case g:
		left = 1
	case to:
		joined = -1
	}
	return left, joined
}

// gather adds up the units that are to go from g to to at once.
func (t *tally) gather(units []int32, g, to int32) {
	t.part, t.partG, t.partT = cluster{}, 0, 0
	for _, u := range units {
		if t.walkWorth > 0 {
			t.part.add(t.points[u], 1)
		}
		left, joined := t.strange(u, g, to)
		t.partG += left
		t.partT += joined
	}
}

// gain is what going from m.g to m.t adds to worth: of unit m.u, or with a
// count above 1 of the units gathered last.
func (t *tally) gain(m *shift, count int) (households float64) {
	if t.walkWorth > 0 {
		part := &t.part
		if count == 1 {
			part = &t.points[m.u]
		}
		g, to := t.groups[m.g], t.groups[m.t]
		g.add(*part, -1)
		to.add(*part, 1)
		households = t.walkWorth * float64(g.walk()+to.walk()-t.walk[m.g]-t.walk[m.t])
	}
	if t.touchWorth > 0 {
		left, joined := t.partG, t.partT
		if count == 1 {
			left, joined = t.strange(m.u, m.g, m.t)
		}
		g, to := t.changes[m.g], t.changes[m.t]
		d := btoi(g+left > 0) - btoi(g > 0) + btoi(to+joined > 0) - btoi(to > 0)
		households += t.touchWorth * float64(d)
	}
	return t.factor * households
}

// counts says that there is a tally and that it counts at present.
func (t *tally) counts() bool { return t != nil && t.factor > 0 }

// worth is what the assignment at hand costs, in households.
func (t *tally) worth() float64 {
	return t.factor * (t.walkWorth*float64(t.walked) + t.touchWorth*float64(t.touched))
}

// walkedM is the walking of the assignment at hand in household-metres.
func (t *tally) walkedM() float64 { return float64(t.walked) * t.stepM }

// most is about as much as one shift of u can save; it only prunes.
func (t *tally) most(u int32) float64 {
	households := 2 * t.touchWorth
	if t.walkWorth > 0 {
		households += t.walkWorth * float64(t.points[u].households) * maxWalkGainM / t.stepM
	}
	return t.factor * households
}

// maxWalkGainM is how many metres nearer one shift can bring each household
// that it moves, about.
const maxWalkGainM = 300
