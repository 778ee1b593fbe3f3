// Package synth draws coverages that look like villages, from a seed: for
// benchmarks and tests that need a hundred thousand grids where no real map may
// be shipped.
package synth

import (
	"math"
	"math/rand/v2"

	"cloudgrid/spatial"
)

const (
	// PointsPerFace is how many points each polygon has, near the median of
	// real villages.
	PointsPerFace = 32

	perSide = PointsPerFace / 4
	pitch   = 100_000 // lattice steps from village to village, about 1 km
	west    = 105 * 1e7
	south   = 25 * 1e7
	// Jitter of the corners and swing of the borders are small enough that no
	// two borders can meet: corners keep 55°, and a border stays within 25° of
	// the line between its ends.
	jitter = 0.12
	warp   = 0.6 // villages are (1±warp) as wide and as high as the pitch
	waves  = 3   // dense and sparse belts over the whole width
)

var swing = [3]float64{0.10, 0.07, 0.05} // of a chord, each time it is halved

// Coverage returns exactly n polygons that tile a square but for its ragged
// north edge: jittered quadrilaterals with curvy borders, dense in some belts
// and sparse in others. The same n and seed give the same coverage.
func Coverage(n int, seed uint64) []spatial.MultiPolygon {
	if n <= 0 {
		return nil
	}
	d := drawing{side: int(math.Ceil(math.Sqrt(float64(n)))), seed: seed}
	faces := make([]spatial.MultiPolygon, n)
	for i := range faces {
		faces[i] = spatial.MultiPolygon{{d.outline(i%d.side, i/d.side)}}
	}
	return faces
}

type drawing struct {
	side int
	seed uint64
}

type vec struct{ x, y float64 }

// outline walks around a village: south and east borders forward, north and
// west ones backward, so that neighbours draw the same points.
func (d drawing) outline(i, j int) spatial.Ring {
	r := make(spatial.Ring, 0, PointsPerFace)
	r = d.border(r, i, j, false, false)
	r = d.border(r, i+1, j, true, false)
	r = d.border(r, i, j+1, false, true)
	return d.border(r, i, j, true, true)
}

// border appends the border that leaves corner i, j eastward or northward,
// without its last point.
func (d drawing) border(r spatial.Ring, i, j int, north, backward bool) spatial.Ring {
	end := d.corner(i+1, j)
	kind := uint64(1)
	if north {
		end, kind = d.corner(i, j+1), 2
	}
	rng := d.rng(i, j, kind)
	var pts [perSide + 1]vec
	pts[0], pts[perSide] = d.corner(i, j), end
	for level, step := 0, perSide; step > 1; level, step = level+1, step/2 {
		for k := 0; k < perSide; k += step {
			a, b := pts[k], pts[k+step]
			s := (2*rng.Float64() - 1) * swing[level]
			pts[k+step/2] = vec{(a.x+b.x)/2 - s*(b.y-a.y), (a.y+b.y)/2 + s*(b.x-a.x)}
		}
	}
	for k := range perSide {
		p := pts[k]
		if backward {
			p = pts[perSide-k]
		}
		r = append(r, d.onLattice(p))
	}
	return r
}

func (d drawing) corner(i, j int) vec {
	rng := d.rng(i, j, 0)
	return vec{float64(i) + jitter*(2*rng.Float64()-1), float64(j) + jitter*(2*rng.Float64()-1)}
}

func (d drawing) rng(i, j int, kind uint64) *rand.Rand {
	return rand.New(rand.NewPCG(d.seed, uint64(i)<<34|uint64(j)<<4|kind))
}

// onLattice stretches and squeezes the square, smoothly and each axis alone.
func (d drawing) onLattice(p vec) spatial.Point {
	stretch := func(v float64) float64 {
		turn := 2 * math.Pi * waves / float64(d.side)
		return pitch * (v + warp*math.Sin(v*turn)/turn)
	}
	return spatial.Point{X: int32(math.Round(west + stretch(p.x))), Y: int32(math.Round(south + stretch(p.y)))}
}
