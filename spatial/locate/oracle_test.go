package locate

import (
	"math"
	"math/big"
	"sort"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// The oracle answers by the border rule with no idea in common with the index:
// it moves the point by real fractions in big rational numbers and asks every
// face, one by one, by counting its border lines north of the point.
type oracle struct{ c coverage }

var (
	epsilon  = new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 100))
	epsilon2 = new(big.Rat).Mul(epsilon, epsilon)
)

// exactPoint is a lattice point moved by less than a step each way.
type exactPoint struct {
	from spatial.Point
	x, y *big.Rat
}

func moved(p spatial.Point, dx, dy *big.Rat) exactPoint {
	x, y := big.NewRat(int64(p.X), 1), big.NewRat(int64(p.Y), 1)
	return exactPoint{p, x.Add(x, dx), y.Add(y, dy)}
}

func (o oracle) locate(p spatial.Point) topology.FaceID {
	if f := o.at(moved(p, epsilon, epsilon2)); f != topology.Outside {
		return f
	}
	for _, d := range o.directions(p) {
		// A step ε along the border and ε² to the left of it.
		dx := new(big.Rat).Sub(times(epsilon, d[0]), times(epsilon2, d[1]))
		dy := new(big.Rat).Add(times(epsilon, d[1]), times(epsilon2, d[0]))
		if f := o.at(moved(p, dx, dy)); f != topology.Outside {
			return f
		}
	}
	return topology.Outside
}

func times(a *big.Rat, n int64) *big.Rat { return new(big.Rat).Mul(a, big.NewRat(n, 1)) }

// at asks every face about a point that is on no border.
func (o oracle) at(p exactPoint) topology.FaceID {
	north := make(map[topology.FaceID]int)
	for i := range o.c.NumArcs() {
		arc := o.c.Arc(topology.ArcID(i))
		for k := 1; k < len(arc.Points); k++ {
			if northOf(arc.Points[k-1], arc.Points[k], p) {
				north[arc.Left]++
				north[arc.Right]++
			}
		}
	}
	answer := topology.Outside
	for f, n := range north {
		if f != topology.Outside && n%2 == 1 {
			if answer != topology.Outside {
				panic("two faces hold one point")
			}
			answer = f
		}
	}
	return answer
}

// northOf tells whether the ray from p to the north meets the segment.
func northOf(a, b spatial.Point, p exactPoint) bool {
	if max(a.X, b.X) < p.from.X-1 || min(a.X, b.X) > p.from.X+1 || max(a.Y, b.Y) < p.from.Y-1 {
		return false // without big numbers
	}
	ax, ay := big.NewRat(int64(a.X), 1), big.NewRat(int64(a.Y), 1)
	bx, by := big.NewRat(int64(b.X), 1), big.NewRat(int64(b.Y), 1)
	if (ax.Cmp(p.x) < 0) == (bx.Cmp(p.x) < 0) {
		return false
	}
	t := new(big.Rat).Quo(new(big.Rat).Sub(p.x, ax), new(big.Rat).Sub(bx, ax))
	y := by.Sub(by, ay)
	y.Mul(y, t).Add(y, ay)
	return y.Cmp(p.y) > 0
}

// directions lists where borders run from p, counter-clockwise from east.
func (o oracle) directions(p spatial.Point) [][2]int64 {
	var out [][2]int64
	add := func(q spatial.Point) {
		if q != p {
			out = append(out, [2]int64{int64(q.X) - int64(p.X), int64(q.Y) - int64(p.Y)})
		}
	}
	for i := range o.c.NumArcs() {
		pts := o.c.Arc(topology.ArcID(i)).Points
		for k := 1; k < len(pts); k++ {
			if spatial.OnSegment(pts[k-1], pts[k], p) {
				add(pts[k-1])
				add(pts[k])
			}
		}
	}
	angle := func(d [2]int64) float64 {
		a := math.Atan2(float64(d[1]), float64(d[0]))
		if a < 0 {
			a += 2 * math.Pi
		}
		return a
	}
	sort.Slice(out, func(i, j int) bool { return angle(out[i]) < angle(out[j]) })
	return out
}
