package packs

import (
	"math"
	"math/rand/v2"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// ground is a made-up town: quadrilateral blocks without a gap between them,
// numbered along a Hilbert curve, so that any run of blocks is in one piece and
// about as wide as it is long.
type ground struct {
	west, south float64 // degrees
	pitchM      float64
	order       int // the curve fills 2^order × 2^order blocks
	seed        uint64
}

// groundFor is a ground of n blocks at least.
func groundFor(n int, west, south, pitchM float64, seed uint64) ground {
	order := 0
	for 1<<(2*order) < n {
		order++
	}
	return ground{west: west, south: south, pitchM: pitchM, order: order, seed: seed}
}

// skew is how far corners are from where a chequered board has them, in pitches:
// little enough for every block to stay convex.
const skew = 0.2

// metresPerDegree of latitude is that of a sphere: made-up ground has no need
// of an ellipsoid.
const metresPerDegree = 111_195

func (g ground) corner(i, j int) spatial.Point {
	rng := rand.New(rand.NewPCG(g.seed, uint64(i)<<32|uint64(j)))
	x := float64(i) + skew*(2*rng.Float64()-1)
	y := float64(j) + skew*(2*rng.Float64()-1)
	step := g.pitchM / metresPerDegree
	return spatial.Point{
		X: int32(math.Round(1e7 * (g.west + x*step/math.Cos(g.south*math.Pi/180)))),
		Y: int32(math.Round(1e7 * (g.south + y*step))),
	}
}

// block returns a block and a point well inside of it.
func (g ground) block(n int) (spatial.MultiPolygon, spatial.Point) {
	i, j := g.along(n)
	ring := spatial.Ring{g.corner(i, j), g.corner(i+1, j), g.corner(i+1, j+1), g.corner(i, j+1)}
	var x, y int64
	for _, p := range ring {
		x, y = x+int64(p.X), y+int64(p.Y)
	}
	return spatial.MultiPolygon{{ring}}, spatial.Point{X: int32(x / 4), Y: int32(y / 4)}
}

// along is the n-th step of the Hilbert curve.
func (g ground) along(n int) (x, y int) {
	for side := 1; side < 1<<g.order; side *= 2 {
		rx := n / 2 & 1
		ry := (n ^ rx) & 1
		if ry == 0 {
			if rx == 1 {
				x, y = side-1-x, side-1-y
			}
			x, y = y, x
		}
		x, y = x+side*rx, y+side*ry
		n /= 4
	}
	return x, y
}

// share returns where the i-th of parts begins when total is cut evenly.
func share(total, parts, i int) int { return total * i / parts }

// spread cuts total into n numbers that differ by up to a half, from a seed.
func spread(total int64, n int, seed uint64) []int64 {
	rng := rand.New(rand.NewPCG(seed, 77))
	weights, sum := make([]float64, n), 0.0
	for i := range weights {
		weights[i] = 1 + rng.Float64()/2
		sum += weights[i]
	}
	out, run, given := make([]int64, n), 0.0, int64(0)
	for i, w := range weights {
		run += w
		upTo := int64(math.Round(float64(total) * run / sum))
		out[i], given = upTo-given, upTo
	}
	return out
}

// block adds an atom on the n-th block of the ground.
func (k *kit) block(g ground, n int, kind, code, name string, counts map[string]int64) gridmap.Atom {
	shape, _ := g.block(n)
	a := gridmap.Atom{ID: gridmap.AtomID(k.id()), Code: code, Name: name, Kind: kind, Shape: shape, Counts: counts}
	k.atoms = append(k.atoms, a)
	return a
}

func (k *kit) member(a gridmap.AtomID, n gridmap.NetworkID, grid gridmap.GridID) {
	k.members = append(k.members, gridmap.Membership{Atom: a, Network: n, Grid: grid})
}

// place adds an address at the middle of a block.
func (k *kit) place(g ground, n int, atom gridmap.AtomID, kind, name string, at gridmap.Address, aliases ...string) gridmap.PlaceID {
	_, mid := g.block(n)
	p := gridmap.Place{
		ID: gridmap.PlaceID(k.id()), Kind: kind, Name: name, Address: at, Point: mid, HasPoint: true, Atom: atom, Source: "虚构", Status: "in_use",
	}
	for _, a := range aliases {
		p.Aliases = append(p.Aliases, gridmap.Alias{Name: a, Kind: "alias"})
	}
	k.places = append(k.places, p)
	return p.ID
}
