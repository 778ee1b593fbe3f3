package storetest

import (
	"context"
	"fmt"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// Bench measures how fast a store takes and gives rows, of about the size that
// real ones have: atoms of 60 points, places with a full address. Both stores
// are each other's rival.
func Bench(b *testing.B, open func(testing.TB) gridmap.Store) {
	for _, n := range []int{2_149, 53_000} {
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			atoms, places := benchAtoms(n), benchPlaces(n)
			b.Run("put=atoms", func(b *testing.B) {
				benchPut(b, open, n, func(ctx context.Context, w gridmap.Writer) error { return w.PutAtoms(ctx, atoms...) })
			})
			b.Run("put=places", func(b *testing.B) {
				benchPut(b, open, n, func(ctx context.Context, w gridmap.Writer) error { return w.PutPlaces(ctx, places...) })
			})
			s := open(b)
			defer func() { _ = s.Close() }()
			update(b, s, func(ctx context.Context, w gridmap.Writer) error {
				if err := w.PutAtoms(ctx, atoms...); err != nil {
					return err
				}
				return w.PutPlaces(ctx, places...)
			})
			b.Run("stream=atoms", func(b *testing.B) {
				benchStream(b, s, n, func(ctx context.Context, r gridmap.Reader) (int, error) {
					got, err := all(r.Atoms(ctx, gridmap.Query{}))
					return len(got), err
				})
			})
			b.Run("stream=places", func(b *testing.B) {
				benchStream(b, s, n, func(ctx context.Context, r gridmap.Reader) (int, error) {
					got, err := all(r.Places(ctx, gridmap.Query{}))
					return len(got), err
				})
			})
		})
	}
}

func benchPut(b *testing.B, open func(testing.TB) gridmap.Store, n int, put func(context.Context, gridmap.Writer) error) {
	b.ReportAllocs()
	for range b.N {
		b.StopTimer()
		s := open(b)
		b.StartTimer()
		update(b, s, put)
		b.StopTimer()
		_ = s.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func benchStream(b *testing.B, s gridmap.Store, n int, read func(context.Context, gridmap.Reader) (int, error)) {
	b.ReportAllocs()
	for b.Loop() {
		view(b, s, func(ctx context.Context, r gridmap.Reader) error {
			got, err := read(ctx, r)
			if got != n {
				b.Fatalf("%d rows, want %d", got, n)
			}
			return err
		})
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func benchAtoms(n int) []gridmap.Atom {
	atoms := make([]gridmap.Atom, n)
	for i := range atoms {
		x, y := int32(1206000000+i%300*1000), int32(241000000+i/300*1000)
		var ring spatial.Ring
		for k := range int32(30) {
			ring = append(ring, spatial.Point{X: x + k*30, Y: y})
		}
		for k := range int32(30) {
			ring = append(ring, spatial.Point{X: x + 900 - k*30, Y: y + 900})
		}
		atoms[i] = gridmap.Atom{
			ID: gridmap.AtomID(i + 1), Code: fmt.Sprintf("B%08d", i), Name: "某某大厦", Kind: "building",
			Counts: map[string]int64{"households": 40, "persons": 99}, Shape: spatial.MultiPolygon{{ring}},
		}
	}
	return atoms
}

func benchPlaces(n int) []gridmap.Place {
	places := make([]gridmap.Place, n)
	for i := range places {
		places[i] = gridmap.Place{
			ID: gridmap.PlaceID(i + 1_000_000), Code: fmt.Sprintf("P%08d", i), Kind: "door",
			Address:  gridmap.Address{City: "台中市", District: "中区", Community: "大诚里", Road: "三民路", Section: "二段", Number: fmt.Sprint(i, "号")},
			Point:    spatial.Point{X: int32(1206000000 + i), Y: int32(241000000 + i)},
			HasPoint: true, Source: "门牌",
		}
	}
	return places
}
