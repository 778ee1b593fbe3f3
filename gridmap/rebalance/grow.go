package rebalance

import "math"

// startFromHome gives the area its first assignment: home where the grid's
// heaviest piece is, and the rest grown from there.
func (a *area) startFromHome() {
	a.start = append([]int32(nil), a.home...)
	a.dropFragments()
	a.fill()
}

// regrown returns an assignment grown anew around the middle of each grid's
// home: where grids are far out of balance it is nearer to a good plan than
// home is.
func (a *area) regrown() []int32 {
	k := a.k()
	x, y, n := make([]float64, k), make([]float64, k), make([]float64, k)
	for u, g := range a.home {
		if g >= 0 {
			x[g] += a.xM[u]
			y[g] += a.yM[u]
			n[g]++
		}
	}
	held := make([]bool, k)
	b := *a
	b.start = make([]int32, a.n())
	for u := range b.start {
		b.start[u] = -1
		if g := a.home[u]; a.frozen[u] && g >= 0 {
			b.start[u] = g
			held[g] = true
		}
	}
	seed, near := make([]int32, k), make([]float64, k)
	for g := range seed {
		seed[g] = -1
	}
	for u, g := range a.home {
		if g < 0 || held[g] {
			continue
		}
		if d := math.Hypot(a.xM[u]-x[g]/n[g], a.yM[u]-y[g]/n[g]); seed[g] < 0 || d < near[g] {
			seed[g], near[g] = int32(u), d
		}
	}
	for g, u := range seed {
		if u >= 0 {
			b.start[u] = int32(g)
		}
	}
	b.fill()
	b.seedEmpty(b.start)
	if !a.noMorePieces(b.start, a.start) { // frozen units of one grid, joined by free ones, came apart
		return a.start
	}
	return b.start
}

// keepWhole gives up a plan that leaves some grid in more pieces than home
// does. The search never parts a grid that is whole; one that lies in pieces
// already, held together by locked atoms, it can. What is there now is then the
// best there is to offer, and is judged as it stands.
func (j *job) keepWhole() {
	if j.fresh() || j.noMorePieces(j.plan, j.home) {
		return
	}
	for _, u := range j.home {
		if u < 0 {
			return // there is no plan to go back to
		}
	}
	j.plan = j.home
}

// noMorePieces tells whether no grid lies in more pieces by one assignment than
// by another.
func (a *area) noMorePieces(now, before []int32) bool {
	n, m := a.pieces(now), a.pieces(before)
	for g := range n {
		if n[g] > max(m[g], 1) {
			return false
		}
	}
	return true
}

// pieces counts the connected pieces of each grid.
func (a *area) pieces(assigned []int32) []int {
	count := make([]int, a.k())
	seen := make([]bool, a.n())
	var stack []int32
	for u, g := range assigned {
		if g < 0 || seen[u] {
			continue
		}
		count[g]++
		seen[u] = true
		for stack = append(stack[:0], int32(u)); len(stack) > 0; {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, w := range a.nbr[a.off[v]:a.off[v+1]] {
				if !seen[w] && assigned[w] == g {
					seen[w] = true
					stack = append(stack, w)
				}
			}
		}
	}
	return count
}

// startFresh gives the area a first assignment that heeds no home.
func (a *area) startFresh(r *rng) {
	a.start = make([]int32, a.n())
	a.plantSeeds(r)
	a.fill()
}

// dropFragments leaves only the heaviest piece of each grid assigned, and the
// pieces with a frozen unit: those cannot be joined to another, and letting the
// rest of such a piece go could part its frozen units from each other.
func (a *area) dropFragments() {
	piece := make([]int32, a.n())
	for u := range piece {
		piece[u] = -1
	}
	type part struct {
		weight int64
		grid   int32
		frozen bool
	}
	var parts []part
	var stack []int32
	for u := range piece {
		g := a.start[u]
		if g < 0 || piece[u] >= 0 {
			continue
		}
		id := int32(len(parts))
		parts = append(parts, part{grid: g})
		piece[u] = id
		stack = append(stack[:0], int32(u))
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			parts[id].weight += 1 + 1000*int64(a.load[v])
			if a.frozen[v] {
				parts[id].weight += 1 << 40
				parts[id].frozen = true
			}
			for _, w := range a.nbr[a.off[v]:a.off[v+1]] {
				if piece[w] < 0 && a.start[w] == g {
					piece[w] = id
					stack = append(stack, w)
				}
			}
		}
	}
	best := make([]int32, a.k())
	for g := range best {
		best[g] = -1
	}
	for id, p := range parts {
		if b := best[p.grid]; b < 0 || p.weight > parts[b].weight {
			best[p.grid] = int32(id)
		}
	}
	for u, id := range piece {
		if id >= 0 && best[parts[id].grid] != id && !parts[id].frozen {
			a.start[u] = -1
		}
	}
}

// fill grows the grids over the units that have none, the lightest first.
func (a *area) fill() {
	sum := make([]int64, a.k())
	front := make([][]int32, a.k()) // units beside the grid, some taken since
	for u, g := range a.start {
		if g >= 0 {
			sum[g] += int64(a.load[u])
			front[g] = a.openBeside(int32(u), front[g])
		}
	}
	for {
		g := int32(-1)
		for h := range front {
			for len(front[h]) > 0 && a.start[front[h][0]] >= 0 {
				front[h] = front[h][1:]
			}
			if len(front[h]) > 0 && (g < 0 || sum[h] < sum[g]) {
				g = int32(h)
			}
		}
		if g < 0 {
			return
		}
		u := front[g][0]
		a.start[u] = g
		sum[g] += int64(a.load[u])
		front[g] = a.openBeside(u, front[g][1:])
	}
}

// openBeside appends u's neighbours that have no grid yet.
func (a *area) openBeside(u int32, dst []int32) []int32 {
	for _, v := range a.nbr[a.off[u]:a.off[u+1]] {
		if a.start[v] < 0 {
			dst = append(dst, v)
		}
	}
	return dst
}

// plantSeeds starts every grid at one unit, each as far from the others as
// can be (farthest-point order), the first one drawn.
func (a *area) plantSeeds(r *rng) {
	far := make([]float64, a.n())
	for u := range far {
		a.start[u] = -1
		far[u] = math.Inf(1)
	}
	next := int32(r.below(a.n()))
	for g := range a.k() {
		if a.start[next] >= 0 {
			return // more grids than units
		}
		a.start[next] = int32(g)
		x, y := a.xM[next], a.yM[next]
		for u := range far {
			far[u] = math.Min(far[u], math.Hypot(a.xM[u]-x, a.yM[u]-y))
			if a.start[u] < 0 && (a.start[next] >= 0 || far[u] > far[next]) {
				next = int32(u)
			}
		}
	}
}
