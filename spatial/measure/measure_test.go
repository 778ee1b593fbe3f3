package measure

import (
	"math"
	"testing"

	"cloudgrid/spatial"

	"pgregory.net/rapid"
)

func near(p spatial.Point, d int32) *rapid.Generator[spatial.Point] {
	return rapid.Custom(func(t *rapid.T) spatial.Point {
		return spatial.Point{X: p.X + rapid.Int32Range(-d, d).Draw(t, "dx"), Y: p.Y + rapid.Int32Range(-d, d).Draw(t, "dy")}
	})
}

func TestNearMKeepsItsStatedErrorAgainstTheGeodesic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := spatial.Point{X: 1200000000, Y: rapid.Int32Range(-600000000, 600000000).Draw(t, "lat")}
		b := near(a, 1400000).Draw(t, "b")
		want := DistanceM(a, b)
		if want > 100e3 {
			return
		}
		tol := 1e-4*want + 1e-6
		if want < 10e3 {
			tol = 1e-6*want + 1e-6
		}
		if got := NearM(a, b); math.Abs(got-want) > tol {
			t.Fatalf("%v to %v: %v m, geodesic %v m", a, b, got, want)
		}
	})
}

func TestDistanceIsSymmetricAndGoesTheShortWayRound(t *testing.T) {
	a, b := spatial.Point{X: 1799999000, Y: 0}, spatial.Point{X: -1799999000, Y: 0}
	if d := DistanceM(a, b); math.Abs(d-2000*SemiMajorM*stepRad) > 1e-3 {
		t.Errorf("across 180°: %v m", d)
	}
	rapid.Check(t, func(t *rapid.T) {
		g := near(spatial.Point{}, 890000000)
		a, b := g.Draw(t, "a"), g.Draw(t, "b")
		if x, y := DistanceM(a, b), DistanceM(b, a); math.Abs(x-y) > 1e-3 {
			t.Fatalf("%v there, %v back", x, y)
		}
	})
	anti := DistanceM(spatial.Point{}, spatial.Point{X: 1799900000, Y: 1000})
	if math.Abs(anti-20003e3) > 130e3 {
		t.Errorf("nearly opposite points: %v m", anti)
	}
}

func TestTheAreaOfAQuadrangleIsTheSumOfItsHalves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := near(spatial.Point{X: 1150000000, Y: 300000000}, 200000000).Draw(t, "o")
		g := near(o, 1000000)
		a, b, c, d := g.Draw(t, "a"), g.Draw(t, "b"), g.Draw(t, "c"), g.Draw(t, "d")
		whole := RingAreaM2(spatial.Ring{a, b, c, d})
		parts := RingAreaM2(spatial.Ring{a, b, c}) + RingAreaM2(spatial.Ring{a, c, d})
		if math.Abs(whole-parts) > 1e-3 {
			t.Fatalf("%v, halves %v", whole, parts)
		}
		if rev := RingAreaM2(spatial.Ring{d, c, b, a}); math.Abs(rev+whole) > 1e-3 {
			t.Fatalf("%v, reversed %v", whole, rev)
		}
	})
}

func TestTheHemisphereHasTheAreaOfTheAuthalicSphere(t *testing.T) {
	// R2 of GRS80 is 6 371 007.1810 m (Moritz 2000, table of derived constants).
	if got := math.Sqrt(zoneM2(1)); math.Abs(got-6371007.1810) > 2e-4 {
		t.Errorf("authalic radius %f m", got)
	}
}

func TestATinyRingHasThePlanarAreaOfItsFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := near(spatial.Point{X: 1150000000, Y: 300000000}, 200000000).Draw(t, "o")
		g := near(o, 300) // about 3 m
		r := spatial.Ring{g.Draw(t, "a"), g.Draw(t, "b"), g.Draw(t, "c"), g.Draw(t, "d")}
		hi, lo := r.Area2()
		if hi < 0 {
			r.Reverse()
			_, lo = r.Area2()
		}
		f := FrameAt(o)
		if want, got := float64(lo)/2*f.EastM*f.NorthM, RingAreaM2(r); math.Abs(got-want) > 1e-6*want+2e-5 {
			t.Fatalf("%v m², planar %v m²", got, want)
		}
	})
}

func TestHolesSubtractWhicheverWayTheyRun(t *testing.T) {
	square := func(d int32) spatial.Ring {
		return spatial.Ring{{X: -d, Y: -d}, {X: d, Y: -d}, {X: d, Y: d}, {X: -d, Y: d}}
	}
	hole := square(1000)
	got := AreaM2(spatial.MultiPolygon{{square(2000), hole}})
	hole.Reverse()
	again := AreaM2(spatial.MultiPolygon{{square(2000), hole}})
	want := RingAreaM2(square(2000)) - RingAreaM2(square(1000))
	if math.Abs(got-want) > 1e-6 || math.Abs(again-want) > 1e-6 || want < 0 {
		t.Errorf("%v and %v, want %v", got, again, want)
	}
	if AreaM2(nil) != 0 || RingAreaM2(spatial.Ring{{}, {X: 1}}) != 0 {
		t.Error("nothing has an area")
	}
}

func TestPointSegmentIsZeroOnTheSegmentAndNeverLongerThanToItsEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := near(spatial.Point{X: 1150000000, Y: 300000000}, 200000000).Draw(t, "o")
		g := near(o, 100000)
		p, a, b := g.Draw(t, "p"), g.Draw(t, "a"), g.Draw(t, "b")
		d, foot := PointSegmentM(p, a, b)
		if d > NearM(p, a)+1e-3 || d > NearM(p, b)+1e-3 {
			t.Fatalf("%v m, ends at %v and %v", d, NearM(p, a), NearM(p, b))
		}
		if math.Abs(NearM(p, foot)-d) > 0.02 {
			t.Fatalf("foot %v is %v m away, not %v", foot, NearM(p, foot), d)
		}
		if back, _ := PointSegmentM(foot, a, b); back > 0.02 {
			t.Fatalf("foot is %v m off the segment", back)
		}
		if z, _ := PointSegmentM(a, a, b); z != 0 {
			t.Fatal("an end is not on its segment")
		}
	})
}

func TestNothingPanicsAtThePoles(t *testing.T) {
	pole := spatial.Point{X: 12345, Y: spatial.MaxY}
	f := FrameAt(pole)
	f.At(1e9, 1e9)
	f.DistanceM(10, 10)
	_ = NearM(pole, spatial.Point{Y: -spatial.MaxY})
	_ = RingAreaM2(spatial.Ring{pole, {X: 1, Y: 1}, {X: -spatial.MaxX, Y: -spatial.MaxY}})
	if d := DistanceM(pole, spatial.Point{X: -500, Y: spatial.MaxY}); d > 1e-3 {
		t.Errorf("one pole is %v m from itself", d)
	}
}

func BenchmarkRingAreaM2(b *testing.B) {
	r := make(spatial.Ring, 32)
	for i := range r {
		s, c := math.Sincos(float64(i) / 32 * 2 * math.Pi)
		r[i] = spatial.Point{X: 1200000000 + int32(1e5*c), Y: 300000000 + int32(1e5*s)}
	}
	b.ReportAllocs()
	for b.Loop() {
		RingAreaM2(r)
	}
}

func BenchmarkDistance(b *testing.B) {
	p, q := spatial.Point{X: 1200000000, Y: 300000000}, spatial.Point{X: 1200010000, Y: 300020000}
	b.Run("geodesic", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			DistanceM(p, q)
		}
	})
	b.Run("near", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			NearM(p, q)
		}
	})
}
