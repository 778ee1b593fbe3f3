package locate

import (
	"math"
	"math/rand/v2"
	"testing"

	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
	"cloudgrid/spatial/topology"

	"pgregory.net/rapid"
)

// townCase is a random coverage a few kilometres wide at 31° N, with odd cells.
func townCase(seed uint64) (c arcsCoverage, ix *Index, ps []spatial.Point) {
	rng := rand.New(rand.NewPCG(seed, 3))
	faces := 2 + rng.IntN(6)
	m := newMesh(rng, 3+rng.IntN(5), faces)
	m.scale(20000)
	for i := range m.at {
		m.at[i].X += 1200000000
		m.at[i].Y += 310000000
	}
	c = m.coverage(rng, faces)
	how := tuning{segmentsPerCell: []float64{0.05, 0.5, 4}[rng.IntN(3)], maxCellPoints: rng.IntN(9), maxLeafPoints: 2 + rng.IntN(20), minCellShift: 8}
	return c, build(c, how), sample(rng, m.queries(rng, 20000), 20)
}

// bruteDistances measures every face's distance from p over all borders.
func bruteDistances(c arcsCoverage, ix *Index, p spatial.Point) map[topology.FaceID]float64 {
	out := make(map[topology.FaceID]float64)
	note := func(f topology.FaceID, d float64) {
		if have, ok := out[f]; f != topology.Outside && (!ok || d < have) {
			out[f] = d
		}
	}
	note(ix.Locate(p), 0)
	for _, a := range c.arcs {
		for k := 1; k < len(a.Points); k++ {
			d, _ := measure.PointSegmentM(p, a.Points[k-1], a.Points[k])
			note(a.Left, d)
			note(a.Right, d)
		}
	}
	return out
}

func TestNearFindsTheSameFacesAsMeasuringEveryBorder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ix, ps := townCase(rapid.Uint64().Draw(t, "seed"))
		radiusM := rapid.Float64Range(0, 3000).Draw(t, "radius")
		for _, p := range ps {
			want := bruteDistances(c, ix, p)
			for f, d := range want {
				if d > radiusM {
					delete(want, f)
				}
			}
			got := ix.Near(nil, p, radiusM)
			if len(got) != len(want) {
				t.Fatalf("%v: %v, want %v", p, got, want)
			}
			for i, n := range got {
				if d, ok := want[n.Face]; !ok || math.Abs(d-n.DistanceM) > 1e-6 || math.Abs(measure.NearM(p, n.At)-d) > 0.02 {
					t.Fatalf("%v: %v, want %v", p, n, d)
				}
				if i > 0 && got[i-1].DistanceM > n.DistanceM {
					t.Fatalf("not in order: %v", got)
				}
			}
		}
	})
}

func TestTheNearestBorderIsTheNearestOfAllAndTheOtherFaceLiesAcross(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ix, ps := townCase(rapid.Uint64().Draw(t, "seed"))
		for _, p := range ps {
			want, face := math.Inf(1), ix.Locate(p)
			across := make(map[topology.FaceID]bool)
			for _, a := range c.arcs {
				if a.Left != face && a.Right != face {
					continue
				}
				for k := 1; k < len(a.Points); k++ {
					d, _ := measure.PointSegmentM(p, a.Points[k-1], a.Points[k])
					if d < want-1e-6 {
						want = d
						clear(across)
					}
					if d < want+1e-6 {
						across[a.Left+a.Right-face] = true
					}
				}
			}
			got, ok := ix.NearestBorder(p)
			if ok != (len(across) > 0) || ok && (math.Abs(got.DistanceM-want) > 1e-6 || !across[got.Across] || got.Face != face) {
				t.Fatalf("%v: %+v, want %v m to one of %v", p, got, want, across)
			}
		}
	})
}

func TestTheNearestFaceIsFoundFromAnywhereOnTheGlobe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, ix, ps := townCase(rapid.Uint64().Draw(t, "seed"))
		reach := rapid.SampledFrom([]int32{100_000, 3_000_000, 400_000_000}).Draw(t, "reach")
		p := spatial.Point{
			X: ps[0].X + rapid.Int32Range(-reach, reach).Draw(t, "dx"),
			Y: ps[0].Y + rapid.Int32Range(-reach, reach).Draw(t, "dy"),
		}
		got, ok := ix.NearestFace(p)
		want := math.Inf(1)
		for _, d := range bruteDistances(c, ix, p) {
			want = min(want, d)
		}
		if ok != (len(c.arcs) > 0) || ok && got.DistanceM > want*1.03+1e-6 {
			t.Fatalf("%v: %+v, want %v m", p, got, want)
		}
		if d, found := bruteDistances(c, ix, p)[got.Face]; ok && (!found || d > got.DistanceM*1.03+1e-6) {
			t.Fatalf("%v: face %d is %v m away, not %v", p, got.Face, d, got.DistanceM)
		}
	})
}

func TestCircleSharesAgreeWithCountingPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, ix, ps := townCase(rapid.Uint64().Draw(t, "seed"))
		radiusM := rapid.Float64Range(5, 2000).Draw(t, "radius")
		for _, p := range ps[:3] {
			f := measure.FrameAt(p)
			counts, all := make(map[topology.FaceID]float64), 0.0
			const n = 120
			for i := range n {
				for j := range n {
					x, y := (2*(float64(i)+0.5)/n-1)*radiusM, (2*(float64(j)+0.5)/n-1)*radiusM
					if x*x+y*y <= radiusM*radiusM {
						counts[ix.Locate(f.At(x, y))]++
						all++
					}
				}
			}
			sum := 0.0
			for _, s := range ix.CircleShares(nil, p, radiusM) {
				sum += s.Share
				if want := counts[s.Face] / all; math.Abs(s.Share-want) > 0.015 {
					t.Fatalf("%v, %v m: face %d has %v, counted %v", p, radiusM, s.Face, s.Share, want)
				}
			}
			if math.Abs(sum-1) > 1e-9 {
				t.Fatalf("shares sum to %v", sum)
			}
		}
	})
}

func TestAHalfCircleIsAHalf(t *testing.T) {
	c := arcsCoverage{faces: 1, arcs: []topology.Arc{square(0, topology.Outside, 0, 0, 1000000)}}
	ix := build(c, tuned)
	for _, k := range []struct {
		at   spatial.Point
		want float64
	}{{spatial.Point{X: 0, Y: 500000}, 0.5}, {spatial.Point{X: 1000000, Y: 1000000}, 0.25}, {spatial.Point{X: 500000, Y: 500000}, 1}} {
		got := ix.CircleShares(nil, k.at, 100)
		for _, s := range got {
			if s.Face == 0 && math.Abs(s.Share-k.want) > 1e-6 {
				t.Errorf("at %v: %v, want %v inside", k.at, got, k.want)
			}
		}
		if (k.want == 1) != (len(got) == 1) {
			t.Errorf("at %v: %v", k.at, got)
		}
	}
}

func TestSearchesOverNothingFindNothing(t *testing.T) {
	var zero Index
	p := spatial.Point{X: 5, Y: 5}
	if _, ok := zero.NearestBorder(p); ok {
		t.Error("a border in nothing")
	}
	if _, ok := zero.NearestFace(p); ok {
		t.Error("a face in nothing")
	}
	if n := zero.Near(nil, p, 100); len(n) != 0 {
		t.Error("a neighbour in nothing")
	}
	if s := zero.CircleShares(nil, p, 100); len(s) != 1 || s[0] != (Share{topology.Outside, 1}) {
		t.Errorf("shares of nothing: %v", s)
	}
}

func TestOddRadiiDoNotPanic(t *testing.T) {
	_, ix, ps := townCase(4)
	for _, r := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1e12, 1e-12} {
		ix.Near(nil, ps[0], r)
		ix.CircleShares(nil, ps[0], r)
	}
}

func TestAccuracyQueriesAllocateNothing(t *testing.T) {
	_, ix, ps := townCase(4)
	near, shares := make([]Neighbour, 0, 64), make([]Share, 0, 64)
	if n := testing.AllocsPerRun(10, func() {
		for _, p := range ps {
			near = ix.Near(near[:0], p, 30)
			shares = ix.CircleShares(shares[:0], p, 30)
			ix.NearestBorder(p)
			ix.NearestFace(p)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
