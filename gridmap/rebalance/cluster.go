package rebalance

import "math"

// cluster sums up households on the ground: how many, and the first and second
// moments of where they live, in steps from the middle of their area.
type cluster struct{ households, x, y, square int64 }

// add adds c sign times.
func (s *cluster) add(c cluster, sign int64) {
	s.households += sign * c.households
	s.x += sign * c.x
	s.y += sign * c.y
	s.square += sign * c.square
}

// walk is the walking of a grid with these households, in household-steps,
// rounded: their number W times their standard distance, which is the root of
// the mean squared distance to their mean centre (Bachi 1962, "Standard
// distance measures and related methods for spatial analysis"). With the
// moment of inertia I of Weaver and Hess (1963, "A procedure for nonpartisan
// districting") it is
//
//	W * sqrt(I / W) = sqrt(W*I) = sqrt(W*sum(x²+y²) - sum(x)² - sum(y)²)
//
// Never less than the sum of the straight distances to the mean centre
// (Jensen). 0 without households. The centre goes where the grid goes, and
// still a move costs only two roots; a p-median's does not.
func (s *cluster) walk() int64 {
	x, y := float64(s.x), float64(s.y)
	inertia := float64(s.households)*float64(s.square) - x*x - y*y
	if inertia <= 0 {
		return 0
	}
	return int64(math.Sqrt(inertia) + 0.5)
}

// leastStepM is the length of a step: nobody's home is known better.
const leastStepM = 0.1

// clusters returns where the households of each unit live, atom by atom, and
// the metres in a step: leastStepM, or in areas too large or too full for it
// the least that lets sums keep to 63 bits.
func (p *Problem) clusters(a *area) ([]cluster, float64) {
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	households := 1.0
	for u, atoms := range a.units {
		households += float64(a.hh[u])
		for _, i := range atoms {
			minX, maxX = math.Min(minX, p.Atoms[i].XM), math.Max(maxX, p.Atoms[i].XM)
			minY, maxY = math.Min(minY, p.Atoms[i].YM), math.Max(maxY, p.Atoms[i].YM)
		}
	}
	midX, midY := (minX+maxX)/2, (minY+maxY)/2
	// |x|, |y| <= extent/2, so that a sum of squares is at most households*extent²/2
	step := math.Max(leastStepM, math.Max(maxX-minX, maxY-minY)*math.Sqrt(households)/(1<<31))
	points := make([]cluster, a.n())
	for u, atoms := range a.units {
		for _, i := range atoms {
			x, y := int64(math.Round((p.Atoms[i].XM-midX)/step)), int64(math.Round((p.Atoms[i].YM-midY)/step))
			hh := int64(p.Atoms[i].Households)
			points[u].add(cluster{1, x, y, x*x + y*y}, hh)
		}
	}
	return points, step
}

// walkM is how far the households of a plan live from the middle of their
// grid: the mean over all households that are in a grid of the straight
// distance in metres to the mean centre of the grid's households (what a
// p-median with these centres would minimise: Hakimi 1964). 0 when nobody is
// in a grid. Atoms stand for their households with their one point.
func (p *Problem) walkM(plan []int32, grids int) float64 {
	type middle struct{ households, x, y float64 }
	middles := make([]middle, grids)
	fromX, fromY := p.Atoms[0].XM, p.Atoms[0].YM // near: differences of large numbers lose metres
	for i, g := range plan {
		if a := p.Atoms[i]; g >= 0 {
			hh := float64(a.Households)
			middles[g].households += hh
			middles[g].x += hh * (a.XM - fromX)
			middles[g].y += hh * (a.YM - fromY)
		}
	}
	var total, households float64
	for i, g := range plan {
		if a := p.Atoms[i]; g >= 0 && a.Households > 0 {
			m := middles[g]
			hh := float64(a.Households)
			total += hh * math.Hypot(a.XM-fromX-m.x/m.households, a.YM-fromY-m.y/m.households)
			households += hh
		}
	}
	if households == 0 {
		return 0
	}
	return total / households
}
