package spatial

import (
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func anyPoint() *rapid.Generator[Point] {
	return rapid.Custom(func(t *rapid.T) Point {
		return Point{rapid.Int32Range(-MaxX, MaxX).Draw(t, "x"), rapid.Int32Range(-MaxY, MaxY).Draw(t, "y")}
	})
}

func bigCross(a, b, c Point) *big.Int {
	d := func(p, q int32) *big.Int { return big.NewInt(int64(p) - int64(q)) }
	l := new(big.Int).Mul(d(b.X, a.X), d(c.Y, a.Y))
	return l.Sub(l, new(big.Int).Mul(d(b.Y, a.Y), d(c.X, a.X)))
}

func TestOrientAgreesWithBigIntegersAnywhereOnTheGlobe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyPoint().Draw(t, "a"), anyPoint().Draw(t, "b"), anyPoint().Draw(t, "c")
		if got, want := Orient(a, b, c), bigCross(a, b, c).Sign(); got != want {
			t.Fatalf("Orient(%v,%v,%v) = %d, want %d", a, b, c, got, want)
		}
		if Orient(a, b, c) != -Orient(b, a, c) || Orient(a, b, c) != Orient(b, c, a) {
			t.Fatal("Orient is not antisymmetric")
		}
	})
}

func TestRingAreaIsExactAndChangesSignWhenReversed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Ring(rapid.SliceOfN(anyPoint(), 3, 12).Draw(t, "ring"))
		want := new(big.Int)
		for i := 1; i+1 < len(r); i++ {
			want.Add(want, bigCross(r[0], r[i], r[i+1]))
		}
		hi, lo := r.Area2()
		got := new(big.Int).Lsh(big.NewInt(hi), 64)
		got.Add(got, new(big.Int).SetUint64(lo))
		if got.Cmp(want) != 0 {
			t.Fatalf("area2 %v, want %v", got, want)
		}
		ccw := r.CCW()
		r.Reverse()
		if want.Sign() != 0 && r.CCW() == ccw {
			t.Fatal("a reversed ring keeps its direction")
		}
	})
}

func TestLonLatRoundTripsOnTheLattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPoint().Draw(t, "p")
		q, err := FromLonLat(p.LonLat())
		if err != nil || q != p {
			t.Fatalf("%v became %v, %v", p, q, err)
		}
	})
	for _, bad := range [][2]float64{{181, 0}, {0, 91}, {-180.1, 0}} {
		if _, err := FromLonLat(bad[0], bad[1]); err == nil {
			t.Errorf("%v was taken for a position", bad)
		}
	}
}

func TestTextBecomesTheNearestLatticePointWhateverItsLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPoint().Draw(t, "p")
		lon, lat := p.LonLat()
		decimals := rapid.IntRange(7, 12).Draw(t, "decimals")
		if q, ok := ParseLonLat(fmt.Sprintf("%.*f", decimals, lon), fmt.Sprintf("%.*f", decimals, lat)); !ok || q != p {
			t.Fatalf("%v with %d decimals is %v (%v)", p, decimals, q, ok)
		}
	})
	for text, want := range map[string]int32{"1": 1e7, "-0.00000005": -1, "0.00000005": 1, "0.000000049": 0, "120.69037901": 1206903790, "179.99999999": 1800000000} {
		if p, ok := ParseLonLat(text, "0"); !ok || p.X != want {
			t.Errorf("%s is %d (%v), want %d", text, p.X, ok, want)
		}
	}
	for _, bad := range []string{"", "-", ".5", "1e3", "+1", "1.2.3", "1,2", "180.00000006", "1801", "0x1", " 1", "1.0000000x"} {
		if p, ok := ParseLonLat(bad, "0"); ok {
			t.Errorf("%q is read as %v", bad, p)
		}
	}
}
