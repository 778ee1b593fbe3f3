package atlas

import (
	"context"
	"fmt"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// BenchmarkLoadAfterYears loads a map of 2,000 places that were all said anew
// none, ten and forty times: what is over should cost next to nothing.
func BenchmarkLoadAfterYears(b *testing.B) {
	w := newTown(b)
	places := make([]gridmap.Place, 2000)
	for i := range places {
		places[i] = gridmap.Place{ID: gridmap.PlaceID(w.id()), Name: fmt.Sprint("地址", i), Atom: w.atoms[i%len(w.atoms)].ID}
	}
	said := 0
	for _, years := range []int{0, 10, 40} {
		for ; said <= years; said++ {
			w.now = w.now.Add(time.Hour)
			for i := range places {
				places[i].Span = gridmap.Span{ValidFrom: w.now}
			}
			if err := w.change(func(ctx context.Context, out gridmap.Writer) error { return out.PutPlaces(ctx, places...) }); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(fmt.Sprint("said=", years), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if a, err := load(b.Context(), w); err != nil || len(a.Places()) != len(places) {
					b.Fatal(err)
				}
			}
		})
	}
}
